import { conformance } from './conformance.js';

conformance('sqrt');
