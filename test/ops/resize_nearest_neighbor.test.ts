import { conformance } from './conformance.js';

conformance('resize_nearest_neighbor');
