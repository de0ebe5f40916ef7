import { conformance } from './conformance.js';

conformance('resize_bilinear');
