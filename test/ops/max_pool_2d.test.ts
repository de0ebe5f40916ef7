import { conformance } from './conformance.js';

conformance('max_pool_2d');
