import {
  elementCount,
  formatShape,
  type Node,
  type Source,
  sameQuantization,
  type Tensor,
} from '../../core/index.js';
import { inferShapes, opOf } from '../../ops/index.js';
import type { OperatorContext, Step } from './operator.js';
import { MAX_ELEMENTS } from './tensors.js';

/** What an operator adds to the graph. */
export interface OperatorNodes {
  readonly nodes: readonly Node[];
  /** Every tensor that the nodes read or write. */
  readonly tensors: readonly Tensor[];
  /** Number of constant elements that they read. */
  readonly parameters: number;
}

/** Strings steps together: each reads what the one before it writes. */
export function nodesOf(
  steps: readonly Step[],
  operator: OperatorContext,
  source: Source,
  freshName: (base: string) => string,
  where: string,
): OperatorNodes {
  const tensors = new Map<string, Tensor>();
  const nodes: Node[] = [];
  let value = operator.value(0);
  steps.forEach(({ op, attributes, others = [], numerics, stage }, i) => {
    const inputs = [value, ...others];
    const target =
      i === steps.length - 1
        ? operator.output
        : { ...value, name: freshName(`${source.name}/${stage ?? i}`) };
    const [shape] = inferShapes(op, inputs, attributes, where);
    const { data: _, ...facts } = target;
    const output: Tensor = { ...facts, shape: shape! };
    requireRules(op, inputs, output, operator);
    for (const tensor of [...inputs, output]) tensors.set(tensor.name, tensor);
    nodes.push({
      op,
      attributes: attributes as Node['attributes'],
      inputs: inputs.map(({ name }) => name),
      outputs: [output.name],
      source,
      ...(numerics && { numerics }),
    });
    value = output;
  });
  const all = [...tensors.values()];
  const constants = all.filter(({ data }) => data !== undefined);
  const parameters = constants.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { nodes, tensors: all, parameters };
}

/** What kernels demand of types and quantization, so that the network is refused here and not when it is compiled. */
function requireRules(
  op: Step['op'],
  inputs: readonly Tensor[],
  output: Tensor,
  { fail }: OperatorContext,
): void {
  const { kernels, quantization } = opOf(op);
  const { dtype } = inputs[0]!;
  if (elementCount(output.shape) < 1 || elementCount(output.shape) > MAX_ELEMENTS)
    fail(`writes a tensor of shape ${formatShape(output.shape)}`);
  if (kernels[dtype] === undefined) fail(`computes in ${dtype}, which is not supported`);
  if (dtype === 'float32' || quantization === undefined || output.quantization === undefined) return;
  const rule = quantization.output;
  if (
    rule === 'shared' &&
    !inputs.every((input) => sameQuantization(input.quantization, output.quantization))
  )
    fail('needs the same scale and zero point for its inputs and its output');
  if (typeof rule === 'string') return;
  const { scale, zeroPoint } = dtype === 'int16' ? rule.int16 : rule.int8;
  if (output.quantization.scales[0] !== scale || output.quantization.zeroPoints[0] !== zeroPoint)
    fail(`needs scale ${scale} and zero point ${zeroPoint} for its output`);
}
