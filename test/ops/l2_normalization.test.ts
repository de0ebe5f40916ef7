import { conformance } from './conformance.js';

conformance('l2_normalization');
