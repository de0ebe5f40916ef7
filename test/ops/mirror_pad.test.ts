import { conformance } from './conformance.js';

conformance('mirror_pad');
