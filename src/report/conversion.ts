import { type Graph, type Tensor, tensorOf } from '../core/index.js';
import type { Conversion } from '../eval/index.js';

/** What `qpann convert` prints: the size of the file, its operators, and how input and output stand for real values. */
export function conversionSummary({ graph, bytes }: Conversion, path: string): string {
  const { nodes, inputs, outputs } = graph;
  const borders = [
    ...inputs.map((name) => borderRow('input', tensorOf(graph, name))),
    ...outputs.map((name) => borderRow('output', tensorOf(graph, name))),
  ];
  const floats = floatOperators(graph);
  const lines = [
    `${path}: ${bytes.length} bytes, ${nodes.length} operators (${operatorCounts(graph)})`,
    ...borders,
    ...(floats.length === 0 ? [] : [`in float32, since there is no integer kernel: ${floats.join(', ')}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function operatorCounts({ nodes }: Graph): string {
  const counts = new Map<string, number>();
  for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, count]) => (count === 1 ? op : `${count} ${op}`)).join(', ');
}

function borderRow(side: string, { name, shape, dtype, quantization }: Tensor): string {
  const parameters =
    quantization === undefined
      ? ''
      : `, scale ${quantization.scales[0]}, zero point ${quantization.zeroPoints[0]}`;
  return `${side} ${name}: ${dtype} ${shape.join('×')}${parameters}`;
}

/** Operators of a quantized network that compute with floats. */
function floatOperators({ nodes, tensors }: Graph): string[] {
  const isFloat = (name: string): boolean => tensors.get(name)!.dtype === 'float32';
  const quantized = [...tensors.values()].some(({ quantization }) => quantization !== undefined);
  if (!quantized) return [];
  return nodes.flatMap(({ op, inputs, outputs }) =>
    isFloat(inputs[0]!) && isFloat(outputs[0]!) ? [`${op} writing ${outputs[0]}`] : [],
  );
}
