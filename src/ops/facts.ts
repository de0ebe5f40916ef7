import {
  type DType,
  formatShape,
  type Graph,
  type Node,
  QpannError,
  sameShape,
  type Tensor,
  TFLITE_NUMERICS,
  tensorOf,
} from '../core/index.js';
import type { FixedParameters, Kernel, Site } from './define.js';
import { opOf } from './table.js';

/** What a layer is called in messages: its Keras name and class, or the tensor it writes. */
export const describeNode = ({ op, outputs, source }: Node): string =>
  source === undefined
    ? `${op} writing ${outputs[0]}`
    : `layer ${source.index} ${source.name} (${source.className})`;

/** The inputs of an operator that carry data: not weights, bias or indices. */
export function dataInputsOf<T>(op: string, inputs: readonly T[]): readonly T[] {
  const { weights, indices } = opOf(op).quantization ?? {};
  return weights === undefined && indices === undefined ? inputs : inputs.slice(0, 1);
}

/** The parameters of an output that an operator fixes. Those of uint8 are int8's with the zero point moved by 128. */
export function fixedParameters(
  { int8, int16 }: { readonly int8: FixedParameters; readonly int16: FixedParameters },
  dtype: DType,
): FixedParameters {
  if (dtype === 'uint8') return { ...int8, zeroPoint: int8.zeroPoint + 128 };
  return dtype === 'int16' ? int16 : int8;
}

/** The static facts of a node, as kernels see them. */
export const siteOf = (graph: Graph, node: Node): Site<unknown> => ({
  attributes: node.attributes,
  inputs: node.inputs.map((name) => tensorOf(graph, name)),
  outputs: node.outputs.map((name) => tensorOf(graph, name)),
  numerics: node.numerics ?? TFLITE_NUMERICS,
});

/** The reference kernel that serves a node. @throws QpannError if the operator has none for the dtype. */
export function referenceKernel(graph: Graph, node: Node): Kernel<unknown> {
  const dtype = tensorOf(graph, node.inputs[0]!).dtype;
  const kernel = opOf(node.op).kernels[dtype];
  if (kernel === undefined) throw new QpannError(`${describeNode(node)}: ${node.op} has no ${dtype} kernel`);
  return kernel;
}

/** Output shapes of an operator on these inputs. @throws QpannError that begins with `where`. */
export function inferShapes(op: string, inputs: readonly Tensor[], attributes: unknown, where: string) {
  try {
    return opOf(op).inferShapes(inputs, attributes);
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    throw new QpannError(`${where}: ${error.message}`, error.kind, { cause: error });
  }
}

/** Checks every node against its operator: shapes as inferred, a kernel for the dtype. @returns the graph. */
export function verifyOperators(graph: Graph): Graph {
  for (const node of graph.nodes) {
    const { inputs, outputs, attributes } = siteOf(graph, node);
    const shapes = inferShapes(node.op, inputs, attributes, describeNode(node));
    outputs.forEach((output, i) => {
      if (!sameShape(output.shape, shapes[i] ?? []))
        throw new Error(
          `${describeNode(node)}: ${output.name} is ${formatShape(output.shape)}, not as inferred`,
        );
    });
    referenceKernel(graph, node);
  }
  return graph;
}

/** Multiply-accumulates of one run of a node. */
export function macsOf(graph: Graph, node: Node): number {
  const { inputs, outputs, attributes } = siteOf(graph, node);
  return opOf(node.op).macs(inputs, outputs, attributes);
}
