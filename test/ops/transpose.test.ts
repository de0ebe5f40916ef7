import { conformance } from './conformance.js';

conformance('transpose');
