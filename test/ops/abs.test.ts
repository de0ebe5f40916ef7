import { conformance } from './conformance.js';

conformance('abs');
