import fc from 'fast-check';
import {
  dequantizeValue,
  integerRange,
  perTensor,
  quantizeValue,
  type Tensor,
} from '../../src/core/index.js';
import {
  activationParameters,
  asymmetricParameters,
  quantizeLayer,
  rangeOf,
  symmetricParameters,
  type WeightScheme,
  weightParameters,
} from '../../src/quant/index.js';
import { assert, test } from '../harness.js';

const range = (min: number, max: number) => ({ min, max });
const int8 = { bits: 8, symmetric: true };

/** The weights of a layer without bias. */
function quantizedWeights(layer: Tensor, scheme: WeightScheme): Tensor {
  const bias: Tensor = {
    name: 'b',
    shape: [layer.shape[0]!],
    dtype: 'float32',
    data: new Float32Array(layer.shape[0]!),
  };
  return quantizeLayer(layer, bias, scheme, 1, 32)[0];
}

test('asymmetric parameters', () => {
  // 7/255 = 0.0274…; −128 + 1/0.02745 = −91.57 → −92
  assert.equal(asymmetricParameters(range(-1, 6), 8), perTensor(7 / 255, -92));
  assert.equal(asymmetricParameters(range(-1, 6), 8, false), perTensor(7 / 255, 36, 8, false));
  assert.equal(asymmetricParameters(range(2, 5.1), 8), perTensor(5.1 / 255, -128), 'widened to 0');
  assert.equal(asymmetricParameters(range(-5.1, -2), 8), perTensor(5.1 / 255, 127), 'negative only');
  assert.equal(asymmetricParameters(range(0, 0), 8), perTensor(2e-6 / 255, 0), 'empty');
  assert.equal(asymmetricParameters(range(-1, 2), 2), perTensor(1, -1, 2));
  // −min/scale = 1.5 and 2.5, exactly: −2 + 1.5 = −0.5 → −1 and −8 + 2.5 = −5.5 → −6, away from zero.
  assert.equal(asymmetricParameters(range(-1.5, 1.5), 2), perTensor(1, -1, 2));
  assert.equal(asymmetricParameters(range(-2.5, 12.5), 4), perTensor(1, -6, 4));
  assert.equal(asymmetricParameters(range(-2.5, 12.5), 4, false), perTensor(1, 3, 4, false));
});

test('symmetric parameters', () => {
  assert.equal(symmetricParameters(range(-1, 6), 8), perTensor(6 / 127, 0));
  assert.equal(symmetricParameters(range(-6, 1), 4), perTensor(6 / 7, 0, 4));
  assert.equal(symmetricParameters(range(0, 0), 8), perTensor(5e-7 / 127, 0), 'empty');
});

test('activations: asymmetric up to 8 bits, symmetric above or on request', () => {
  assert.equal(activationParameters(range(-1, 6), 8), asymmetricParameters(range(-1, 6), 8));
  assert.equal(activationParameters(range(-1, 6), 16), perTensor(6 / 32767, 0, 16));
  assert.equal(activationParameters(range(-1, 6), 8, true), perTensor(6 / 127, 0));
});

test('halves round away from zero', () => {
  const quantize = (value: number): number => quantizeValue(value, 1, 0, -128, 127);
  assert.equal([0.5, -0.5, 1.5, -1.5, 0.49999997, -0.49999997].map(quantize), [1, -1, 2, -2, 0, 0]);
  assert.equal([500, -500].map(quantize), [127, -128]);
  assert.is(quantizeValue(-0.25, 0.5, 10, -128, 127), 9);
  assert.is(dequantizeValue(9, 0.5, 10), -0.5);
});

const float32 = (limit: number) =>
  fc.float({ min: -limit, max: limit, noNaN: true, noDefaultInfinity: true });

