import { conformance } from './conformance.js';

conformance('log_softmax');
