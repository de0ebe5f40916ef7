import type { Shape } from '../../../core/index.js';
import { detectBias } from './bias.js';
import { detectClamp } from './clamp.js';
import { detectLayout } from './layout.js';
import { detectOffset } from './offset.js';
import type { Pattern } from './pattern.js';
import { detectBorder, detectPart, elementsOfPart } from './place.js';
import { detectRounding } from './rounding.js';
import { detectScale } from './scale.js';
import { differingOf, identical, type Values } from './values.js';

/**
 * What the differences of two tensors of this shape look like: first where they are, then what they are there. Nothing for what fits no
 * pattern.
 */
export function detectPatterns(values: Values, shape: Shape): readonly Pattern[] {
  const differing = differingOf(values);
  if (differing.length === 0) return [];
  const whole = detectConstant(values) ?? detectLayout(values, shape);
  if (whole !== null) return [whole];
  const sample = detectPart(shape, differing, 'sample');
  const channel = detectPart(shape, differing, 'channel');
  const places = [sample, channel, detectBorder(shape, differing)].filter((pattern) => pattern !== null);
  const [channels, focus] =
    channel?.kind === 'part'
      ? [channel.indices.length, only(values, elementsOfPart(shape, channel))]
      : [shape.at(-1) ?? 1, values];
  const kind =
    detectRounding(focus) ??
    detectOffset(focus) ??
    detectScale(focus) ??
    detectClamp(focus) ??
    detectBias(focus, channels);
  return kind === null ? places : [...places, kind];
}

function detectConstant(values: Values): Pattern | null {
  const { a, b, same } = values;
  const [value] = b;
  if (a.length < 2 || !b.every((other) => identical(other, value!)) || a.every((other) => other === a[0]))
    return null;
  const differing = a.reduce((count, number) => count + (same(number, value!) ? 0 : 1), 0);
  return { kind: 'constant', value: value!, explained: differing, differing };
}

/** Some of the elements. */
function only({ a, b, exact, ...rest }: Values, at: Int32Array): Values {
  const pick = (from: Float64Array): Float64Array => Float64Array.from(at, (i) => from[i]!);
  return { ...rest, a: pick(a), b: pick(b), exact: exact && pick(exact) };
}
