import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import { anyFloats, countOf, floats, forRandomNumbers, nodeCase, oneOf, tensor, upTo } from './layers.js';

test("batch_norm: the reference kernel's bits", () => {
  forRandomNumbers(200, (next) => {
    const channels = upTo(next, 19);
    const shape = [...Array.from({ length: Math.floor(next() * 4) }, () => upTo(next, 4)), channels];
    const parameters = ['gamma', 'beta', 'mean', 'variance'].map((name) => {
      const data = floats(next, channels);
      return tensor(name, 'float32', [channels], {
        data: name === 'variance' ? data.map(Math.abs) : data,
      });
    });
    const x = oneOf(next, anyFloats, floats, floats)(next, countOf(shape), next() < 0.2);
    const { graph, inputs } = nodeCase(
      'batch_norm',
      { epsilon: oneOf(next, 1e-3, 1e-5, 0) },
      [tensor('input', 'float32', shape), ...parameters],
      { dtype: 'float32' },
      [x],
    );
    assert.is(fastEqualsReference(graph, inputs), 'batch_norm_float32_4');
  });
});
