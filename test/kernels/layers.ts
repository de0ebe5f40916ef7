import fc from 'fast-check';
import {
  allocate,
  type DType,
  elementCount,
  type Graph,
  type Numerics,
  type Quantization,
  type Shape,
  type Tensor,
  type TensorData,
} from '../../src/core/index.js';
import { inferShapes, type OpName } from '../../src/ops/index.js';

/** A graph of one node with values for its inputs. */
export interface NodeCase {
  readonly graph: Graph;
  readonly inputs: readonly TensorData[];
}

/** Numbers that depend on a seed alone, uniform in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A whole number from 1 to `most`. */
export const upTo = (next: () => number, most: number): number => 1 + Math.floor(next() * most);

/** One of some values. */
export const oneOf = <T>(next: () => number, ...values: readonly T[]): T =>
  values[Math.floor(next() * values.length)]!;

/** Whole numbers from `min` to `max`, with the ends as frequent as all others together where `extreme`. */
export function integers(
  next: () => number,
  dtype: DType,
  count: number,
  [min, max]: readonly [number, number],
  extreme = false,
): TensorData {
  const data = allocate(dtype, count) as Int8Array;
  for (let i = 0; i < count; i++)
    data[i] =
      extreme && next() < 0.5 ? (next() < 0.5 ? min : max) : Math.floor(min + next() * (max - min + 1));
  return data;
}

/** Floats of very different sizes, with zeros of both signs; also infinities and NaN where `special`. */
export function floats(next: () => number, count: number, special = false): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const kind = next();
    if (kind < 0.05) return next() < 0.5 ? 0 : -0;
    if (special && kind < 0.08) return [Infinity, -Infinity, NaN][Math.floor(next() * 3)]!;
    return (next() - 0.5) * 2 ** Math.floor(next() * 40 - 20);
  });
}

/** Floats of any bits at all: also subnormal numbers, infinities and NaN. */
export function anyFloats(next: () => number, count: number): Float32Array {
  return new Float32Array(Uint32Array.from({ length: count }, () => next() * 2 ** 32).buffer);
}

/** Chooses quantizations: scales of very different sizes, zero points at the ends too. */
export const quantization = (
  next: () => number,
  range: readonly [number, number] = [-128, 127],
): Quantization => ({
  scales: [Math.fround((0.5 + next()) * 2 ** Math.floor(next() * 8 - 8))],
  zeroPoints: [
    next() < 0.3 ? range[next() < 0.5 ? 0 : 1] : Math.floor(range[0] + next() * (range[1] - range[0] + 1)),
  ],
  axis: null,
  bits: 8,
  signed: true,
});

/** A node with constants for what has data, and the output's shape inferred. */
export function nodeCase(
  op: OpName,
  attributes: object,
  inputs: readonly Tensor[],
  output: Omit<Tensor, 'name' | 'shape'>,
  values: readonly TensorData[],
  numerics: Numerics = { rounding: 'nearest', accumulatorBits: 32 },
): NodeCase {
  const [shape] = inferShapes(op, inputs, attributes, op);
  const tensors = [...inputs, { ...output, name: 'output', shape: shape! }];
  return {
    graph: {
      name: op,
      tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
      nodes: [
        {
          op,
          attributes: attributes as Graph['nodes'][number]['attributes'],
          inputs: inputs.map(({ name }) => name),
          outputs: ['output'],
          numerics,
        },
      ],
      inputs: inputs.filter(({ data }) => data === undefined).map(({ name }) => name),
      outputs: ['output'],
    },
    inputs: values,
  };
}

/** The same case in uint8, with all zero points and values 128 higher. */
export function inUint8({ graph, inputs }: NodeCase): NodeCase {
  const raised = (data: TensorData): Uint8Array => Uint8Array.from(data as Int8Array, (value) => value + 128);
  const tensors = [...graph.tensors.values()].map((original): Tensor => {
    const { dtype, quantization, data } = original;
    if (dtype !== 'int8') return original;
    const zeroPoints = quantization!.zeroPoints.map((zeroPoint) => zeroPoint + 128);
    return {
      ...original,
      dtype: 'uint8',
      quantization: { ...quantization!, zeroPoints, signed: false },
      ...(data && { data: raised(data) }),
    };
  });
  return {
    graph: { ...graph, tensors: new Map(tensors.map((each) => [each.name, each])) },
    inputs: inputs.map(raised),
  };
}

/** A tensor of a case. */
export const tensor = (
  name: string,
  dtype: DType,
  shape: Shape,
  facts: Pick<Tensor, 'quantization' | 'data'> = {},
): Tensor => ({ name, dtype, shape, ...facts });

/** Number of elements of a shape. */
export const countOf = elementCount;

/** Seeds of random cases. */
export const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** How often a property is tried, with a seed of its own so that every run tries the same cases. */
export const runs = (numRuns: number): fc.Parameters<unknown> => ({
  numRuns,
  seed: 1,
  includeErrorInReport: true,
});

/** Checks a property for random numbers of many seeds, the same ones every time. */
export const forRandomNumbers = (cases: number, check: (next: () => number) => void): void =>
  fc.assert(
    fc.property(seeds, (seed) => check(randomNumbers(seed))),
    runs(cases),
  );
