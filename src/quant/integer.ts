import {
  type Graph,
  type Node,
  type Numerics,
  type Quantization,
  sameQuantization,
  scaleOf,
  type Tensor,
  tensorOf,
  verifyGraph,
  withoutUnusedTensors,
} from '../core/index.js';
import { opOf, verifyOperators } from '../ops/index.js';
import { dataInputs } from './assign.js';
import { quantizeConstant, quantizeLayer, quantizeWeights } from './weights.js';

/** How one node computes with integers. */
export interface IntegerSettings {
  /** Width of weights, 2 to 16 bits. */
  readonly weightBits: number;
  readonly symmetricWeights: boolean;
  readonly perChannel: boolean;
  readonly numerics: Numerics;
  /** Parameters that the node's kernel wants for a data input or gives to its output. */
  readonly input: (tensor: string) => Quantization;
  readonly output: (tensor: string) => Quantization;
}

const integerType = ({ bits }: Quantization): 'int8' | 'int16' => (bits > 8 ? 'int16' : 'int8');

/**
 * Gives the selected nodes integer kernels and leaves the others in float. A tensor keeps its name in the form in which
 * its producer writes it; `<name>/quantized` and `<name>/dequantized` are the conversions in front of a reader that wants
 * another form. Neighbours that agree on parameters exchange integers. No two nodes may read the same constant.
 * @param settings what each node computes with, or null to leave it in float
 * @param requantize what stands between neighbours with different parameters: `integer` TensorFlow Lite's QUANTIZE,
 *   `float` a dequantization and a quantization (fake quantization, thesis 4.2)
 */
export function quantizeNodes(
  graph: Graph,
  settings: (node: Node) => IntegerSettings | null,
  requantize: 'integer' | 'float',
): Graph {
  const tensors = new Map(graph.tensors);
  const nodes: Node[] = [];

  const convert = (
    from: Tensor,
    name: string,
    dtype: Tensor['dtype'],
    quantization?: Quantization,
  ): string => {
    tensors.set(name, { name, shape: from.shape, dtype, ...(quantization && { quantization }) });
    const op = quantization === undefined ? 'dequantize' : 'quantize';
    nodes.push({ op, attributes: {}, inputs: [from.name], outputs: [name] });
    return name;
  };
  const asFloat = (name: string): string => {
    const tensor = tensors.get(name)!;
    if (tensor.quantization === undefined) return name;
    const converted = `${name}/dequantized`;
    return tensors.has(converted) ? converted : convert(tensor, converted, 'float32');
  };
  const asInteger = (name: string, quantization: Quantization): string => {
    const tensor = tensors.get(name)!;
    if (sameQuantization(tensor.quantization, quantization)) return name;
    const candidates = `${name}/quantized`;
    let converted = candidates;
    for (let n = 2; tensors.has(converted); n++) {
      if (sameQuantization(tensors.get(converted)!.quantization, quantization)) return converted;
      converted = `${candidates}_${n}`;
    }
    const from = requantize === 'integer' ? name : asFloat(name);
    return convert(tensors.get(from)!, converted, integerType(quantization), quantization);
  };

  const isReal = (name: string): boolean => {
    const { dtype, quantization } = tensorOf(graph, name);
    return dtype === 'float32' || quantization !== undefined;
  };
  for (const node of graph.nodes) {
    const chosen = dataInputs(node).every(isReal) ? settings(node) : null;
    if (chosen === null) {
      nodes.push({
        ...node,
        inputs: node.inputs.map((name) => (tensors.get(name)!.data ? name : asFloat(name))),
      });
      continue;
    }
    const data = dataInputs(node).map((name) => {
      const quantization = chosen.input(name);
      if (tensors.get(name)!.data === undefined) return asInteger(name, quantization);
      tensors.set(name, quantizeConstant(tensorOf(graph, name), quantization));
      return name;
    });
    const parameters = quantizeParameters(graph, node, chosen, tensors.get(data[0]!)!);
    for (const parameter of parameters) tensors.set(parameter.name, parameter);
    for (const name of node.outputs.filter(isReal)) {
      const quantization = chosen.output(name);
      tensors.set(name, { ...tensorOf(graph, name), dtype: integerType(quantization), quantization });
    }
    nodes.push({
      ...node,
      inputs: [...data, ...parameters.map(({ name }) => name)],
      numerics: chosen.numerics,
    });
  }
  return verifyOperators(verifyGraph(withoutUnusedTensors({ ...graph, tensors, nodes })));
}

/** The weights and bias of a node as integers, or its indices as they are. */
function quantizeParameters(
  graph: Graph,
  node: Node,
  settings: IntegerSettings,
  input: Tensor,
): readonly Tensor[] {
  const rules = opOf(node.op).quantization?.weights;
  if (rules === undefined)
    return node.inputs.slice(dataInputs(node).length).map((name) => tensorOf(graph, name));
  const weights = tensorOf(graph, node.inputs[1]!);
  const scheme = {
    bits: settings.weightBits,
    symmetric: settings.symmetricWeights,
    axis: settings.perChannel ? rules.axis : null,
  };
  if (rules.bias === false) return [quantizeWeights(weights, scheme)];
  const channels = weights.shape[rules.axis]!;
  const noBias: Tensor = {
    name: `${weights.name}/zero_bias`,
    shape: [channels],
    dtype: 'float32',
    data: new Float32Array(channels),
  };
  return quantizeLayer(
    weights,
    node.inputs[2] === undefined ? noBias : tensorOf(graph, node.inputs[2]),
    scheme,
    scaleOf(input.quantization, input.name),
    settings.numerics.accumulatorBits,
  );
}
