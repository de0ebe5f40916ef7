import { conformance } from './conformance.js';

conformance('space_to_depth');
