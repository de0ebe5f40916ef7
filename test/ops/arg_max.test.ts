import { conformance } from './conformance.js';

conformance('arg_max');
