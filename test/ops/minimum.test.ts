import { conformance } from './conformance.js';

conformance('minimum');
