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
  tensor,
  upTo,
} from './layers.js';

const shapeOf = (next: () => number): number[] => [
  ...Array.from({ length: Math.floor(next() * 3) }, () => upTo(next, 4)),
  upTo(next, oneOf(next, 5, 40, 1500)),
];

test("softmax in float32: the reference kernel's bits", () => {
  forRandomNumbers(200, (next) => {
    const shape = shapeOf(next);
    const spread = oneOf(next, 1, 30, 2 ** -10, 2 ** 120);
    const x = oneOf(next, anyFloats, floats, floats)(next, countOf(shape), next() < 0.1);
    const { graph, inputs } = nodeCase(
      'softmax',
      { beta: oneOf(next, 1, 1, 0.3, 10) },
      [tensor('input', 'float32', shape)],
      { dtype: 'float32' },
      [x.map((value) => (next() < 0.5 ? (next() - 0.5) * spread : value))],
    );
    assert.is(fastEqualsReference(graph, inputs), 'softmax_float32_4');
  });
});

test("softmax in int8: the reference kernel's integers", () => {
  forRandomNumbers(200, (next) => {
    const shape = shapeOf(next);
    const range = oneOf<readonly [number, number]>(next, [-128, 127], [5, 5], [-128, -100], [126, 127]);
    const bits = oneOf(next, 8, 8, 6);
    const { graph, inputs } = nodeCase(
      'softmax',
      { beta: oneOf(next, 1, 1, 0.3, 10) },
      [tensor('input', 'int8', shape, { quantization: quantization(next) })],
      {
        dtype: 'int8',
        quantization: {
          ...quantization(next),
          scales: [2 ** -bits],
          zeroPoints: [-(2 ** (bits - 1))],
          bits,
        },
      },
      [integers(next, 'int8', countOf(shape), range, next() < 0.2)],
    );
    assert.is(fastEqualsReference(graph, inputs), 'softmax_int8');
  });
});
