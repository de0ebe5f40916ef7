import { conformance } from './conformance.js';

conformance('slice');
