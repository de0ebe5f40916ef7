import {
  bytesPerElement,
  elementCount,
  type Graph,
  inputError,
  type Node,
  producers,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../../core/index.js';
import type { NpyArray } from '../../data/index.js';
import { runOnBatch } from '../run-batch.js';
import { type ComparedTensor, compareTensor } from './compare-tensor.js';
import type { Comparison, Pairing, TensorComparison } from './comparison.js';
import { asTensor, type OtherTensor, sameOrder } from './elements.js';
import { exactValues } from './exact.js';
import type { Tolerances } from './measure.js';
import { modelDifferences } from './model-differences.js';
import { activationsOf } from './pair-models.js';
import { detectLayout, detectPatterns, type Pattern } from './patterns/index.js';

/** Side B: what it gives for A's tensors. */
export interface OtherSide {
  readonly name: string;
  readonly pairing: Pairing;
  /** By A's names. */
  readonly tensors: ReadonlyMap<string, OtherTensor>;
  /** B's graph, if B is a model. */
  readonly graph?: Graph;
}

/** How to compare. */
export interface CompareOptions extends Tolerances {
  /** Compute every operator of A on B's values where B has them, so that every difference is an operator's own. */
  readonly isolate: boolean;
}

/** Most bytes of activations that one comparison keeps. */
const MAX_BYTES = 2 ** 30;

/** @throws QpannError if activations of so many samples do not fit into memory */
export function requireMemory(graphs: readonly Graph[], samples: number, file: string): void {
  const bytes = graphs
    .flatMap((graph) => activationsOf(graph).map((name) => tensorOf(graph, name)))
    .reduce((sum, { shape, dtype }) => sum + elementCount(shape) * bytesPerElement(dtype), 0);
  const most = Math.floor(MAX_BYTES / bytes);
  if (samples > most)
    throw inputError(
      `${file}: holds ${samples} samples, whose tensors take more than ${MAX_BYTES / 2 ** 20} MiB; compare at most ${most} at once`,
    );
}

/**
 * Runs A and compares its tensors with B's, in the order in which A computes them.
 * @param input samples for A, of its type
 * @param file what to call the input in messages
 * @throws QpannError if the input does not fit A
 */
export function compareWith(
  { name, graph }: { readonly name: string; readonly graph: Graph },
  input: NpyArray,
  file: string,
  other: OtherSide,
  options: CompareOptions,
): Comparison {
  const samples = input.shape[0]!;
  const forced = options.isolate ? forcedValues(graph, other, samples) : new Map<string, TensorData>();
  const { tensors: batches } = runOnBatch(graph, input, file, { all: true, forced });
  const computed = new Map(batches.map((batch) => [batch.name, batch]));
  const valuesOf = (tensor: string): TensorData => forced.get(tensor) ?? computed.get(tensor)!.data;
  const writers = producers(graph);
  /** Whether a tensor differs; one that B does not have, whether what it is computed from does. */
  const differs = new Map<string, boolean>();
  const tensors: TensorComparison[] = [];
  for (const own of activationsOf(graph)) {
    const node = writers.get(own);
    const isTainted = node?.inputs.some((from) => differs.get(from) && !forced.has(from)) ?? false;
    const twin = other.tensors.get(own);
    if (twin === undefined) {
      differs.set(own, isTainted);
      continue;
    }
    const { shape, data } = computed.get(own)!;
    const tensor = { ...tensorOf(graph, own), shape };
    const compared = compareTensor(tensor, node, data, twin, options);
    differs.set(own, compared.differs);
    const cause = compared.differs && !isTainted;
    tensors.push({
      ...compared.counts,
      cause,
      patterns: cause ? patternsOf(graph, tensor, node, compared, valuesOf, samples) : [],
      model_differences: cause && other.graph ? modelDifferences(graph, other.graph, [own, twin.name]) : [],
    });
  }
  const first = tensors.find(({ equal, elements }) => equal < elements);
  return {
    schema: 'qpann.compare/1',
    a: name,
    b: other.name,
    samples,
    isolated: options.isolate,
    tolerance: options.tolerance,
    atol: options.atol,
    pairing: other.pairing,
    equal: first === undefined,
    first: first?.tensor ?? null,
    tensors,
  };
}

/** B's values in A's types, by A's names. */
function forcedValues(graph: Graph, { tensors }: OtherSide, samples: number): Map<string, TensorData> {
  const forced = new Map<string, TensorData>();
  for (const [name, other] of tensors) {
    const tensor = tensorOf(graph, name);
    const data = sameOrder(batchShape(tensor, samples), other.shape) ? asTensor(tensor, other) : null;
    if (data !== null) forced.set(name, data);
  }
  return forced;
}

const batchShape = ({ shape }: Tensor, samples: number): readonly number[] => [
  samples * (shape[0] ?? 1),
  ...shape.slice(1),
];

function patternsOf(
  graph: Graph,
  tensor: Tensor,
  node: Node | undefined,
  { values, inOrder }: ComparedTensor,
  valuesOf: (name: string) => TensorData,
  samples: number,
): readonly Pattern[] {
  if (values === null) return [];
  if (!inOrder)
    return [detectLayout({ ...values, exact: null }, tensor.shape)].filter((found) => found !== null);
  const hasExact = values.integer !== null && node?.outputs[0] === tensor.name;
  const exact = hasExact ? exactValues(graph, node, valuesOf, samples) : null;
  return detectPatterns({ ...values, exact }, tensor.shape);
}
