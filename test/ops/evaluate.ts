import {
  allocate,
  type DType,
  elementCount,
  type Numerics,
  type Quantization,
  type Shape,
  type Tensor,
  TFLITE_NUMERICS,
} from '../../src/core/index.js';
import { type OpName, opOf } from '../../src/ops/index.js';

/** A tensor of a hand-computed case. */
export interface Value {
  readonly dtype?: DType;
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly quantization?: Quantization;
}

/** The output of one operator, of the first input's dtype and an inferred shape. */
export function evaluate(
  op: OpName,
  attributes: object,
  values: readonly Value[],
  quantization: Quantization | undefined = values[0]!.quantization,
  numerics: Numerics = TFLITE_NUMERICS,
): { readonly shape: Shape; readonly data: readonly number[] } {
  const { inferShapes, kernels } = opOf(op);
  const inputs = values.map(
    ({ dtype = 'float32', shape, quantization }, i): Tensor => ({
      name: `input ${i}`,
      dtype,
      shape,
      ...(quantization && { quantization }),
    }),
  );
  const [shape] = inferShapes(inputs, attributes);
  const { dtype } = inputs[0]!;
  const output = { name: 'output', dtype, shape: shape!, ...(quantization && { quantization }) };
  const site = { attributes, inputs, outputs: [output], numerics };
  const kernel = kernels[dtype]!;
  const plan = { constantBytes: 0, scratchBytes: 0, ...kernel.plan?.(site) };
  const data = allocate(dtype, elementCount(shape!));
  const buffers = {
    inputs: values.map(({ data }, i) => {
      const buffer = allocate(inputs[i]!.dtype, data.length) as Float32Array;
      buffer.set(data);
      return buffer;
    }),
    outputs: [data],
    constants: new Uint8Array(plan.constantBytes),
    scratch: new Uint8Array(plan.scratchBytes),
  };
  kernel.prepare(site, buffers)();
  return { shape: shape!, data: [...data].map(Number) };
}

/** A list of floats. */
export const floats = (...data: number[]): Value => ({ shape: [data.length], data });

/** A list of int8 numbers in this quantization. */
export const int8s = (quantization: Quantization, ...data: number[]): Value => ({
  dtype: 'int8',
  shape: [data.length],
  data,
  quantization,
});
