import { conformance } from './conformance.js';

conformance('dequantize');
