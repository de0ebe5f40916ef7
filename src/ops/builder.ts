import {
  dtypeOf,
  type Graph,
  inputError,
  type Node,
  type Shape,
  type Source,
  type Tensor,
  type TensorData,
  verifyGraph,
} from '../core/index.js';
import { describeNode, inferShapes, verifyOperators } from './facts.js';
import type { OpName } from './table.js';

/** Collects a float graph node by node, in an order in which it can run. Shapes are inferred. */
export interface GraphBuilder {
  /** Declares an input of the network. @returns its name. */
  input(name: string, shape: Shape): string;
  /** Declares a constant. @returns its name. */
  constant(name: string, shape: Shape, data: TensorData): string;
  /** Adds a node that writes one float32 tensor. @returns the tensor's name. @throws QpannError if shapes do not fit. */
  apply(op: OpName, attributes: object, inputs: readonly string[], output: string, source?: Source): string;
  /** Shape of a tensor declared so far. */
  shapeOf(name: string): Shape;
  /** The finished graph, verified. */
  build(outputs: readonly string[]): Graph;
}

/** A builder for a graph called `name`. */
export function graphBuilder(name: string): GraphBuilder {
  const tensors = new Map<string, Tensor>();
  const nodes: Node[] = [];
  const inputs: string[] = [];
  const declare = (tensor: Tensor): string => {
    if (tensors.has(tensor.name)) throw inputError(`two tensors are called ${tensor.name}`);
    tensors.set(tensor.name, tensor);
    return tensor.name;
  };
  const get = (tensorName: string): Tensor => {
    const tensor = tensors.get(tensorName);
    if (tensor === undefined) throw new Error(`no tensor ${tensorName} so far`);
    return tensor;
  };
  return {
    input(inputName, shape) {
      inputs.push(inputName);
      return declare({ name: inputName, shape, dtype: 'float32' });
    },
    constant: (constantName, shape, data) =>
      declare({ name: constantName, shape, dtype: dtypeOf(data), data }),
    apply(op, attributes, inputNames, output, source) {
      const node: Node = {
        op,
        attributes: attributes as Node['attributes'],
        inputs: inputNames,
        outputs: [output],
        ...(source && { source }),
      };
      const [shape] = inferShapes(op, inputNames.map(get), attributes, describeNode(node));
      nodes.push(node);
      return declare({ name: output, shape: shape!, dtype: 'float32' });
    },
    shapeOf: (tensorName) => get(tensorName).shape,
    build: (outputs) => verifyOperators(verifyGraph({ name, tensors, nodes, inputs, outputs })),
  };
}
