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
function reals(next: () => number, { scales: [scale] }: Quantization, steps = 600): Float32Array {
  const some = oneOf(next, anyFloats, floats);
  return some(next, upTo(next, LARGEST_COUNT), true).map((value) => {
    const kind = next();
    if (kind < 0.3) return (next() - 0.5) * steps * scale!;
    const half = (Math.floor((next() - 0.5) * steps) + 0.5) * scale!;
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

/** Of 16 bits or of fewer, zero point 0. */
const int16Quantization = (next: () => number): Quantization => ({
  ...quantization(next),
  zeroPoints: [0],
  bits: oneOf(next, 16, 16, 9, 12),
});

test("quantize to int16: the reference kernel's integers", () => {
  forRandomNumbers(400, (next) => {
    const to = int16Quantization(next);
    const x = reals(next, to, oneOf(next, 600, 80000));
    const input = tensor('input', 'float32', [x.length]);
    const { graph, inputs } = nodeCase('quantize', {}, [input], { dtype: 'int16', quantization: to }, [x]);
    assert.is(fastEqualsReference(graph, inputs), 'quantize_int16_8');
  });
});

test('quantize to int16: every step, its half and the neighbours of these', () => {
  const scale = Math.fround(0.1);
  const x = new Float32Array(2 * 6 * 32768);
  const bits = new Int32Array(x.buffer);
  for (let i = 0; i < x.length; i++) {
    const half = Math.floor(i / 6) - 32768 + 0.5 * (i % 2);
    x[i] = Math.fround(half * scale);
    bits[i]! += Math.floor((i % 6) / 2) - 1;
  }
  const to: Quantization = { scales: [scale], zeroPoints: [0], axis: null, bits: 16, signed: true };
  const input = tensor('input', 'float32', [x.length]);
  const { graph, inputs } = nodeCase('quantize', {}, [input], { dtype: 'int16', quantization: to }, [x]);
  assert.is(fastEqualsReference(graph, inputs), 'quantize_int16_8');
});

test("dequantize from int16: the reference kernel's bits", () => {
  forRandomNumbers(150, (next) => {
    const count = upTo(next, LARGEST_COUNT);
    const input = tensor('input', 'int16', [count], { quantization: int16Quantization(next) });
    const { graph, inputs } = nodeCase('dequantize', {}, [input], { dtype: 'float32' }, [
      integers(next, 'int16', count, [-32768, 32767]),
    ]);
    assert.is(fastEqualsReference(graph, inputs), 'dequantize_int16_8');
  });
});
