import { elementCount, formatShape, type Shape } from '../../../core/index.js';
import { activationOf, type Decode, dimensionOf, type OperatorContext, type Step } from '../operator.js';

const reshapeTo = (shape: Shape): readonly Step[] => [{ op: 'reshape', attributes: { shape } }];

/** A shape with one −1 in it, which stands for whatever is left. */
function completed({ fail }: OperatorContext, shape: readonly number[], count: number): Shape {
  const open = shape.indexOf(-1);
  const known = elementCount(shape.filter((_, dimension) => dimension !== open));
  const result = shape.map((size, dimension) => (dimension === open ? count / known : size));
  return result.every((size) => Number.isInteger(size) && size >= 1)
    ? result
    : fail(`reshapes ${count} elements to [${shape.slice(0, 10).join(', ')}]`);
}

const reshape: Decode = (operator) => {
  const input = operator.sameType(0);
  const shape = operator.has(1) ? operator.integers(1).values : operator.options('ReshapeOptions').int32s(0);
  return reshapeTo(completed(operator, shape, elementCount(input.shape)));
};

const squeeze: Decode = (operator) => {
  const { shape } = operator.sameType(0);
  const axes = operator.options('SqueezeOptions').int32s(0);
  const squeezed = new Set(axes.map((axis) => dimensionOf(operator, axis, shape.length)));
  if ([...squeezed].some((dimension) => shape[dimension] !== 1))
    return operator.fail(`squeezes axes ${axes.join(', ')} of shape ${formatShape(shape)}`);
  return reshapeTo(shape.filter((size, d) => (squeezed.size === 0 ? size !== 1 : !squeezed.has(d))));
};

const expandDims: Decode = (operator) => {
  const { shape } = operator.sameType(0);
  const { values } = operator.integers(1);
  if (values.length !== 1) return operator.fail('needs one axis');
  const dimension = dimensionOf(operator, values[0]!, shape.length + 1);
  return reshapeTo([...shape.slice(0, dimension), 1, ...shape.slice(dimension)]);
};

const pad: Decode = (operator) => {
  operator.sameType(0);
  const { shape, values } = operator.integers(1);
  if (shape.length !== 2 || shape[1] !== 2)
    return operator.fail(
      `has paddings of shape ${formatShape(shape)}; one pair for each dimension is needed`,
    );
  const paddings = Array.from({ length: shape[0]! }, (_, d) => [values[2 * d]!, values[2 * d + 1]!]);
  return [{ op: 'pad', attributes: { paddings } }];
};

const slice: Decode = (operator) => {
  const { shape } = operator.sameType(0);
  const begin = operator.integers(1).values;
  const size = operator.integers(2).values.map((n, d) => (n === -1 ? shape[d]! - begin[d]! : n));
  return [{ op: 'slice', attributes: { begin, size } }];
};

const concatenate: Decode = (operator) => {
  const inputs = Array.from({ length: operator.inputCount }, (_, i) => operator.sameType(i));
  const options = operator.options('ConcatenationOptions');
  if (activationOf(operator, options.int8(1)) !== 'none')
    return operator.fail('concatenates with an activation, which TensorFlow Lite refuses too');
  const axis = dimensionOf(operator, options.int32(0), inputs[0]?.shape.length ?? 0);
  return [{ op: 'concatenation', attributes: { axis }, others: inputs.slice(1) }];
};

/** Operators that move elements. */
export const LAYOUT_OPERATORS = {
  CONCATENATION: concatenate,
  EXPAND_DIMS: expandDims,
  PAD: pad,
  RESHAPE: reshape,
  SLICE: slice,
  SQUEEZE: squeeze,
} satisfies Readonly<Record<string, Decode>>;
