import { conformance } from './conformance.js';

conformance('fully_connected', {
  exceptions: {
    'rank 4, flattened to the width of the weights': 'an importer puts a reshape before such a layer',
  },
});
