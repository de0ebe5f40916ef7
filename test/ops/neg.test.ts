import { conformance } from './conformance.js';

conformance('neg');
