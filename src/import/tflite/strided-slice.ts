import { formatShape, type Shape } from '../../core/index.js';
import { type OperatorContext, vectorOf } from './operator.js';

/** What a slice takes of a tensor, along each of its dimensions, and the shape of the result. */
export interface Slices {
  readonly begin: readonly number[];
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly shape: Shape;
}

/** What is taken of a dimension, and whether the result has that dimension. */
interface Taken {
  readonly first: number;
  readonly size: number;
  readonly stride: number;
  readonly isKept: boolean;
}

/** A range of indices as STRIDED_SLICE gives it; null where a mask leaves it open. */
interface Range {
  readonly begin: number | null;
  readonly end: number | null;
  readonly stride: number;
  /** Whether `end` counts from the first index that is taken. */
  readonly isOffset: boolean;
}

const MAX_INDICES = 8;

const hasBit = (mask: number, bit: number): boolean => ((mask >> bit) & 1) === 1;

const fromStart = (index: number, size: number): number => (index < 0 ? index + size : index);

/** What a range takes of a dimension: negative bounds count from the end, and what lies outside is cut off. */
function takeRange({ begin, end, stride, isOffset }: Range, dimension: number): Taken {
  const [low, high] = stride > 0 ? [0, dimension] : [-1, dimension - 1];
  const [start, stop] = stride > 0 ? [low, high] : [high, low];
  const within = (index: number): number => Math.min(high, Math.max(low, fromStart(index, dimension)));
  const first = begin === null ? start : within(begin);
  const last = end === null ? stop : within(isOffset ? first + end : end);
  const size = Math.max(0, Math.ceil((last - first) / stride));
  return { first, size, stride, isKept: true };
}

/** The slices of STRIDED_SLICE, as TensorFlow Lite kernels/internal/strided_slice_logic.h understands its masks. */
export function stridedSliceOf(operator: OperatorContext, shape: Shape): Slices {
  const [begins, ends, strides] = [1, 2, 3].map((input) => vectorOf(operator, input)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const masks = operator.options('StridedSliceOptions');
  const count = begins.length;
  if (count > MAX_INDICES || ends.length !== count || strides.length !== count)
    operator.fail(`has ${count} first, ${ends.length} last indices and ${strides.length} strides`);
  const places = Array.from({ length: count }, (_, i) => i);
  const isEllipsis = (i: number): boolean => hasBit(masks.ellipsisMask, i);
  const isNew = (i: number): boolean => !isEllipsis(i) && hasBit(masks.newAxisMask, i);
  const own = places.filter((i) => !isEllipsis(i) && !isNew(i)).length;
  if (own > shape.length || places.filter(isEllipsis).length > 1)
    operator.fail(`slices ${own} dimensions of shape ${formatShape(shape)}, or has several ellipses`);

  let dimension = 0;
  const takeAll = (dimensions: number): Taken[] =>
    Array.from({ length: dimensions }, () => ({
      first: 0,
      size: shape[dimension++]!,
      stride: 1,
      isKept: true,
    }));
  const take = (i: number): Taken => {
    const size = shape[dimension++]!;
    const [begin, stride] = [hasBit(masks.beginMask, i) ? null : begins[i]!, strides[i]!];
    if (stride === 0) operator.fail('has a stride of 0');
    if (!hasBit(masks.shrinkAxisMask, i)) {
      const end = hasBit(masks.endMask, i) ? null : ends[i]!;
      return takeRange({ begin, end, stride, isOffset: masks.offset }, size);
    }
    const first = fromStart(begin ?? 0, size);
    if (stride < 0 || first < 0 || first >= size) operator.fail('takes an element that is not there');
    return { first, size: 1, stride: 1, isKept: false };
  };
  const slices = places.flatMap((i) =>
    isEllipsis(i) ? takeAll(shape.length - own) : isNew(i) ? [null] : [take(i)],
  );
  slices.push(...takeAll(shape.length - dimension));
  const taken = slices.filter((slice) => slice !== null);
  return {
    begin: taken.map(({ first }) => first),
    size: taken.map(({ size }) => size),
    strides: taken.map(({ stride }) => stride),
    shape: slices.filter((slice) => slice === null || slice.isKept).map((slice) => slice?.size ?? 1),
  };
}
