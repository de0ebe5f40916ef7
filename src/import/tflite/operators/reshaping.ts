import { elementCount, formatShape, type Shape } from '../../../core/index.js';
import { type Decode, dimensionOf, type OperatorContext } from '../operator.js';

/** The shape that an operator gives to a tensor whose elements it leaves alone. */
type Reshaping = (operator: OperatorContext, shape: Shape) => Shape;

/** A shape with at most one −1 in it, which stands for whatever is left. */
const reshaped: Reshaping = (operator, from) => {
  const count = elementCount(from);
  const shape = operator.has(1) ? operator.integers(1).values : operator.options('ReshapeOptions').newShape;
  const open = shape.indexOf(-1);
  const known = elementCount(shape.filter((_, dimension) => dimension !== open));
  const result = shape.map((size, dimension) => (dimension === open ? count / known : size));
  return result.every((size) => Number.isInteger(size) && size >= 1) && elementCount(result) === count
    ? result
    : operator.fail(`reshapes ${count} elements to [${shape.slice(0, 10).join(', ')}]`);
};

const squeezed: Reshaping = (operator, shape) => {
  const axes = operator.options('SqueezeOptions').squeezeDims;
  const dimensions = new Set(axes.map((axis) => dimensionOf(operator, axis, shape.length)));
  if ([...dimensions].some((dimension) => shape[dimension] !== 1))
    operator.fail(`squeezes axes ${axes.slice(0, 10).join(', ')} of shape ${formatShape(shape)}`);
  return shape.filter((size, d) => (dimensions.size === 0 ? size !== 1 : !dimensions.has(d)));
};

const expanded: Reshaping = (operator, shape) => {
  const { values } = operator.integers(1);
  if (values.length !== 1) operator.fail('needs one axis');
  const dimension = dimensionOf(operator, values[0]!, shape.length + 1);
  return [...shape.slice(0, dimension), 1, ...shape.slice(dimension)];
};

const reshape =
  (reshaping: Reshaping): Decode =>
  (operator) => {
    const input = operator.sameTypeOrWhole(0);
    operator.emit('reshape', { shape: reshaping(operator, input.shape) }, [input]);
  };

/** Operators that change the shape alone. */
export const RESHAPING_OPERATORS = {
  EXPAND_DIMS: reshape(expanded),
  RESHAPE: reshape(reshaped),
  SQUEEZE: reshape(squeezed),
} satisfies Readonly<Record<string, Decode>>;
