import { formatShape, type Shape, sameShape, type Tensor } from '../../../core/index.js';
import { type Decode, dimensionOf, type OperatorContext, vectorOf } from '../operator.js';
import { type Slices, stridedSliceOf } from '../strided-slice.js';

/** The slices of SLICE; a size of −1 takes what is left. */
function sliceOf(operator: OperatorContext, shape: Shape): Slices {
  const begin = vectorOf(operator, 1);
  const size = vectorOf(operator, 2).map((n, d) => (n === -1 ? shape[d]! - begin[d]! : n));
  const fits = shape.every((limit, d) => begin[d]! >= 0 && size[d]! >= 0 && begin[d]! + size[d]! <= limit);
  if (begin.length !== shape.length || size.length !== shape.length || !fits)
    operator.fail(
      `cannot take ${formatShape(size)} from [${begin.join(', ')}] of shape ${formatShape(shape)}`,
    );
  return { begin, size, strides: begin.map(() => 1), shape: size };
}

/** Takes a part of a tensor, then gives it the shape of the slices where dimensions come or go. */
function emitSlices(
  operator: OperatorContext,
  input: Tensor,
  { begin, size, strides, shape }: Slices,
  output = 0,
): void {
  const isPlain = strides.every((stride) => stride === 1);
  const attributes = { begin, size, ...(!isPlain && { strides }) };
  if (sameShape(size, shape)) operator.emit('slice', attributes, [input], { output });
  else {
    const part =
      isPlain && sameShape(size, input.shape)
        ? input
        : operator.emit('slice', attributes, [input], { stage: 'slice' });
    operator.emit('reshape', { shape }, [part], { output });
  }
}

const slice =
  (slicesOf: (operator: OperatorContext, shape: Shape) => Slices): Decode =>
  (operator) => {
    const input = operator.sameTypeOrWhole(0);
    emitSlices(operator, input, slicesOf(operator, input.shape));
  };

/** Cuts a tensor along a dimension into one part for each output. */
function cut(operator: OperatorContext, input: Tensor, dimension: number, sizes: readonly number[]): void {
  if (sizes.length !== operator.outputCount)
    operator.fail(`has ${operator.outputCount} outputs for ${sizes.length} parts`);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.some((size) => size < 1) || total !== input.shape[dimension])
    operator.fail(
      `cannot cut dimension ${dimension} of shape ${formatShape(input.shape)} into ${sizes.length} such parts`,
    );
  const before = input.shape.map(() => 0);
  sizes.forEach((size, output) => {
    const begin = [...before];
    operator.emit('slice', { begin, size: input.shape.with(dimension, size) }, [input], { output });
    before[dimension]! += size;
  });
}

const only = (operator: OperatorContext, input: number): number => {
  const { values } = operator.integers(input);
  return values.length === 1 ? values[0]! : operator.fail('needs one axis');
};

const split: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(1);
  const dimension = dimensionOf(operator, only(operator, 0), input.shape.length);
  const { numSplits } = operator.options('SplitOptions');
  if (numSplits !== operator.outputCount)
    operator.fail(`has ${operator.outputCount} outputs for ${numSplits} parts`);
  const size = input.shape[dimension]! / numSplits;
  if (!Number.isInteger(size))
    operator.fail(`cannot cut ${input.shape[dimension]} elements into ${numSplits} equal parts`);
  cut(operator, input, dimension, new Array<number>(numSplits).fill(size));
};

const splitV: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const dimension = dimensionOf(operator, only(operator, 2), input.shape.length);
  const sizes = vectorOf(operator, 1);
  const { numSplits } = operator.options('SplitVOptions');
  if (numSplits !== sizes.length) operator.fail(`has ${sizes.length} sizes for ${numSplits} parts`);
  const known = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  const open = sizes.indexOf(-1);
  const left = input.shape[dimension]! - known;
  cut(
    operator,
    input,
    dimension,
    sizes.map((size, i) => (i === open ? left : size)),
  );
};

const unpack: Decode = (operator) => {
  const input = operator.sameTypeOrWhole(0);
  const { axis, num } = operator.options('UnpackOptions');
  const dimension = dimensionOf(operator, axis, input.shape.length);
  if (num !== operator.outputCount || num !== input.shape[dimension])
    operator.fail(`unpacks ${num} tensors of ${input.shape[dimension]} to ${operator.outputCount} outputs`);
  const size = input.shape.with(dimension, 1);
  const shape = input.shape.filter((_, d) => d !== dimension);
  const strides = size.map(() => 1);
  for (let output = 0; output < num; output++)
    emitSlices(
      operator,
      input,
      { begin: size.map((_, d) => (d === dimension ? output : 0)), size, strides, shape },
      output,
    );
};

/** Operators that take parts of a tensor. */
export const SLICING_OPERATORS = {
  SLICE: slice(sliceOf),
  SPLIT: split,
  SPLIT_V: splitV,
  STRIDED_SLICE: slice(stridedSliceOf),
  UNPACK: unpack,
} satisfies Readonly<Record<string, Decode>>;
