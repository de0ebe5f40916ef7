import { conformance } from './conformance.js';

conformance('batch_to_space_nd');
