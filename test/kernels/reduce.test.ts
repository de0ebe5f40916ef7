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

const OPERATORS = ['mean', 'sum', 'reduce_max'] as const;

/** Shape of the input, and attributes: neighbouring dimensions, none, all; dimensions of size 1 anywhere. */
function sizes(next: () => number) {
  const shape = Array.from({ length: upTo(next, 4) }, () => oneOf(next, 1, upTo(next, 5), upTo(next, 40)));
  const first = Math.floor(next() * shape.length);
  const count = Math.floor(next() * (shape.length - first + 1));
  const axes = Array.from({ length: count }, (_, i) => (next() < 0.5 ? first + i : first + i - shape.length));
  return { shape, attributes: { axes, keepDims: next() < 0.5 } };
}

const NAMES = {
  mean: ['reduce_float32_4', 'mean_int8_8'],
  sum: ['reduce_float32_4', undefined],
  reduce_max: ['reduce_float32_4', 'max_int8_16'],
} as const;

for (const op of OPERATORS) {
  test(`${op} in float32: the reference kernel's bits`, () => {
    forRandomNumbers(200, (next) => {
      const { shape, attributes } = sizes(next);
      const x = oneOf(next, anyFloats, floats, floats)(next, countOf(shape), next() < 0.2);
      const input = tensor('input', 'float32', shape);
      const { graph, inputs } = nodeCase(op, attributes, [input], { dtype: 'float32' }, [x]);
      assert.is(fastEqualsReference(graph, inputs), NAMES[op][0]);
    });
  });
  test(`${op} in int8: the reference kernel's integers`, () => {
    forRandomNumbers(200, (next) => {
      const { shape, attributes } = sizes(next);
      const from = quantization(next);
      const to = op === 'mean' ? quantization(next) : from;
      const rounding = oneOf(next, 'nearest', 'nearest', 'floor');
      const { graph, inputs } = nodeCase(
        op,
        attributes,
        [tensor('input', 'int8', shape, { quantization: from })],
        { dtype: 'int8', quantization: to },
        [integers(next, 'int8', countOf(shape), [-128, 127], next() < 0.3)],
        { rounding, accumulatorBits: 32 },
      );
      assert.is(fastEqualsReference(graph, inputs), NAMES[op][1]);
    });
  });
}

test('mean in int8 of more elements than int16 can add up', () => {
  for (const value of [-128, 127]) {
    const shape = [1, 30, 30, 11];
    const { graph, inputs } = nodeCase(
      'mean',
      { axes: [1, 2], keepDims: false },
      [tensor('input', 'int8', shape, { quantization: quantization(randomNumbers(3)) })],
      { dtype: 'int8', quantization: quantization(randomNumbers(4)) },
      [new Int8Array(countOf(shape)).fill(value)],
    );
    assert.is(fastEqualsReference(graph, inputs), 'mean_int8_8');
  }
});

test('dimensions that are not neighbours stay with the reference kernel', () => {
  const { graph, inputs } = nodeCase(
    'mean',
    { axes: [0, 2], keepDims: false },
    [tensor('input', 'float32', [2, 3, 2])],
    { dtype: 'float32' },
    [new Float32Array(12)],
  );
  assert.is(fastEqualsReference(graph, inputs), undefined);
});
