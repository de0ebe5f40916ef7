import { formatShape, sameQuantization, type Tensor } from '../../../core/index.js';
import { activationOf, type Decode, dimensionOf, type OperatorContext } from '../operator.js';

type Pair = readonly [number, number];

/** Pairs of whole numbers, [before, after] of some dimensions. */
function pairsOf({ fail, integers }: OperatorContext, input: number): readonly Pair[] {
  const { shape, values } = integers(input);
  if (shape.length !== 2 || shape[1] !== 2)
    fail(`has paddings of shape ${formatShape(shape)}; one pair for each dimension is needed`);
  return Array.from({ length: shape[0]! }, (_, d) => [values[2 * d]!, values[2 * d + 1]!] as const);
}

const pad: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  operator.emit('pad', { paddings: pairsOf(operator, 1) }, [input]);
};

/** The real number that a constant of one element stands for, which has the output's type and quantization. */
function realOf(operator: OperatorContext, input: number): number {
  const { dtype, data, quantization } = operator.any(input);
  const { output } = operator;
  if (data === undefined) return operator.fail('pads with a value that is not a constant');
  if (data.length !== 1 || dtype !== output.dtype)
    return operator.fail(`pads ${output.dtype} with ${data.length} values of type ${dtype}`);
  if (!sameQuantization(quantization, output.quantization))
    return operator.fail('pads with a value of another scale or zero point than its output');
  const value = Number(data[0]);
  if (output.quantization === undefined) return value;
  const { scales, zeroPoints } = output.quantization;
  return scales[0]! * (value - zeroPoints[0]!);
}

const padWithValue: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  operator.emit('pad', { paddings: pairsOf(operator, 1), value: realOf(operator, 2) }, [input]);
};

const mirrorPad: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  // TensorFlow Lite takes no mode for one of its own, not for the one that the schema says.
  if (!operator.hasOptions) operator.fail('has no options that say how it pads');
  const code = operator.options('MirrorPadOptions').mode;
  const mode =
    (['reflect', 'symmetric'] as const)[code] ?? operator.fail(`has a padding mode of code ${code}`);
  operator.emit('mirror_pad', { paddings: pairsOf(operator, 1), mode }, [input]);
};

const spaceToBatch: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const attributes = { blockShape: operator.integers(1).values, paddings: pairsOf(operator, 2) };
  operator.emit('space_to_batch_nd', attributes, [input]);
};

const batchToSpace: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const attributes = { blockShape: operator.integers(1).values, crops: pairsOf(operator, 2) };
  operator.emit('batch_to_space_nd', attributes, [input]);
};

const depthToSpace: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const { blockSize } = operator.options('DepthToSpaceOptions');
  operator.emit('depth_to_space', { blockSize }, [input]);
};

const spaceToDepth: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const { blockSize } = operator.options('SpaceToDepthOptions');
  operator.emit('space_to_depth', { blockSize }, [input]);
};

const transpose: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const permutation = operator
    .integers(1)
    .values.map((axis) => dimensionOf(operator, axis, input.shape.length));
  operator.emit('transpose', { permutation }, [input]);
};

const inputsOf = (operator: OperatorContext): Tensor[] =>
  Array.from({ length: operator.inputCount }, (_, i) => operator.sameTypeOrWhole(i));

const concatenate: Decode = (operator) => {
  const inputs = inputsOf(operator);
  const options = operator.options('ConcatenationOptions');
  if (activationOf(operator, options.fusedActivation) !== 'none')
    operator.fail('concatenates with an activation, which TensorFlow Lite refuses too');
  const axis = dimensionOf(operator, options.axis, inputs[0]?.shape.length ?? 0);
  operator.emit('concatenation', { axis }, inputs);
};

/** Tensors side by side along a new dimension. */
const pack: Decode = (operator) => {
  const inputs = inputsOf(operator);
  const { axis, valuesCount } = operator.options('PackOptions');
  const shape = inputs[0]?.shape ?? operator.fail('packs nothing');
  if (valuesCount !== inputs.length) operator.fail(`packs ${valuesCount} of ${inputs.length} inputs`);
  const dimension = dimensionOf(operator, axis, shape.length + 1);
  const parts = inputs.map((input) => {
    const expanded = [...input.shape.slice(0, dimension), 1, ...input.shape.slice(dimension)];
    return operator.emit('reshape', { shape: expanded }, [input], { stage: 'expanded' });
  });
  operator.emit('concatenation', { axis: dimension }, parts);
};

const gather: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const indices = operator.any(1);
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64')
    operator.fail(`gathers by indices of type ${indices.dtype}`);
  const options = operator.options('GatherOptions');
  const axis = dimensionOf(operator, options.axis, input.shape.length);
  const batchDims = options.batchDims < 0 ? options.batchDims + indices.shape.length : options.batchDims;
  operator.emit('gather', { axis, batchDims }, [input, indices]);
};

/** Operators that move elements. */
export const LAYOUT_OPERATORS = {
  BATCH_TO_SPACE_ND: batchToSpace,
  CONCATENATION: concatenate,
  DEPTH_TO_SPACE: depthToSpace,
  GATHER: gather,
  MIRROR_PAD: mirrorPad,
  PACK: pack,
  PAD: pad,
  PADV2: padWithValue,
  SPACE_TO_BATCH_ND: spaceToBatch,
  SPACE_TO_DEPTH: spaceToDepth,
  TRANSPOSE: transpose,
} satisfies Readonly<Record<string, Decode>>;