test('in range, a value comes back within half a step, and zero exactly, at every width', () => {
  const values = fc.tuple(
    float32(100),
    float32(100),
    fc.integer({ min: 2, max: 16 }),
    fc.boolean(),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(values, ([a, b, bits, symmetric, position]) => {
      const [min, max] = [Math.min(a, b, 0), Math.max(a, b, 0)];
      const { scales, zeroPoints } = activationParameters(range(min, max), bits, symmetric);
      const [scale, zeroPoint] = [scales[0]!, zeroPoints[0]!];
      const integers = integerRange(bits);
      assert.ok(zeroPoint >= integers.min && zeroPoint <= integers.max);
      const roundTrip = (value: number): number =>
        dequantizeValue(quantizeValue(value, scale, zeroPoint, integers.min, integers.max), scale, zeroPoint);
      assert.is(roundTrip(0), 0);
      if (max - min < 1e-30) return;
      // The zero point is rounded, so one end may lie up to half a step outside, which the clamp adds.
      const value = Math.fround(min + position * (max - min));
      const isInside = Math.abs(value / scale) <= integers.max - Math.max(zeroPoint, -zeroPoint) || symmetric;
      assert.ok(
        Math.abs(value - roundTrip(value)) <= scale * (isInside ? 0.5001 : 1.0001),
        `${value} in ${min} … ${max}`,
      );
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('the range of values; NaN wins', () => {
  assert.equal(rangeOf([3, -2, 5]), range(-2, 5));
  assert.equal(rangeOf([3, NaN, 5]), range(NaN, NaN));
});

const weights = (shape: number[], ...data: number[]): Tensor => ({
  name: 'w',
  shape,
  dtype: 'float32',
  data: Float32Array.from(data),
});

test('weights: one scale for each output channel along the first or the last axis, or one for all', () => {
  const values = Float32Array.of(1, -2, 4, 0.5, 8, -0.25);
  const scheme = { bits: 8, symmetric: true };
  const scales = (...tops: number[]): number[] => tops.map((top) => Math.fround(top / 127));
  assert.equal(weightParameters(values, [2, 1, 1, 3], { ...scheme, axis: 0 }).scales, scales(4, 8));
  assert.equal(weightParameters(values, [1, 2, 1, 3], { ...scheme, axis: 3 }).scales, scales(1, 8, 4));
  assert.equal(weightParameters(values, [2, 3], { ...scheme, axis: null }).scales, scales(8));
  assert.equal(
    weightParameters(new Float32Array(2), [2, 1], { ...scheme, axis: 0 }).scales,
    scales(5e-7, 5e-7),
  );
});

test('weights: integers', () => {
  const quantized = quantizedWeights(weights([2, 2], 127, -63.5, 1, -7), {
    bits: 8,
    symmetric: true,
    axis: 0,
  });
  assert.equal(quantized.data, Int8Array.of(127, -64, 18, -127));
  const four = quantizedWeights(weights([1, 3], -7, 7, 2.5), { bits: 4, symmetric: true, axis: null });
  assert.equal(four.data, Int8Array.of(-7, 7, 3));
  const wide = quantizedWeights(weights([1, 2], -1, 0.5), { bits: 12, symmetric: true, axis: null });
  assert.equal(wide.data, Int16Array.of(-2047, 1024));
  const asymmetric = quantizedWeights(weights([1, 3], -1, 14, 0), { bits: 4, symmetric: false, axis: null });
  assert.equal(asymmetric.quantization, perTensor(1, -7, 4));
  assert.equal(asymmetric.data, Int8Array.of(-8, 7, -7));
});

test('bias: in units of the accumulator, zero point 0', () => {
  // Weight scales 0.5, 0.25, 0.5 and input scale 0.5.
  const layer = weights([3, 1], 63.5, 31.75, -63.5);
  const [, bias] = quantizeLayer(layer, weights([3], 0.5, -0.375, 1), { ...int8, axis: 0 }, 0.5, 32);
  assert.equal(bias.data, Int32Array.of(2, -3, 4));
  assert.equal(bias.quantization, {
    scales: [0.25, 0.125, 0.25],
    zeroPoints: [0, 0, 0],
    axis: 0,
    bits: 32,
    signed: true,
  });
  const [, wide] = quantizeLayer(layer, weights([3], 0.5, -0.375, 1), { ...int8, axis: null }, 0.5, 64);
  assert.equal(wide.data, BigInt64Array.of(2n, -2n, 4n));
  assert.equal([wide.dtype, wide.quantization!.scales], ['int64', [0.25]]);
});

test('a bias beyond 2^30 − 1 makes the weight scale of its channel grow', () => {
  const layer = weights([2, 1], 127, 127);
  const [quantized, bias] = quantizeLayer(layer, weights([2], 2 ** 32, 5), { ...int8, axis: 0 }, 1, 32);
  const grown = Math.fround(2 ** 32 / (2 ** 30 - 1));
  assert.equal(quantized.quantization!.scales, [grown, 1]);
  assert.equal(quantized.data, Int8Array.of(32, 127));
  assert.equal(bias.quantization!.scales, [grown, 1]);
  assert.ok(Math.abs(Number(bias.data![0]) - 2 ** 30) < 2 ** 8);
  assert.is(bias.data![1], 5);
});

test('weights beside 16-bit activations are multiplied by a factor that is rounded by itself', () => {
  const weights: Tensor = { name: 'w', shape: [1, 2], dtype: 'float32', data: Float32Array.of(3, -0.3) };
  const bias = (value: number): Tensor => ({
    name: 'b',
    shape: [1],
    dtype: 'float32',
    data: Float32Array.of(value),
  });
  const scheme: WeightScheme = { ...int8, axis: 0 };
  assert.equal([...quantizeLayer(weights, bias(0), scheme, 1, 64)[0].data!], [127, -13]);
  const [, wide] = quantizeLayer(weights, bias(2 ** 29), scheme, 1e-4, 64);
  assert.equal(wide.data, BigInt64Array.of(2n ** 30n), 'the scale grows for large biases, of 64 bits too');
});
