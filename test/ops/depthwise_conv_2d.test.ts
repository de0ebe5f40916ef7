import { conformance } from './conformance.js';

conformance('depthwise_conv_2d');
