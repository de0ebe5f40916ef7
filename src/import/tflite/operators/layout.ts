import { elementCount, formatShape, type Shape, type Tensor } from '../../../core/index.js';
import { activationOf, type Decode, dimensionOf, type OperatorContext } from '../operator.js';

const reshapeTo = ({ emit }: OperatorContext, input: Tensor, shape: Shape): Tensor =>
  emit('reshape', { shape }, [input]);

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
  const shape = operator.has(1) ? operator.integers(1).values : operator.options('ReshapeOptions').newShape;
  reshapeTo(operator, input, completed(operator, shape, elementCount(input.shape)));
};

const squeeze: Decode = (operator) => {
  const input = operator.sameType(0);
  const { shape } = input;
  const axes = operator.options('SqueezeOptions').squeezeDims;
  const squeezed = new Set(axes.map((axis) => dimensionOf(operator, axis, shape.length)));
  if ([...squeezed].some((dimension) => shape[dimension] !== 1))
    operator.fail(`squeezes axes ${axes.join(', ')} of shape ${formatShape(shape)}`);
  const kept = shape.filter((size, d) => (squeezed.size === 0 ? size !== 1 : !squeezed.has(d)));
  reshapeTo(operator, input, kept);
};

const expandDims: Decode = (operator) => {
  const input = operator.sameType(0);
  const { shape } = input;
  const { values } = operator.integers(1);
  if (values.length !== 1) operator.fail('needs one axis');
  const dimension = dimensionOf(operator, values[0]!, shape.length + 1);
  reshapeTo(operator, input, [...shape.slice(0, dimension), 1, ...shape.slice(dimension)]);
};

const pad: Decode = (operator) => {
  const input = operator.sameType(0);
  const { shape, values } = operator.integers(1);
  if (shape.length !== 2 || shape[1] !== 2)
    operator.fail(`has paddings of shape ${formatShape(shape)}; one pair for each dimension is needed`);
  const paddings = Array.from({ length: shape[0]! }, (_, d) => [values[2 * d]!, values[2 * d + 1]!]);
  operator.emit('pad', { paddings }, [input]);
};

const slice: Decode = (operator) => {
  const input = operator.sameType(0);
  const begin = operator.integers(1).values;
  const size = operator.integers(2).values.map((n, d) => (n === -1 ? input.shape[d]! - begin[d]! : n));
  operator.emit('slice', { begin, size }, [input]);
};

const concatenate: Decode = (operator) => {
  const inputs = Array.from({ length: operator.inputCount }, (_, i) => operator.sameType(i));
  const options = operator.options('ConcatenationOptions');
  if (activationOf(operator, options.fusedActivation) !== 'none')
    operator.fail('concatenates with an activation, which TensorFlow Lite refuses too');
  const axis = dimensionOf(operator, options.axis, inputs[0]?.shape.length ?? 0);
  operator.emit('concatenation', { axis }, inputs);
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
