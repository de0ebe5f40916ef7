import { conformance } from './conformance.js';

conformance('cast');
