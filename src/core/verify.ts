import { bytesPerElement, dtypeOf } from './dtype.js';
import type { Graph, Tensor } from './graph.js';
import { elementCount, formatShape } from './shape.js';

/**
 * Checks that a graph is well formed: names resolve, every tensor has one origin, nodes come after what they read,
 * constants fit their shapes, quantization is sane. Shapes and dtypes of operators are checked by `ops`.
 * @returns the graph itself, so that a pass can end with `return verifyGraph(…)`.
 * @throws Error that names the pass's mistake; a broken graph is a defect of QPANN or of an importer, not of the user.
 */
export function verifyGraph(graph: Graph): Graph {
  const fail = (message: string): never => {
    throw new Error(`invalid graph ${graph.name}: ${message}`);
  };
  const ready = new Set<string>();
  for (const [name, tensor] of graph.tensors) {
    if (tensor.name !== name) fail(`tensor ${tensor.name} is filed under ${name}`);
    const problem = tensorProblem(tensor);
    if (problem !== null) fail(`tensor ${name} ${problem}`);
    if (tensor.data !== undefined) ready.add(name);
  }
  for (const name of graph.inputs) {
    if (!graph.tensors.has(name)) fail(`input ${name} does not exist`);
    if (ready.has(name)) fail(`input ${name} is a constant`);
    ready.add(name);
  }
  for (const node of graph.nodes) {
    const where = `${node.op} writing ${node.outputs.join(', ')}`;
    for (const name of node.inputs) {
      if (!graph.tensors.has(name)) fail(`${where} reads ${name}, which does not exist`);
      if (!ready.has(name)) fail(`${where} reads ${name} before it is written`);
    }
    if (node.outputs.length === 0) fail(`${node.op} writes nothing`);
    for (const name of node.outputs) {
      if (!graph.tensors.has(name)) fail(`${where}: ${name} does not exist`);
      if (ready.has(name)) fail(`${where}: ${name} is already written, constant or an input`);
      ready.add(name);
    }
  }
  for (const name of graph.outputs) if (!ready.has(name)) fail(`output ${name} is never written`);
  return graph;
}

function tensorProblem({ shape, dtype, quantization, data }: Tensor): string | null {
  if (shape.some((size) => !Number.isInteger(size) || size < 1)) return `has shape ${formatShape(shape)}`;
  if (data !== undefined) {
    if (dtypeOf(data) !== dtype) return `is ${dtype} but holds ${dtypeOf(data)}`;
    if (data.length !== elementCount(shape))
      return `has ${data.length} values for shape ${formatShape(shape)}`;
  }
  if (quantization === undefined) return null;
  const { scales, zeroPoints, axis, bits } = quantization;
  if (dtype === 'float32') return 'is float32 but quantized';
  if (!Number.isInteger(bits) || bits < 2 || bits > bytesPerElement(dtype) * 8)
    return `has ${bits}-bit values in ${dtype}`;
  if (scales.length !== zeroPoints.length) return 'has another number of zero points than of scales';
  if (scales.length !== (axis === null ? 1 : shape[axis]))
    return `has ${scales.length} scales along axis ${axis}`;
  if (scales.some((scale) => !(scale > 0) || !Number.isFinite(scale) || Math.fround(scale) !== scale))
    return 'has a scale that is not a positive float32';
  if (zeroPoints.some((zeroPoint) => !Number.isInteger(zeroPoint)))
    return 'has a zero point that is not an integer';
  return null;
}
