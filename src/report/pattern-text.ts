import type { Pattern } from '../eval/compare/index.js';
import { counted, fixed, signed } from './text.js';

/** A number with about four digits. */
export const rough = (value: number): string => {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const magnitude = Math.abs(value);
  return magnitude >= 1e-3 && magnitude < 1e6 ? String(Number(value.toPrecision(4))) : value.toExponential(3);
};

/** What the differences look like, as one sentence. */
export function patternText(pattern: Pattern): string {
  const { explained, differing } = pattern;
  const share = explained === differing ? '' : ` (explains ${explained} of ${differing} differences)`;
  return `${SENTENCES[pattern.kind](pattern as never)}${share}`;
}

type Of<K extends Pattern['kind']> = Extract<Pattern, { readonly kind: K }>;

const SENTENCES: { readonly [K in Pattern['kind']]: (pattern: Of<K>) => string } = {
  layout: ({ how }) => `layout: B holds A's elements in another order: ${how}`,
  constant: ({ value }) => `constant: B is ${rough(value)} throughout`,
  rounding: ({ mode }) =>
    mode === 'nearest'
      ? 'ties: B rounds once to nearest, where A rounds twice as TensorFlow Lite does; they differ near ties'
      : `rounding: B rounds ${ROUNDING_NAMES[mode]} where A rounds to nearest`,
  ties: ({ distance, rule }) =>
    rule === null
      ? `ties: all off by one, within ${fixed(distance, 3)} of a tie`
      : `ties: only exact ties differ; B rounds them ${rule === 'even' ? 'to even' : rule}`,
  clamp: ({ missingIn, low, high }) => {
    const [limited, free] = missingIn === 'B' ? ['A', 'B'] : ['B', 'A'];
    const bounds = [
      ...(low === null ? [] : [`from ${rough(low)}`]),
      ...(high === null ? [] : [`to ${rough(high)}`]),
    ].join(' ');
    return `clamp: ${limited} is limited ${bounds}, ${free} is not (an activation such as ReLU, or saturation)`;
  },
  'clamp bound': ({ at }) => `clamp: they differ only where A is at its bound ${at.join(' or ')}`,
  wrapped: () => 'clamp: B wraps around where A saturates',
  shift: ({ exponent }) => `shift: B is about A · 2^${exponent} after the zero point`,
  scale: ({ factor, offset }) =>
    `scale: B is about A · ${rough(factor)}${Math.abs(offset) < 1e-9 ? '' : ` ${signedRough(offset)}`} after the zero point`,
  'zero point': ({ offset }) => `zero point: B is A ${signedRough(offset)}`,
  signedness: ({ how, offset }) =>
    how === 'bits'
      ? "signedness: B has A's bits, read with another sign (int8 and uint8)"
      : `signedness: B is A ${signed(offset, 0)}, half of the range (int8 and uint8)`,
  bias: ({ smallest, largest }) =>
    `bias: a constant difference in each channel, ${signed(smallest, 0)}${largest === smallest ? '' : ` to ${signed(largest, 0)}`}: another bias, or an input zero point that is left out`,
  border: ({ width, edges }) =>
    `border: only within ${width === 1 ? '1 pixel' : `${width} pixels`} of the image's edges (${edges.join(', ')}): padding`,
  part: ({ dimension, indices, of }) =>
    dimension === 'channel'
      ? `channels: only in ${counted(indices.length, 'channel')} of ${of} (${indices.join(', ')}): a parameter of the channel`
      : `samples: only in ${counted(indices.length, 'sample')} of ${of} (${indices.join(', ')})`,
};

const ROUNDING_NAMES = {
  floor: 'down (floor)',
  ceil: 'up (ceiling)',
  'towards zero': 'towards zero',
} as const;

const signedRough = (value: number): string => `${value < 0 ? '−' : '+'} ${rough(Math.abs(value))}`;
