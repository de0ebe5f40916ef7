import type { Decode } from '../operator.js';

/** The sizes of a tensor, which a graph with batch 1 knows. */
const shape: Decode = (operator) => {
  const sizes = operator.shapeOf(0);
  operator.know({ shape: [sizes.length], values: sizes });
};

/** One element of a vector, or every stride-th in a range, with neither mask nor negative stride. */
const stridedSlice: Decode = (operator) => {
  const vector = operator.integers(0);
  const [begin, end, stride] = [1, 2, 3].map((input) => operator.integers(input).values);
  const options = operator.options('StridedSliceOptions');
  const masks = [options.beginMask, options.endMask, options.shrinkAxisMask];
  const [beginMask, endMask, shrink] = masks.map((mask) => (mask & 1) !== 0);
  if (vector.shape.length !== 1 || begin?.length !== 1 || end?.length !== 1 || stride?.length !== 1)
    return operator.fail('slices whole numbers of more than one dimension');
  if (options.ellipsisMask !== 0 || options.newAxisMask !== 0 || stride[0]! < 1)
    return operator.fail('slices with an ellipsis, a new axis or a negative stride');
  const length = vector.values.length;
  const position = (index: number): number =>
    Math.min(length, Math.max(0, index < 0 ? index + length : index));
  const first = beginMask ? 0 : position(begin[0]!);
  if (shrink) {
    const value = vector.values[first] ?? operator.fail('takes an element that is not there');
    return operator.know({ shape: [], values: [value] });
  }
  const last = endMask ? length : position(end[0]!);
  const values = vector.values.slice(first, last).filter((_, i) => i % stride[0]! === 0);
  operator.know({ shape: [values.length], values });
};

/** Numbers side by side. */
const pack: Decode = (operator) => {
  const parts = Array.from({ length: operator.inputCount }, (_, i) => operator.integers(i));
  if (parts.some((part) => part.shape.length !== 0))
    return operator.fail('packs more than single whole numbers');
  operator.know({ shape: [parts.length], values: parts.flatMap((part) => part.values) });
};

/** Operators with which converters compute a shape at run time; here it is known. */
export const SHAPE_OPERATORS = {
  SHAPE: shape,
  STRIDED_SLICE: stridedSlice,
  PACK: pack,
} satisfies Readonly<Record<string, Decode>>;
