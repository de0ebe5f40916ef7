import type { DType, Tensor } from '../../src/core/index.js';
import { TFLITE_NUMERICS } from '../../src/core/index.js';
import { opOf, runOnce } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';
import { conformance } from './conformance.js';

conformance('cast');

const castFloats = (dtype: DType, ...values: readonly number[]): string[] => {
  const tensor = (name: string, type: DType): Tensor => ({ name, shape: [values.length], dtype: type });
  const site = {
    attributes: {},
    inputs: [tensor('x', 'float32')],
    outputs: [tensor('y', dtype)],
    numerics: TFLITE_NUMERICS,
  };
  return [...runOnce(opOf('cast').kernels.float32!, site, [Float32Array.from(values)])].map(String);
};

test('floats that no integer holds become the smallest one', () => {
  assert.equal(castFloats('int32', NaN, Infinity, 2 ** 31, -1e20), new Array(4).fill('-2147483648'));
  assert.equal(castFloats('int64', NaN, -Infinity, 2 ** 63), new Array(3).fill('-9223372036854775808'));
  assert.equal(castFloats('int64', 2 ** 62, -(2 ** 63)), ['4611686018427387904', '-9223372036854775808']);
});
