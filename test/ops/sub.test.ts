import { conformance } from './conformance.js';

conformance('sub');
