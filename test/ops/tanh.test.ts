import { conformance } from './conformance.js';

conformance('tanh');
