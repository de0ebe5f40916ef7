import { existsSync, readFileSync } from 'node:fs';
import {
  bytesPerElement,
  type DType,
  type Graph,
  type Numerics,
  type Tensor,
  type TensorData,
  verifyGraph,
} from '../../src/core/index.js';
import { type OpName, verifyOperators } from '../../src/ops/index.js';

/** A tensor of a golden case. Floats have no scales; `bits` is there when it is less than the dtype's. */
export interface GoldenTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number | null;
  readonly bits?: number;
  /** Integers that a double does not hold exactly are text. */
  readonly data: readonly (number | string)[];
}

/** One run of TensorFlow Lite, or of the oracle for other numerics. */
export interface GoldenCase {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly GoldenTensor[];
  readonly outputs: readonly GoldenTensor[];
  readonly numerics?: Numerics;
}

/** All golden cases of an operator, those of other numerics included. */
export function goldenCases(op: OpName): GoldenCase[] {
  return [`${op}.json`, `${op}_modes.json`, `${op}_tflite-2.20.json`]
    .map((file) => new URL(`../../fixtures/ops/${file}`, import.meta.url))
    .filter((url) => existsSync(url))
    .flatMap((url) => JSON.parse(readFileSync(url, 'utf8')).cases as GoldenCase[]);
}

function tensorOf(name: string, { dtype, shape, scales, zeroPoints, axis, bits }: GoldenTensor): Tensor {
  if (scales.length === 0) return { name, dtype, shape };
  const width = bits ?? bytesPerElement(dtype) * 8;
  return {
    name,
    dtype,
    shape,
    quantization: { scales, zeroPoints, axis, bits: width, signed: dtype !== 'uint8' },
  };
}

/** A graph of one node that does what the case says. */
export function graphOf(op: OpName, { attributes, inputs, outputs, numerics }: GoldenCase): Graph {
  const inputTensors = inputs.map((tensor, i) => tensorOf(`input ${i}`, tensor));
  const outputTensors = outputs.map((tensor, i) => tensorOf(`output ${i}`, tensor));
  const accumulatorBits = inputs[0]!.dtype === 'int16' && inputs[2]?.dtype !== 'int32' ? 64 : 32;
  const names = {
    inputs: inputTensors.map(({ name }) => name),
    outputs: outputTensors.map(({ name }) => name),
  };
  return verifyOperators(
    verifyGraph({
      name: op,
      tensors: new Map([...inputTensors, ...outputTensors].map((tensor) => [tensor.name, tensor])),
      nodes: [{ op, attributes, ...names, numerics: numerics ?? { rounding: 'nearest', accumulatorBits } }],
      ...names,
    }),
  );
}

/** Writes golden values into a tensor. @returns the tensor */
export function write(data: TensorData, values: GoldenTensor['data']): TensorData {
  values.forEach((value, i) => {
    data[i] = data instanceof BigInt64Array ? BigInt(value) : Number(value);
  });
  return data;
}
