import {
  elementCount,
  formatShape,
  MAX_ELEMENTS,
  type Node,
  QpannError,
  type Source,
  sameQuantization,
  sameShape,
  type Tensor,
  TFLITE_NUMERICS,
} from '../../core/index.js';
import { dataInputsOf, fixedParameters, inferShapes, opOf, runOnce, type Site } from '../../ops/index.js';
import type { OperatorContext } from './operator.js';

/** What an operator adds to the graph. */
export interface OperatorNodes {
  readonly nodes: Node[];
  /** Every tensor that the nodes read or write, by name. */
  readonly tensors: Map<string, Tensor>;
}

/** Number of constant elements that an operator reads. */
export const parametersOf = ({ tensors }: OperatorNodes): number =>
  [...tensors.values()]
    .filter(({ data }) => data !== undefined)
    .reduce((sum, { shape }) => sum + elementCount(shape), 0);

/** What a node is to be. */
export interface NodeRequest {
  readonly op: Parameters<OperatorContext['emit']>[0];
  readonly attributes: object;
  readonly inputs: readonly Tensor[];
  /** The tensor to write, its shape still that of the file. */
  readonly target: Tensor;
  /** Whether the file says the target's shape. */
  readonly hasShape: boolean;
  readonly numerics: Node['numerics'];
}

/** Most whole numbers that are computed at import: as many as an operator takes as one attribute. */
export const MAX_INTEGERS = 64;

/** Whether a tensor holds whole numbers without a scale, such as labels or sizes. */
export const isWhole = ({ dtype }: Tensor): boolean => dtype === 'int32' || dtype === 'int64';

/**
 * Adds a node to those of its operator. Whole numbers that are known already, such as a shape, are computed instead: no node
 * is needed. @returns the tensor that it writes.
 */
export function addNode(
  { nodes, tensors }: OperatorNodes,
  { op, attributes, inputs, target, hasShape, numerics }: NodeRequest,
  source: Source,
  where: string,
  fail: OperatorContext['fail'],
): Tensor {
  const [shape] = inferShapes(op, inputs, attributes, where);
  if (hasShape && !sameShape(target.shape, shape!))
    fail(`has shape ${formatShape(target.shape)} in the file; the operator gives ${formatShape(shape!)}`);
  const { data: _, ...facts } = target;
  const output: Tensor = { ...facts, shape: shape! };
  requireRules(op, inputs, output, fail);
  const site = { attributes, inputs, outputs: [output], numerics: numerics ?? TFLITE_NUMERICS };
  requireFacts(op, site, fail);
  const isKnown = inputs.every((input) => isWhole(input) && input.data !== undefined);
  if (isKnown && elementCount(output.shape) <= MAX_INTEGERS) {
    const kernel = opOf(op).kernels[inputs[0]!.dtype]!;
    const values = inputs.map(({ data }) => data!);
    return { ...output, data: located(() => runOnce(kernel, site, values), fail) };
  }
  for (const tensor of [...inputs, output]) tensors.set(tensor.name, tensor);
  nodes.push({
    op,
    attributes: attributes as Node['attributes'],
    inputs: inputs.map(({ name }) => name),
    outputs: [output.name],
    source,
    ...(numerics && { numerics }),
  });
  return output;
}

/** What a kernel refuses names no file. */
function located<T>(compute: () => T, fail: OperatorContext['fail']): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    return fail(error.message);
  }
}

/**
 * Factors beyond these need shifts of which C++ does not say what they do: 30 bits to the left, 31 where a kernel saturates first, 14
 * from accumulators of 64 bits.
 */
const MAX_FACTOR = { 32: 2 ** 30, 64: 2 ** 14, saturated: 2 ** 31 } as const;

const TOO_FAR_APART = 'has scales so far apart that TensorFlow Lite cannot express the factor between them';

/** Kernels refuse factors that their fixed-point arithmetic cannot express. */
function requireFacts(op: NodeRequest['op'], site: Site<unknown>, fail: OperatorContext['fail']): void {
  const kernel = opOf(op).kernels[site.inputs[0]!.dtype];
  const facts = located(() => kernel?.requantization?.(site), fail);
  for (const [name, rescales] of Object.entries(facts?.rescales ?? {})) {
    const limit = MAX_FACTOR[name === 'difference' ? 'saturated' : site.numerics.accumulatorBits];
    if ([rescales].flat().some(({ factor }) => factor > limit)) fail(TOO_FAR_APART);
  }
}

/** What kernels demand of types and quantization, so that the network is refused here and not when it is compiled. */
function requireRules(
  op: NodeRequest['op'],
  inputs: readonly Tensor[],
  output: Tensor,
  fail: OperatorContext['fail'],
): void {
  const { kernels, quantization } = opOf(op);
  const { dtype } = inputs[0]!;
  if (elementCount(output.shape) < 1) fail(`writes a tensor of shape ${formatShape(output.shape)}`);
  if (elementCount(output.shape) > MAX_ELEMENTS)
    fail(`writes a tensor of shape ${formatShape(output.shape)}, more than 2^28 elements`);
  if (kernels[dtype] === undefined) fail(`computes in ${dtype}, which is not supported`);
  if (quantization?.output === 'shared' && output.dtype !== dtype)
    fail(`reads ${dtype} and writes ${output.dtype}, which is not supported`);
  if (dtype === 'float32' || quantization === undefined || output.quantization === undefined) return;
  const rule = quantization.output;
  const [scale = 1] = output.quantization.scales;
  const isRescaled = quantization.rescales?.includes(dtype) ?? false;
  if (isRescaled && inputs.some((input) => (256 * input.quantization!.scales[0]!) / scale > 2 ** 31))
    fail(TOO_FAR_APART);
  if (
    rule === 'shared' &&
    !isRescaled &&
    !dataInputsOf(op, inputs).every((input) => sameQuantization(input.quantization, output.quantization))
  )
    fail('needs the same scale and zero point for its inputs and its output');
  if (typeof rule === 'string') return;
  const needed = fixedParameters(rule, dtype);
  if (scale !== needed.scale || output.quantization.zeroPoints[0] !== needed.zeroPoint)
    fail(`needs scale ${needed.scale} and zero point ${needed.zeroPoint} for its output`);
}
