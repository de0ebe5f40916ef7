import { conformance } from './conformance.js';

conformance('pad');
