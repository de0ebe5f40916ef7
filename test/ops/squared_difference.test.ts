import { conformance } from './conformance.js';

conformance('squared_difference');
