import {
  type Graph,
  type Node,
  type Quantization,
  type Tensor,
  tensorOf,
  verifyGraph,
} from '../core/index.js';
import { verifyOperators } from '../ops/index.js';

/** What a quantized network takes and gives: real values, or integers. */
export type BorderType = 'float32' | 'int8' | 'uint8' | 'int16';

/**
 * A network whose inputs and outputs are quantized, with other types at its borders: QUANTIZE and DEQUANTIZE are put
 * there, as TensorFlow's converter does. What is not quantized stays as it is. The new inputs and outputs take over the names; inside, an input goes on as
 * `<name>/quantized`, and what an output is converted from is `<name>/quantized` too.
 */
export function withBorders(graph: Graph, type: BorderType): Graph {
  const tensors = new Map(graph.tensors);
  const inner = new Map<string, string>();
  const changed = (names: readonly string[]): Tensor[] =>
    names
      .map((name) => tensorOf(graph, name))
      .filter(({ dtype, quantization }) => quantization !== undefined && dtype !== type);
  const move = (tensor: Tensor): string => {
    const name = freeName(tensors, `${tensor.name}/quantized`);
    inner.set(tensor.name, name);
    tensors.set(name, { ...tensor, name });
    tensors.set(tensor.name, atBorder(tensor, type));
    return name;
  };
  const before = changed(graph.inputs).map(
    (tensor): Node => ({ op: 'quantize', attributes: {}, inputs: [tensor.name], outputs: [move(tensor)] }),
  );
  const after = changed(graph.outputs).map(
    (tensor): Node => ({
      op: type === 'float32' ? 'dequantize' : 'quantize',
      attributes: {},
      inputs: [move(tensor)],
      outputs: [tensor.name],
    }),
  );
  const renamed = (name: string): string => inner.get(name) ?? name;
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map(renamed),
    outputs: node.outputs.map(renamed),
  }));
  return verifyOperators(verifyGraph({ ...graph, tensors, nodes: [...before, ...nodes, ...after] }));
}

/** The tensor in the type of the border; unsigned integers stand for the same reals as signed ones. */
function atBorder({ name, shape, quantization }: Tensor, type: BorderType): Tensor {
  if (type === 'float32') return { name, shape, dtype: 'float32' };
  const { scales, zeroPoints, ...rest } = quantization as Quantization;
  const offset = type === 'uint8' ? 128 : 0;
  return {
    name,
    shape,
    dtype: type,
    quantization: {
      ...rest,
      scales,
      zeroPoints: zeroPoints.map((zero) => zero + offset),
      signed: type !== 'uint8',
    },
  };
}

function freeName(tensors: ReadonlyMap<string, Tensor>, base: string): string {
  let name = base;
  for (let n = 2; tensors.has(name); n++) name = `${base}_${n}`;
  return name;
}
