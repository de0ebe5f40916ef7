import { type Graph, type Node, tensorOf, verifyGraph, withoutUnusedTensors } from '../core/index.js';
import { DEFAULT_PROCESSOR, type Processor, reciprocalRoots } from './reciprocal-root.js';

/** Whether a pass applies to a node. */
export type Select = (node: Node) => boolean;

/** Batch normalization as y = x·scale + shift per channel. The scale is γ times 1/√(σ² + ε) as TensorFlow's converter has it. */
export function scaleAndShift(
  graph: Graph,
  norm: Node,
  processor: Processor = DEFAULT_PROCESSOR,
): { readonly scale: Float32Array; readonly shift: Float32Array } {
  const [gamma, beta, mean, variance] = norm.inputs
    .slice(1)
    .map((name) => tensorOf(graph, name).data as Float32Array);
  const epsilon = Math.fround(norm.attributes.epsilon as number);
  const roots = reciprocalRoots(
    variance!.map((v) => v + epsilon),
    processor,
  );
  const scale = gamma!.map((g, c) => g * roots[c]!);
  const shift = beta!.map((b, c) => Math.fround(b - Math.fround(mean![c]! * scale[c]!)));
  return { scale, shift };
}

/** Name of x·scale of the batch normalization that writes `output`. */
export const scaledName = (output: string): string => `${output}/scaled`;

/**
 * Writes the selected batch normalizations, those that stand alone, as a multiplication and an addition of constants, as TensorFlow's
 * converter does: integer kernels exist for those. The product is called `scaledName(output)`.
 */
export function expandBatchNorm(
  graph: Graph,
  select: Select = () => true,
  processor: Processor = DEFAULT_PROCESSOR,
): Graph {
  const tensors = new Map(graph.tensors);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (node.op !== 'batch_norm' || !select(node)) return [node];
    const [x, output] = [node.inputs[0]!, node.outputs[0]!];
    const { scale, shift } = scaleAndShift(graph, node, processor);
    const constant = (name: string, data: Float32Array): string => {
      tensors.set(name, { name, shape: [data.length], dtype: 'float32', data });
      return name;
    };
    const scaled = scaledName(output);
    tensors.set(scaled, { ...tensorOf(graph, output), name: scaled });
    const attributes = { activation: 'none' };
    const source = node.source && { source: node.source };
    return [
      {
        op: 'mul',
        attributes,
        inputs: [x, constant(`${output}/scale`, scale)],
        outputs: [scaled],
        ...source,
      },
      {
        op: 'add',
        attributes,
        inputs: [scaled, constant(`${output}/shift`, shift)],
        outputs: [output],
        ...source,
      },
    ];
  });
  return verifyGraph(withoutUnusedTensors({ ...graph, tensors, nodes }));
}

/** Upper bounds of a ReLU that TensorFlow Lite has an operator for. */
const KNOWN_BOUNDS: readonly unknown[] = [null, 6, 1];

/**
 * Writes the selected ReLUs with another upper bound as a ReLU, a minimum and a ReLU, as TensorFlow's converter does: each of
 * these exists in TensorFlow Lite. The first two are called `<output>/rectified` and `<output>/limited`.
 */
export function expandBounds(graph: Graph, select: Select = () => true): Graph {
  const tensors = new Map(graph.tensors);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const { min = 0, max, negativeSlope, threshold } = node.attributes;
    const isPlain = negativeSlope === 0 && threshold === 0 && min === 0;
    if (node.op !== 'relu' || !isPlain || KNOWN_BOUNDS.includes(max) || !select(node)) return [node];
    const output = node.outputs[0]!;
    const stage = (name: string): string => {
      const tensor = { ...tensorOf(graph, output), name: `${output}/${name}` };
      tensors.set(tensor.name, tensor);
      return tensor.name;
    };
    const [rectified, limited, bound] = [stage('rectified'), stage('limited'), `${output}/bound`];
    tensors.set(bound, { name: bound, shape: [], dtype: 'float32', data: Float32Array.of(max as number) });
    const relu = { ...node, attributes: { ...node.attributes, max: null } };
    return [
      { ...relu, outputs: [rectified] },
      { ...node, op: 'minimum', attributes: {}, inputs: [rectified, bound], outputs: [limited] },
      { ...relu, inputs: [limited] },
    ];
  });
  return verifyGraph({ ...graph, tensors, nodes });
}
