import { ELEMENT_TYPES } from '../../../formats/tflite/index.js';
import type { Decode } from '../operator.js';

/** The sizes of a tensor, which a graph of batch 1 knows. What converters compute from them is known too. */
const shape: Decode = (operator) => {
  const sizes = operator.any(0).shape;
  const { dtype } = operator.output;
  if (ELEMENT_TYPES[operator.options('ShapeOptions').outType] !== dtype)
    operator.fail(`has options for another type than ${dtype}`);
  if (dtype === 'int32') operator.know(Int32Array.from(sizes));
  else if (dtype === 'int64') operator.know(BigInt64Array.from(sizes, BigInt));
  else operator.fail(`writes sizes of type ${dtype}`);
};

/** Operators that read no values. */
export const SHAPE_OPERATORS = { SHAPE: shape } satisfies Readonly<Record<string, Decode>>;
