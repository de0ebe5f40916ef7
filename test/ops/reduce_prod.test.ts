import { conformance } from './conformance.js';

conformance('reduce_prod');
