import { elementCount, type Shape, stridesOf } from '../../../core/index.js';
import type { Pattern } from './pattern.js';
import { differingOf, type Values } from './values.js';

/** Most dimensions whose orders are all tried. */
const MAX_RANK = 5;
const PROBES = 256;
const NAMES = 'NHWC';

/** One way to walk through a tensor: dimensions in another order, some of them backwards. */
interface Walk {
  readonly how: string;
  readonly shape: Shape;
  /** Distance in elements for each of its dimensions. */
  readonly strides: readonly number[];
  readonly start: number;
}

/** Finds an order of A's elements that makes it B: transposed dimensions, or one of them reversed. */
export function detectLayout(values: Values, shape: Shape): Pattern | null {
  const { a, b, same } = values;
  const differing = differingOf(values).length;
  if (a.length !== b.length || differing === 0 || shape.length > MAX_RANK) return null;
  const total = elementCount(shape);
  const stride = Math.max(1, Math.floor(total / PROBES));
  for (const walk of walksThrough(shape)) {
    const at = positions(walk);
    let isIt = true;
    for (let i = 0; isIt && i < total; i += stride) isIt = same(a[at(i)]!, b[i]!);
    for (let i = 0; isIt && i < total; i++) isIt = same(a[at(i)]!, b[i]!);
    if (isIt) return { kind: 'layout', how: walk.how, explained: differing, differing };
  }
  return null;
}

/** The element of A at a position of the walk. */
function positions({ shape, strides, start }: Walk): (i: number) => number {
  const own = stridesOf(shape);
  return (i) => shape.reduce((at, size, d) => at + (Math.floor(i / own[d]!) % size) * strides[d]!, start);
}

function walksThrough(shape: Shape): Walk[] {
  const strides = stridesOf(shape);
  const dimensions = shape.map((_, d) => d);
  const letters = shape.length === NAMES.length ? [...NAMES] : dimensions.map(String);
  const name = (order: readonly number[]): string =>
    order.map((d) => letters[d]).join(shape.length === NAMES.length ? '' : ',');
  const reversed = dimensions.map((d) => ({
    how: `${reversedName(shape, d)} reversed`,
    shape,
    strides: strides.map((stride, other) => (other === d ? -stride : stride)),
    start: (shape[d]! - 1) * strides[d]!,
  }));
  const transposed = permutations(dimensions).map((order) => ({
    how: `${name(order)} instead of ${name(dimensions)}`,
    shape: order.map((d) => shape[d]!),
    strides: order.map((d) => strides[d]!),
    start: 0,
  }));
  return [...transposed, ...reversed];
}

const reversedName = (shape: Shape, d: number): string =>
  d === shape.length - 1
    ? 'channels'
    : shape.length === 4
      ? ['samples', 'rows', 'columns'][d]!
      : `dimension ${d}`;

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((first, i) =>
    permutations(items.filter((_, other) => other !== i)).map((rest) => [first, ...rest]),
  );
}
