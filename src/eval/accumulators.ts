import {
  elementCount,
  type Graph,
  integerRange,
  type Node,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../core/index.js';
import {
  buildProgram,
  type KernelModules,
  type Model,
  type Observers,
  openPlace,
  type Room,
} from '../engine/index.js';
import { opOf, referenceKernel, siteOf, type Trace } from '../ops/index.js';
import { channelOf } from '../quant/index.js';
import { centred } from './compare/exact.js';

/** Which accumulators an operator with weights had. */
export interface AccumulatorRange {
  /** Extreme values seen, biases included. */
  readonly min: number;
  readonly max: number;
  /** Bits of a signed integer that holds both. */
  readonly bits: number;
  /** Bits that hold what these weights and biases can make of any input. */
  readonly worst_case_bits: number;
}

/** Watches the accumulators of a model while it runs. */
export interface AccumulatorWatch {
  /** To be given to every run. */
  readonly observers: Observers;
  /** What was seen so far, by the tensor that the operator writes. */
  ranges(): ReadonlyMap<string, AccumulatorRange>;
}

/** A float32 sum of integers is exact as long as no part of it needs more bits: 24 and a sign. */
const EXACT_BITS = 25;

/**
 * Watches the accumulators of every integer operator with weights. Where float32 holds them exactly, the operator's float
 * kernel computes them once more from the integers, fast; elsewhere the reference kernel runs traced.
 */
export function watchAccumulators(
  graph: Graph,
  options: { readonly kernels?: KernelModules; readonly room?: Room } = {},
): AccumulatorWatch {
  const watched = graph.nodes.filter((node) => hasAccumulator(graph, node));
  const worst = new Map(watched.map((node) => [node, worstCase(graph, node)]));
  const isExact = (node: Node): boolean =>
    worst.get(node)! <= EXACT_BITS && opOf(node.op).kernels.float32 !== undefined;
  const exact = watched.filter(isExact);
  const program = buildProgram(
    exact.map((node) => floatGraph(graph, node)),
    options,
  );
  const models = openPlace(program).samples[0]!;
  const modelsOf = new Map<string, [Node, Model][]>();
  exact.forEach((node, i) => {
    const input = node.inputs[0]!;
    modelsOf.set(input, [...(modelsOf.get(input) ?? []), [node, models[i]!]]);
  });
  const traced = new Set(watched.filter((node) => !isExact(node)).map(({ outputs }) => outputs[0]!));
  const largest = Math.max(0, ...[...traced].map((name) => elementCount(tensorOf(graph, name).shape)));
  const values = { accumulators: new Float64Array(largest), beforeClamp: new Float64Array(largest) };
  const traceOf = ({ shape }: Tensor): Trace => {
    const length = elementCount(shape);
    return {
      accumulators: values.accumulators.subarray(0, length),
      beforeClamp: values.beforeClamp.subarray(0, length),
    };
  };
  const extremes = new Map<string, { min: number; max: number }>();
  const see = (name: string, accumulators: ArrayLike<number>): void => {
    let { min, max } = extremes.get(name) ?? { min: Infinity, max: -Infinity };
    for (let i = 0; i < accumulators.length; i++) {
      if (accumulators[i]! < min) min = accumulators[i]!;
      if (accumulators[i]! > max) max = accumulators[i]!;
    }
    extremes.set(name, { min, max });
  };
  const tap = (tensor: Tensor, data: TensorData): void => {
    if (traced.has(tensor.name)) see(tensor.name, traceOf(tensor).accumulators);
    const readers = modelsOf.get(tensor.name);
    if (readers === undefined) return;
    const input = centred(tensor, data);
    for (const [node, model] of readers) see(node.outputs[0]!, model.run([input])[0] as Float32Array);
  };
  return {
    observers: { tap, trace: (tensor) => (traced.has(tensor.name) ? traceOf(tensor) : undefined) },
    ranges: () =>
      new Map(
        watched.flatMap((node): [string, AccumulatorRange][] => {
          const name = node.outputs[0]!;
          const seen = extremes.get(name);
          return seen === undefined
            ? []
            : [[name, { ...seen, bits: signedBits(seen), worst_case_bits: worst.get(node)! }]];
        }),
      ),
  };
}

const hasAccumulator = (graph: Graph, node: Node): boolean =>
  opOf(node.op).quantization?.weights !== undefined &&
  tensorOf(graph, node.inputs[0]!).quantization !== undefined &&
  referenceKernel(graph, node).requantization?.(siteOf(graph, node)).accumulator !== undefined;

/** The operator alone, in float32 on q − zero point: its output is the accumulator. */
function floatGraph(graph: Graph, node: Node): Graph {
  const [input, weights, bias] = node.inputs.map((name) => tensorOf(graph, name));
  const output = tensorOf(graph, node.outputs[0]!);
  const constants = [weights!, ...(bias ? [bias] : [])].map(
    (tensor): Tensor => ({
      name: tensor.name,
      shape: tensor.shape,
      dtype: 'float32',
      data: centred(tensor, tensor.data!),
    }),
  );
  const activations = [input!, output].map(({ name, shape }): Tensor => ({ name, shape, dtype: 'float32' }));
  const { numerics: _, ...rest } = node;
  return {
    name: output.name,
    tensors: new Map([...activations, ...constants].map((tensor) => [tensor.name, tensor])),
    nodes: [{ ...rest, attributes: { ...node.attributes, activation: 'none' } }],
    inputs: [input!.name],
    outputs: [output.name],
  };
}

/** Bits that hold every partial sum of an operator with weights on any input: each product at its extreme. */
function worstCase(graph: Graph, node: Node): number {
  const [input, weights, bias] = node.inputs.map((name) => tensorOf(graph, name));
  const { axis } = opOf(node.op).quantization!.weights!;
  const { bits, signed, zeroPoints } = input!.quantization!;
  const range = integerRange(bits, signed);
  const [low, high] = [range.min - zeroPoints[0]!, range.max - zeroPoints[0]!];
  const channels = weights!.shape[axis]!;
  const channel = channelOf(weights!.shape, axis);
  const [min, max] = [new Float64Array(channels), new Float64Array(channels)];
  centred(weights!, weights!.data!).forEach((weight, i) => {
    const [a, b] = [weight * low, weight * high];
    min[channel(i)]! += Math.min(a, b);
    max[channel(i)]! += Math.max(a, b);
  });
  for (let c = 0; c < channels && bias?.data !== undefined; c++) {
    min[c]! += Math.min(0, Number(bias.data[c]));
    max[c]! += Math.max(0, Number(bias.data[c]));
  }
  return signedBits({ min: min.reduce((a, b) => Math.min(a, b)), max: max.reduce((a, b) => Math.max(a, b)) });
}

/** The smallest width of a signed integer that holds both ends. */
function signedBits({ min, max }: { readonly min: number; readonly max: number }): number {
  let bits = 1;
  while (min < -(2 ** (bits - 1)) || max > 2 ** (bits - 1) - 1) bits += 1;
  return bits;
}
