import { ELEMENT_TYPES } from '../../../formats/tflite/index.js';
import { type Decode, dimensionOf } from '../operator.js';

/** Index of the largest value. */
const argMax: Decode = (operator) => {
  const input = operator.any(0);
  const { dtype } = operator.output;
  if (dtype !== 'int32' && dtype !== 'int64') operator.fail(`writes indices of type ${dtype}`);
  if (ELEMENT_TYPES[operator.options('ArgMaxOptions').outputType] !== dtype)
    operator.fail(`has options for another type than ${dtype}`);
  const { values } = operator.integers(1);
  if (values.length !== 1) operator.fail('needs one axis');
  const axis = dimensionOf(operator, values[0]!, input.shape.length);
  operator.emit('arg_max', { axis }, [input]);
};

/** The same numbers in another type. */
const cast: Decode = (operator) => {
  operator.emit('cast', {}, [operator.any(0)], { plain: true });
};

/** Operators that read or write numbers without a scale. */
export const LABEL_OPERATORS = {
  ARG_MAX: argMax,
  CAST: cast,
} satisfies Readonly<Record<string, Decode>>;
