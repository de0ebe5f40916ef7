import {
  bytesPerElement,
  type Graph,
  inputError,
  type Node,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../../core/index.js';
import { describeNode, type OpName, opOf, siteOf } from '../../ops/index.js';
import { type Encode, typeCode } from './encode.js';
import { ENCODERS } from './encoders.js';
import { type WrittenOperator, type WrittenTensor, writeModel } from './write-model.js';

/** Largest file: offsets in it are signed 32-bit numbers. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * A graph as the bytes of a `.tflite` file, with one operator for each node. Tensors keep their names and come in the order in which operators use them; constants that
 * share their values share them in the file. The same graph gives the same bytes.
 * @throws QpannError that names the layer when TensorFlow Lite cannot compute what a node does
 */
export function exportTflite(graph: Graph): Uint8Array {
  const file = startFile(graph);
  for (const name of graph.inputs) file.indexOf(tensorOf(graph, name));
  const operators = graph.nodes.map((node): WrittenOperator => {
    const { inputs = siteOf(graph, node).inputs, ...operator } = encode(graph, node);
    return {
      ...operator,
      inputs: inputs.map(file.indexOf),
      outputs: node.outputs.map((name) => file.indexOf(tensorOf(graph, name))),
    };
  });
  const indicesOf = (names: readonly string[]): number[] =>
    names.map((name) => file.indexOf(tensorOf(graph, name)));
  return writeModel({
    name: graph.name,
    tensors: file.tensors,
    operators,
    inputs: indicesOf(graph.inputs),
    outputs: indicesOf(graph.outputs),
    buffers: file.buffers,
  });
}

function encode(graph: Graph, node: Node) {
  const fail = (message: string): never => {
    throw inputError(`${describeNode(node)}: cannot be written to a .tflite file: ${message}`);
  };
  const encoder = ENCODERS[node.op as OpName] as Encode<OpName> | null;
  if (encoder === null) return fail(`TensorFlow Lite has no ${node.op}`);
  requireTfliteArithmetic(graph, node, fail);
  return encoder({ ...(siteOf(graph, node) as Parameters<typeof encoder>[0]), fail });
}

/** What QPANN varies beyond TensorFlow Lite has no place in its files. */
function requireTfliteArithmetic(graph: Graph, node: Node, fail: (message: string) => never): void {
  const { inputs, outputs, numerics } = siteOf(graph, node);
  const { dtype } = inputs[0]!;
  if (numerics.rounding !== 'nearest') fail('its requantization does not round');
  const accumulates = dtype !== 'float32' && opOf(node.op).quantization?.weights !== undefined;
  const possible = dtype === 'int16' ? (inputs[2] === undefined ? [32, 64] : [biasBits(inputs[2])]) : [32];
  if (accumulates && !possible.includes(numerics.accumulatorBits))
    fail(`it has ${numerics.accumulatorBits}-bit accumulators for ${dtype} values`);
  for (const { name, data, quantization, ...tensor } of [...inputs, ...outputs])
    if (
      data === undefined &&
      quantization !== undefined &&
      quantization.bits < 8 * bytesPerElement(tensor.dtype)
    )
      fail(`${name} has ${quantization.bits}-bit values`);
}

const biasBits = ({ dtype }: Tensor): number => 8 * bytesPerElement(dtype);

/** Gives tensors and their values places in the file. */
function startFile(graph: Graph) {
  const indices = new Map<string, number>();
  const places = new Map<TensorData, number>();
  const tensors: WrittenTensor[] = [];
  const buffers: Uint8Array[] = [new Uint8Array()];
  let bytes = 0;
  const bufferOf = (data: TensorData | undefined): number => {
    if (data === undefined) return 0;
    const known = places.get(data);
    if (known !== undefined) return known;
    places.set(data, buffers.length);
    bytes += data.byteLength;
    if (bytes > MAX_BYTES) throw inputError(`${graph.name}: its weights are too large for a .tflite file`);
    return buffers.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) - 1;
  };
  const add = ({ name, shape, dtype, data, quantization }: Tensor): number => {
    indices.set(name, tensors.length);
    const place = { name, shape, type: typeCode(dtype), buffer: bufferOf(data) };
    return tensors.push({ ...place, ...(quantization && { quantization }) }) - 1;
  };
  /** A tensor that the graph does not have, such as axes, gets a name that is free. */
  const addNew = (tensor: Tensor): number => {
    let { name } = tensor;
    for (let n = 2; indices.has(name) || graph.tensors.has(name); n++) name = `${tensor.name}_${n}`;
    return add({ ...tensor, name });
  };
  return {
    tensors,
    buffers,
    indexOf(tensor: Tensor): number {
      if (graph.tensors.get(tensor.name) !== tensor) return addNew(tensor);
      return indices.get(tensor.name) ?? add(tensor);
    },
  };
}
