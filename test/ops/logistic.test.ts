import { conformance } from './conformance.js';

conformance('logistic');
