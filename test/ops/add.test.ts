import { conformance } from './conformance.js';

conformance('add');
