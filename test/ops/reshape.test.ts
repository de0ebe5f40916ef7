import { conformance } from './conformance.js';

conformance('reshape');
