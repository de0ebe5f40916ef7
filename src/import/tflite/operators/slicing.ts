import { formatShape, type Shape, sameShape, type Tensor } from '../../../core/index.js';
import { type Decode, dimensionOf, type OperatorContext } from '../operator.js';

/** What a slice takes of a tensor, along each of its dimensions, and the shape of the result. */
interface Slices {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly shape: Shape;
}

/** The slices of SLICE; a size of −1 takes what is left. */
function sliceOf(operator: OperatorContext, shape: Shape): Slices {
  const begin = operator.integers(1).values;
  const size = operator.integers(2).values.map((n, d) => (n === -1 ? shape[d]! - begin[d]! : n));
  const fits = shape.every((limit, d) => begin[d]! >= 0 && size[d]! >= 0 && begin[d]! + size[d]! <= limit);
  if (begin.length !== shape.length || size.length !== shape.length || !fits)
    operator.fail(
      `cannot take ${formatShape(size)} from [${begin.join(', ')}] of shape ${formatShape(shape)}`,
    );
  return { begin, size, strides: begin.map(() => 1), shape: size };
}

const MAX_INDICES = 8;

const hasBit = (mask: number, bit: number): boolean => ((mask >> bit) & 1) === 1;

/** The slices of STRIDED_SLICE, as TensorFlow Lite kernels/internal/strided_slice_logic.h understands them. */
function stridedSliceOf(operator: OperatorContext, shape: Shape): Slices {
  const [begin, end, strides] = [1, 2, 3].map((input) => operator.integers(input).values);
  const masks = operator.options('StridedSliceOptions');
  const count = begin!.length;
  if (count > MAX_INDICES || end!.length !== count || strides!.length !== count)
    operator.fail(`has ${count} first, ${end!.length} last indices and ${strides!.length} strides`);
  const isEllipsis = (i: number): boolean => hasBit(masks.ellipsisMask, i);
  const isNewAxis = (i: number): boolean => !isEllipsis(i) && hasBit(masks.newAxisMask, i);
  const positions = Array.from({ length: count }, (_, i) => i);
  const own = positions.filter((i) => !isEllipsis(i) && !isNewAxis(i)).length;
  const left = shape.length - own;
  if (left < 0 || positions.filter(isEllipsis).length > 1)
    operator.fail(`slices ${own} dimensions of shape ${formatShape(shape)}, or has several ellipses`);

  const result = {
    begin: [] as number[],
    size: [] as number[],
    strides: [] as number[],
    shape: [] as number[],
  };
  const take = (first: number, size: number, stride: number): void => {
    result.begin.push(first);
    result.size.push(size);
    result.strides.push(stride);
  };
  const takeAll = (dimensions: number): void => {
    for (let n = 0; n < dimensions; n++) {
      const size = shape[result.begin.length]!;
      take(0, size, 1);
      result.shape.push(size);
    }
  };
  for (const i of positions) {
    if (isEllipsis(i)) takeAll(left);
    else if (isNewAxis(i)) result.shape.push(1);
    else {
      const size = shape[result.begin.length]!;
      const stride = strides![i]!;
      if (stride === 0) operator.fail('has a stride of 0');
      const [low, high] = stride > 0 ? [0, size] : [-1, size - 1];
      const within = (index: number): number =>
        Math.min(high, Math.max(low, index < 0 ? index + size : index));
      const first = hasBit(masks.beginMask, i) ? (stride > 0 ? 0 : high) : within(begin![i]!);
      if (hasBit(masks.shrinkAxisMask, i)) {
        if (stride < 0 || first >= size) operator.fail('takes an element that is not there');
        take(first, 1, 1);
        continue;
      }
      const stop = masks.offset ? first + end![i]! : end![i]!;
      const last = hasBit(masks.endMask, i) ? (stride > 0 ? size : low) : within(stop);
      const length = Math.max(0, Math.ceil((last - first) / stride));
      take(first, length, stride);
      result.shape.push(length);
    }
  }
  takeAll(shape.length - result.begin.length);
  return result;
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
  const sizes = operator.integers(1).values;
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
