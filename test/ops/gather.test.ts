import { conformance } from './conformance.js';

conformance('gather');
