import { type Graph, inputError, type Node, perTensor, type Quantization, tensorOf } from '../core/index.js';
import { dataInputsOf, type FixedParameters, opOf, type QuantizationRules } from '../ops/index.js';
import { activationParameters, type Range, rangeOf } from './parameters.js';

/** Where the parameters of an activation come from, whatever its width will be. */
export type ParameterSource =
  | { readonly kind: 'range'; readonly range: Range }
  | { readonly kind: 'fixed'; readonly int8: FixedParameters; readonly int16: FixedParameters };

/** The parameter source of every activation of a graph, by tensor name. */
export type ParameterSources = ReadonlyMap<string, ParameterSource>;

/** The quantization of an activation at a width; `symmetric` asks for zero point 0 at any width. */
export function quantizationOf(source: ParameterSource, bits: number, symmetric = bits > 8): Quantization {
  if (source.kind === 'range') return activationParameters(source.range, bits, symmetric);
  const { scale, zeroPoint } = bits > 8 ? source.int16 : source.int8;
  return perTensor(scale, zeroPoint, bits > 8 ? 16 : 8);
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
 * How an operator is quantized with activations of this width; undefined for one that has no kernel for them and stays in
 * float, as TensorFlow's converter leaves it.
 */
export function rulesAt(op: string, bits: number): QuantizationRules | undefined {
  const { kernels, quantization } = opOf(op);
  if (quantization === undefined || kernels[bits > 8 ? 'int16' : 'int8'] === undefined) return undefined;
  const output = bits > 8 ? quantization.wideOutput : undefined;
  return output === undefined ? quantization : { ...quantization, output };
}

/** Tensors that have their parameters in common: one that is computed, and those that hold its values elsewhere. */
interface Group {
  source: ParameterSource;
  /** The operator fixes the parameters of what it writes. */
  readonly isFixed: boolean;
  /** The operator that wrote it, if it wants several inputs to have its output's parameters. */
  readonly joins?: Node;
}

/**
 * Decides the parameters of every activation of a graph whose layers are merged, as TensorFlow Lite's converter does:
 * calibrated ranges, and the fixed parameters of softmax and the like. What a pooling or a padding writes has the parameters
 * of what it reads. A concatenation or a maximum hands those of its own output to all that it reads, and on to whatever
 * that consists of; of several such readers of a tensor the last decides, and a conversion stands before the others. With
 * 16-bit activations it hands nothing over: conversions stand before all of them.
 * @param ranges calibrated range of every activation, by name
 * @param bits width of the activations, 8 or 16
 * @throws QpannError naming a tensor whose range is missing or not finite
 */
export function assignParameters(
  graph: Graph,
  ranges: ReadonlyMap<string, Range>,
  bits: number,
): ParameterSources {
  const groups = new Map<string, Group>();
  const calibrate = (name: string, joins?: Node): void => {
    if (tensorOf(graph, name).dtype !== 'float32') return;
    const source = calibratedSource(graph, ranges, name);
    groups.set(name, { source, isFixed: false, ...(joins && { joins }) });
  };
  const handOver = (name: string, source: ParameterSource): void => {
    const group = groups.get(name);
    if (group === undefined || group.isFixed) return;
    group.source = source;
    if (group.joins !== undefined) for (const input of dataInputs(group.joins)) handOver(input, source);
  };
  for (const name of graph.inputs) calibrate(name);
  for (const node of graph.nodes) {
    const inputs = dataInputs(node);
    for (const name of inputs) if (!groups.has(name)) calibrate(name);
    const rule = rulesAt(node.op, bits)?.output ?? 'calibrated';
    const [first] = inputs.map((name) => groups.get(name));
    if (rule === 'shared' && inputs.length === 1) {
      const group = first?.isFixed ? { source: first.source, isFixed: false } : first;
      if (group !== undefined) for (const name of node.outputs) groups.set(name, group);
    } else if (typeof rule === 'object') {
      for (const name of node.outputs)
        groups.set(name, { source: { kind: 'fixed', ...rule }, isFixed: true });
    } else {
      for (const name of node.outputs) calibrate(name, rule === 'shared' ? node : undefined);
    }
    const handsOver = rule === 'shared' && inputs.length > 1 && bits === 8;
    const joined = handsOver ? groups.get(node.outputs[0]!) : undefined;
    if (joined !== undefined) handOver(node.outputs[0]!, joined.source);
  }
  return new Map([...groups].map(([name, { source }]) => [name, source]));
}
