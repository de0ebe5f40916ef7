import type { DType, Quantization } from '../../src/core/index.js';
import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  anyFloats,
  floats,
  forRandomNumbers,
  integers,
  nodeCase,
  oneOf,
  quantization,
  tensor,
  upTo,
} from './layers.js';

type Byte = 'int8' | 'uint8';

const BYTES: readonly Byte[] = ['int8', 'uint8'];
const RANGES: Readonly<Record<Byte, readonly [number, number]>> = { int8: [-128, 127], uint8: [0, 255] };

/** Of 8 bits, and of 4 now and then. */
function quantizationOf(next: () => number, dtype: Byte): Quantization {
  const bits = oneOf(next, 8, 8, 4);
  const range =
    dtype === 'int8' ? ([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] as const) : ([0, 2 ** bits - 1] as const);
  return { ...quantization(next, range), bits, signed: dtype === 'int8' };
}

const LARGEST_COUNT = 70;

/** Values of all sizes, and halves of a step, where rounding is decided, with their neighbours. */
function reals(next: () => number, { scales: [scale] }: Quantization): Float32Array {
  const some = oneOf(next, anyFloats, floats);
  return some(next, upTo(next, LARGEST_COUNT), true).map((value) => {
    const kind = next();
    if (kind < 0.3) return (next() - 0.5) * 600 * scale!;
    const half = (Math.floor(next() * 600 - 300) + 0.5) * scale!;
    return kind < 0.6 ? half * (1 + Math.floor(next() * 5 - 2) * 2 ** -24) : value;
  });
}

for (const dtype of BYTES) {
  test(`quantize to ${dtype}: the reference kernel's integers`, () => {
    forRandomNumbers(400, (next) => {
      const to = quantizationOf(next, dtype);
      const x = reals(next, to);
      const input = tensor('input', 'float32', [x.length]);
      const { graph, inputs } = nodeCase('quantize', {}, [input], { dtype, quantization: to }, [x]);
      assert.is(fastEqualsReference(graph, inputs), 'quantize_float32_16');
    });
  });
}

for (const dtype of BYTES) {
  test(`dequantize from ${dtype}: the reference kernel's bits`, () => {
    forRandomNumbers(150, (next) => {
      const count = upTo(next, LARGEST_COUNT);
      const input = tensor('input', dtype, [count], { quantization: quantizationOf(next, dtype) });
      const { graph, inputs } = nodeCase('dequantize', {}, [input], { dtype: 'float32' }, [
        integers(next, dtype, count, RANGES[dtype]),
      ]);
      assert.is(fastEqualsReference(graph, inputs), 'dequantize_float32_8');
    });
  });
}

for (const [from, to] of [
  ['int8', 'int8'],
  ['int8', 'uint8'],
  ['uint8', 'int8'],
] as readonly (readonly [Byte, Byte])[]) {
  test(`quantize from ${from} to ${to}: the reference kernel's integers`, () => {
    forRandomNumbers(100, (next) => {
      const count = upTo(next, LARGEST_COUNT);
      const input = tensor('input', from, [count], { quantization: quantizationOf(next, from) });
      const output = { dtype: to as DType, quantization: quantizationOf(next, to) };
      const rounding = oneOf(next, 'nearest', 'floor');
      const { graph, inputs } = nodeCase(
        'quantize',
        {},
        [input],
        output,
        [integers(next, from, count, RANGES[from])],
        { rounding, accumulatorBits: 32 },
      );
      assert.is(fastEqualsReference(graph, inputs), 'lookup_8');
    });
  });
}
