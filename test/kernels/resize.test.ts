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

/** An image and the attributes of a resize: larger, smaller, of one pixel; the grids of all three kinds. */
function sizes(next: () => number) {
  const size = (): number => oneOf(next, 1, upTo(next, 12), upTo(next, 12));
  const grid = oneOf(next, 'corners', 'centers', 'plain');
  return {
    shape: [upTo(next, 2), size(), size(), upTo(next, oneOf(next, 3, 21))],
    attributes: {
      size: [oneOf(next, 1, upTo(next, 30)), oneOf(next, 1, upTo(next, 30))],
      alignCorners: grid === 'corners',
      halfPixelCenters: grid === 'centers',
    },
  };
}

test("resize_bilinear in float32: the reference kernel's bits", () => {
  forRandomNumbers(200, (next) => {
    const { shape, attributes } = sizes(next);
    const x = oneOf(next, anyFloats, floats, floats)(next, countOf(shape), next() < 0.2);
    const input = tensor('input', 'float32', shape);
    const { graph, inputs } = nodeCase('resize_bilinear', attributes, [input], { dtype: 'float32' }, [x]);
    assert.is(fastEqualsReference(graph, inputs), 'resize_bilinear_16');
  });
});

test("resize_bilinear in int8: the reference kernel's integers", () => {
  forRandomNumbers(200, (next) => {
    const { shape, attributes } = sizes(next);
    const shared = { quantization: quantization(next) };
    const { graph, inputs } = nodeCase(
      'resize_bilinear',
      attributes,
      [tensor('input', 'int8', shape, shared)],
      { dtype: 'int8', ...shared },
      [integers(next, 'int8', countOf(shape), [-128, 127], next() < 0.4)],
    );
    assert.is(fastEqualsReference(graph, inputs), 'resize_bilinear_16');
  });
});
