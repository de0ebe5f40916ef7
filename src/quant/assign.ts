import {
  type Graph,
  inputError,
  integerRange,
  type Node,
  perTensor,
  type Quantization,
  tensorOf,
} from '../core/index.js';
import { dataInputsOf, type FixedParameters, opOf } from '../ops/index.js';
import { activationParameters, type Range, rangeOf } from './parameters.js';

/** Where the parameters of an activation come from, whatever its width will be. */
export type ParameterSource =
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'fixed'; readonly int8: FixedParameters; readonly int16: FixedParameters }
  | { readonly kind: 'union'; readonly sources: readonly ParameterSource[] };

/** The parameter source of every activation of a graph, by tensor name. */
export type ParameterSources = ReadonlyMap<string, ParameterSource>;

/** The quantization of an activation at a width; `symmetric` asks for zero point 0 at any width. */
export function quantizationOf(source: ParameterSource, bits: number, symmetric = bits > 8): Quantization {
  if (source.kind !== 'fixed') return activationParameters(rangeAt(source, bits), bits, symmetric);
  const { scale, zeroPoint } = bits > 8 ? source.int16 : source.int8;
  return perTensor(scale, zeroPoint, bits > 8 ? 16 : 8);
}

/** The reals that a source can represent; those of a union hold all that its sources can. */
function rangeAt(source: ParameterSource, bits: number): Range {
  if (source.kind === 'range') return source.range;
  if (source.kind === 'union') {
    const ranges = source.sources.map((member) => rangeAt(member, bits));
    return {
      min: Math.min(...ranges.map(({ min }) => min)),
      max: Math.max(...ranges.map(({ max }) => max)),
    };
  }
  const { scales, zeroPoints, bits: width } = quantizationOf(source, bits);
  const { min, max } = integerRange(width);
  return { min: scales[0]! * (min - zeroPoints[0]!), max: scales[0]! * (max - zeroPoints[0]!) };
}

/**
 * The calibrated range of an activation, or a constant's own.
 * @throws QpannError naming a tensor whose range is not finite
 */
export function calibratedSource(
  graph: Graph,
  ranges: ReadonlyMap<string, Range>,
  name: string,
): ParameterSource {
  const { data } = tensorOf(graph, name);
  const range = data === undefined ? ranges.get(name) : rangeOf(data as Float32Array);
  if (range === undefined) throw new Error(`no calibrated range for ${name}`);
  if (!Number.isFinite(range.min) || !Number.isFinite(range.max))
    throw inputError(
      `tensor ${name} reaches ${range.min} … ${range.max} during calibration: check the weights`,
    );
  return { kind: 'range', range };
}

/** The inputs of a node that carry data. */
export const dataInputs = (node: Node): readonly string[] => dataInputsOf(node.op, node.inputs);

/**
 * Decides the parameters of every activation of a graph whose layers are merged, as TensorFlow Lite's converter does:
 * calibrated ranges, fixed parameters of softmax and the like, and one range for all tensors that an operator such as
 * pooling, padding or concatenation makes share it: that of the tensors where the group begins.
 * @param ranges calibrated range of every activation, by name
 * @throws QpannError naming a tensor whose range is missing or not finite
 */
export function assignParameters(graph: Graph, ranges: ReadonlyMap<string, Range>): ParameterSources {
  const sources = new Map<string, ParameterSource>();
  const calibrate = (name: string): void => {
    if (tensorOf(graph, name).dtype === 'float32') sources.set(name, calibratedSource(graph, ranges, name));
  };
  for (const name of graph.inputs) calibrate(name);
  const groups = sharedGroups(graph);
  for (const node of graph.nodes) {
    for (const name of dataInputs(node)) if (!sources.has(name)) calibrate(name);
    const rule = opOf(node.op).quantization?.output;
    for (const name of node.outputs) {
      if (rule === undefined || rule === 'calibrated') calibrate(name);
      else if (rule !== 'shared') sources.set(name, { kind: 'fixed', ...rule });
    }
  }
  for (const { members, roots } of groups) {
    const shared = sharedSource(roots.map((name) => sources.get(name)!));
    for (const name of members) {
      const isFixedRoot = sources.get(name)?.kind === 'fixed' && roots.length > 1;
      if (!isFixedRoot) sources.set(name, shared);
    }
  }
  return sources;
}

/** Tensors that must share parameters; `roots` are those that no sharing operator writes. */
interface SharedGroup {
  readonly members: string[];
  readonly roots: string[];
}

function sharedGroups(graph: Graph): SharedGroup[] {
  const groupOf = new Map<string, SharedGroup>();
  for (const node of graph.nodes) {
    if (opOf(node.op).quantization?.output !== 'shared') continue;
    const merged: SharedGroup = { members: [], roots: [] };
    for (const name of new Set([...dataInputs(node), ...node.outputs])) {
      const known = groupOf.get(name);
      const isOutput = node.outputs.includes(name);
      if (known === undefined) {
        merged.members.push(name);
        if (!isOutput) merged.roots.push(name);
      } else if (!merged.members.includes(name)) {
        merged.members.push(...known.members);
        merged.roots.push(...known.roots);
      }
    }
    for (const name of merged.members) groupOf.set(name, merged);
  }
  return [...new Set(groupOf.values())];
}

/** One root decides alone; several share the range that holds them all. */
const sharedSource = (roots: readonly ParameterSource[]): ParameterSource =>
  roots.length === 1 ? roots[0]! : { kind: 'union', sources: roots };
