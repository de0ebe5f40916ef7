import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  anyFloats,
  countOf,
  floats,
  forRandomNumbers,
  integers,
  nodeCase,
  oneOf,
  quantization,
  randomNumbers,
  tensor,
  upTo,
} from './layers.js';

type Pool = 'average_pool_2d' | 'max_pool_2d';

const OPERATORS: readonly Pool[] = ['average_pool_2d', 'max_pool_2d'];

/** Shape of the input, and attributes: windows of one element, of all, and ones that padding cuts. */
function sizes(next: () => number) {
  const filter = [oneOf(next, 1, 2, 3, 7), oneOf(next, 1, 2, 3, 7)] as const;
  const shape = [
    oneOf(next, 1, 1, 2),
    filter[0] + upTo(next, 6) - 1,
    filter[1] + upTo(next, 6) - 1,
    upTo(next, oneOf(next, 4, 40)),
  ];
  const attributes = {
    filter,
    padding: oneOf(next, 'same', 'valid'),
    strides: [upTo(next, 3), upTo(next, 3)],
    activation: oneOf(next, 'none', 'relu', 'relu6', 'relu_n1_to_1'),
  };
  return { shape, attributes };
}

for (const op of OPERATORS) {
  test(`${op} in float32: the reference kernel's bits`, () => {
    forRandomNumbers(200, (next) => {
      const { shape, attributes } = sizes(next);
      const x = oneOf(next, anyFloats, floats, floats)(next, countOf(shape), next() < 0.2);
      const { graph, inputs } = nodeCase(
        op,
        attributes,
        [tensor('input', 'float32', shape)],
        { dtype: 'float32' },
        [x],
      );
      assert.is(fastEqualsReference(graph, inputs), 'pool_16');
    });
  });
  test(`${op} in int8: the reference kernel's integers`, () => {
    forRandomNumbers(200, (next) => {
      const { shape, attributes } = sizes(next);
      const shared = quantization(next);
      const { graph, inputs } = nodeCase(
        op,
        attributes,
        [tensor('input', 'int8', shape, { quantization: shared })],
        { dtype: 'int8', quantization: shared },
        [integers(next, 'int8', countOf(shape), [-128, 127], next() < 0.3)],
      );
      assert.is(fastEqualsReference(graph, inputs), 'pool_16');
    });
  });
}

test('average_pool_2d in int8 over large windows: sums of one sign, quotients that are just not whole', () => {
  const shared = quantization(randomNumbers(1));
  for (const [height, width, values] of [
    [257, 255, [-128]],
    [257, 255, [127]],
    [3, 255, [-128, -128, 127]],
    [200, 200, [1, 0]],
    [255, 257, [5]],
  ] as const) {
    const input = tensor('input', 'int8', [1, height, width, 3], { quantization: shared });
    const attributes = { filter: [height, width], padding: 'valid', strides: [1, 1], activation: 'none' };
    const x = Int8Array.from({ length: height * width * 3 }, (_, i) => values[(i * i) % values.length]!);
    const { graph, inputs } = nodeCase(
      'average_pool_2d',
      attributes,
      [input],
      { dtype: 'int8', quantization: shared },
      [x],
    );
    assert.is(fastEqualsReference(graph, inputs), width > 255 ? undefined : 'pool_16');
  }
});
