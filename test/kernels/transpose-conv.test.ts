import type { Quantization } from '../../src/core/index.js';
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

/** Shapes and attributes: the output's size, from which those of the input follow; strides up to the filter's size and beyond. */
function sizes(next: () => number) {
  const filter = [upTo(next, 5), upTo(next, 5)];
  const strides = [upTo(next, 3), upTo(next, 3)];
  const padding = oneOf(next, 'same', 'valid');
  const outputSize = filter.map((size) => size + upTo(next, 9) - 1);
  const inputSize = outputSize.map((size, i) =>
    Math.ceil((padding === 'same' ? size : size - filter[i]! + 1) / strides[i]!),
  );
  const channels = upTo(next, 11);
  return {
    input: [upTo(next, 2), ...inputSize, channels],
    weights: [upTo(next, 18), ...filter, channels],
    attributes: { padding, strides, outputSize, activation: oneOf(next, 'none', 'relu', 'relu6') },
    hasTaps: strides.every((stride, i) => Math.min(stride, outputSize[i]!) <= filter[i]!),
  };
}

test("transpose_conv in float32: the reference kernel's bits", () => {
  forRandomNumbers(150, (next) => {
    const { input, weights, attributes, hasTaps } = sizes(next);
    const bias = tensor('bias', 'float32', [weights[0]!], { data: floats(next, weights[0]!) });
    const { graph, inputs } = nodeCase(
      'transpose_conv',
      attributes,
      [
        tensor('input', 'float32', input),
        tensor('weights', 'float32', weights, { data: floats(next, countOf(weights)) }),
        ...(next() < 0.5 ? [bias] : []),
      ],
      { dtype: 'float32' },
      [oneOf(next, anyFloats, floats)(next, countOf(input), next() < 0.2)],
    );
    const name = fastEqualsReference(graph, inputs);
    if (hasTaps) assert.is(name, 'conv_float32_4x8');
  });
});

test("transpose_conv in int8: the reference kernel's integers", () => {
  forRandomNumbers(150, (next) => {
    const { input, weights, attributes, hasTaps } = sizes(next);
    const channels = weights[0]!;
    const weightQuantization: Quantization = {
      ...quantization(next),
      scales: Array.from({ length: channels }, () => quantization(next).scales[0]!),
      zeroPoints: Array.from({ length: channels }, () => 0),
      axis: 0,
    };
    const { graph, inputs } = nodeCase(
      'transpose_conv',
      attributes,
      [
        tensor('input', 'int8', input, { quantization: quantization(next) }),
        tensor('weights', 'int8', weights, {
          quantization: weightQuantization,
          data: integers(next, 'int8', countOf(weights), [-127, 127]),
        }),
        tensor('bias', 'int32', [channels], {
          data: integers(next, 'int32', channels, [-(2 ** 16), 2 ** 16]),
        }),
      ],
      { dtype: 'int8', quantization: quantization(next) },
      [integers(next, 'int8', countOf(input), [-128, 127])],
      { rounding: oneOf(next, 'nearest', 'floor'), accumulatorBits: 32 },
    );
    const name = fastEqualsReference(graph, inputs);
    if (hasTaps) assert.is(name, 'conv_int8_4x8_dot16');
  });
});

test("transpose_conv in int16: the reference kernel's integers", () => {
  forRandomNumbers(100, (next) => {
    const { input, weights, attributes, hasTaps } = sizes(next);
    const channels = weights[0]!;
    const per = (scales: readonly number[], bits: number, axis: number | null): Quantization => ({
      scales,
      zeroPoints: scales.map(() => 0),
      axis,
      bits,
      signed: true,
    });
    const { graph, inputs } = nodeCase(
      'transpose_conv',
      attributes,
      [
        tensor('input', 'int16', input, { quantization: per([2 ** -12], 16, null) }),
        tensor('weights', 'int8', weights, {
          quantization: per(
            Array.from({ length: channels }, () => Math.fround(2 ** -8 * (0.5 + next()))),
            8,
            0,
          ),
          data: integers(next, 'int8', countOf(weights), [-127, 127]),
        }),
        tensor('bias', 'int64', [channels], {
          data: BigInt64Array.from({ length: channels }, () => BigInt(Math.floor((next() - 0.5) * 2 ** 24))),
        }),
      ],
      { dtype: 'int16', quantization: per([2 ** -11], 16, null) },
      [integers(next, 'int16', countOf(input), [-32768, 32767], next() < 0.2)],
      { rounding: oneOf(next, 'nearest', 'floor'), accumulatorBits: 64 },
    );
    const name = fastEqualsReference(graph, inputs);
    if (hasTaps) assert.is(name, 'conv_int16_4x8_dot16');
  });
});
