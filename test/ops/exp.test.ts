import { conformance } from './conformance.js';

conformance('exp');
