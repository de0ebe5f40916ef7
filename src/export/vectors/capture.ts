import {
  clamp,
  type DType,
  dtypeOf,
  elementCount,
  type Node,
  type Quantization,
  type Shape,
  type TensorData,
  tensorOf,
} from '../../core/index.js';
import type { Model } from '../../engine/index.js';
import {
  opOf,
  type Requantization,
  referenceKernel,
  type Site,
  siteOf,
  type Trace,
} from '../../ops/index.js';

/** One array of a golden vector. */
export interface VectorArray {
  /** What it is to the operator: `input` (`input_0`, … of several), `weights`, `bias`, `indices`, `accumulator`, `before_clamp`, `output`, `table_…`. */
  readonly role: string;
  /** Name of the tensor in the graph; absent for what only the kernel knows. */
  readonly tensor?: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly layout?: string;
  readonly quantization?: Quantization;
  /** Row-major values. */
  readonly data: TensorData;
}

/** Everything about one run of one operator: what went in, what came out, and the numbers in between. */
export interface GoldenVector {
  readonly node: Node;
  readonly site: Site<unknown>;
  readonly geometry: Readonly<Record<string, number | Shape>>;
  /** Absent for operators that only move values, and in float. */
  readonly requantization?: Requantization;
  readonly arrays: readonly VectorArray[];
}

interface Recording {
  readonly node: Node;
  readonly facts: Requantization | undefined;
  readonly trace: Trace | undefined;
}

/**
 * Runs a model once and records the chosen operators.
 * @param inputs one value per graph input, as `Model.run` takes them
 * @returns one vector per node, in the order of the graph
 */
export function captureVectors(
  model: Model,
  inputs: readonly TensorData[],
  nodes: ReadonlySet<Node>,
): GoldenVector[] {
  const { graph } = model;
  const recordings = graph.nodes.filter((node) => nodes.has(node)).map((node) => startRecording(model, node));
  const traces = new Map(recordings.map(({ node, trace }) => [node.outputs[0]!, trace]));
  const wanted = new Set(recordings.flatMap(({ node }) => [...node.inputs, ...node.outputs]));
  const values = new Map<string, TensorData>();
  model.run(inputs, {
    trace: ({ name }) => traces.get(name),
    tap({ name }, data) {
      if (wanted.has(name)) values.set(name, data.slice());
    },
  });
  return recordings.map((recording) => vectorOf(model, recording, values));
}

function startRecording({ graph }: Model, node: Node): Recording {
  const facts = referenceKernel(graph, node).requantization?.(siteOf(graph, node));
  const length = elementCount(tensorOf(graph, node.outputs[0]!).shape);
  const empty = (): Float64Array => new Float64Array(length).fill(NaN);
  return { node, facts, trace: facts && { accumulators: empty(), beforeClamp: empty() } };
}

function vectorOf(
  { graph }: Model,
  { node, facts, trace }: Recording,
  values: ReadonlyMap<string, TensorData>,
): GoldenVector {
  const site = siteOf(graph, node);
  const { layouts, geometry } = opOf(node.op);
  const arrayOf = (role: string, name: string, layout: string | undefined): VectorArray => {
    const { dtype, shape, quantization, data } = tensorOf(graph, name);
    return {
      role,
      tensor: name,
      dtype,
      shape,
      ...(layout !== undefined && { layout }),
      ...(quantization && { quantization }),
      data: data ?? values.get(name)!,
    };
  };
  const { shape } = site.outputs[0]!;
  const layout = layouts?.outputs[0];
  const traced = (role: string, dtype: 'int32' | 'int64', data: Float64Array): VectorArray => ({
    role,
    dtype,
    shape,
    ...(layout !== undefined && { layout }),
    data: integersOf(dtype, data),
  });
  const inputRoles = inputRolesOf(node);
  const outputRoles = numbered('output', node.outputs.length);
  return {
    node,
    site,
    geometry: geometry?.(site.inputs, site.attributes) ?? {},
    ...(facts && { requantization: facts }),
    arrays: [
      ...node.inputs.map((name, i) => arrayOf(inputRoles[i]!, name, layouts?.inputs[i])),
      ...Object.entries(facts?.tables ?? {}).map(([name, data]) => tableOf(name, data)),
      ...(facts?.accumulator ? [traced('accumulator', facts.accumulator, trace!.accumulators)] : []),
      ...(trace && !trace.beforeClamp.some(Number.isNaN)
        ? [traced('before_clamp', 'int32', trace.beforeClamp)]
        : []),
      ...node.outputs.map((name, i) => arrayOf(outputRoles[i]!, name, layouts?.outputs[i])),
    ],
  };
}

/** Names of the inputs: data, then weights and bias or indices where the operator has them. */
function inputRolesOf({ op, inputs }: Node): readonly string[] {
  const { weights, indices } = opOf(op).quantization ?? {};
  if (weights !== undefined) return ['input', 'weights', 'bias'];
  return indices === true ? ['input', 'indices'] : numbered('input', inputs.length);
}

const numbered = (role: string, count: number): readonly string[] =>
  count === 1 ? [role] : Array.from({ length: count }, (_, i) => `${role}_${i}`);

const tableOf = (name: string, data: TensorData): VectorArray => ({
  role: `table_${name}`,
  dtype: dtypeOf(data),
  shape: [data.length],
  data,
});

/** Traced whole numbers in their type. What lies beyond int32 before the clamp saturates, which the clamp does not see. */
const integersOf = (dtype: 'int32' | 'int64', values: Float64Array): TensorData =>
  dtype === 'int64'
    ? BigInt64Array.from(values, BigInt)
    : Int32Array.from(values, (value) => clamp(value, -(2 ** 31), 2 ** 31 - 1));
