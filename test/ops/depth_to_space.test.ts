import { conformance } from './conformance.js';

conformance('depth_to_space');
