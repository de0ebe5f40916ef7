import { conformance } from './conformance.js';

conformance('conv_2d', {
  exceptions: {
    'floor, stride 2, even kernel dilated': 'the window is wider than the image, so there is no output',
  },
});
