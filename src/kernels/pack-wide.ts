import { type Numerics, reducedMultiplier } from '../core/index.js';
import type { Requantization, Site } from '../ops/index.js';
import { COLUMNS, type GroupFacts, panelsOf, rescaleOf, weightsOf } from './pack.js';
import { hasConstantParameters, LARGEST_INT16 } from './weighted.js';

/** Bytes of the parameters of one panel (`assembly/requantize-wide.ts`). */
export const WIDE_PARAMETER_BYTES = 112;

/** Furthest value of an input from its zero point 0. */
const FURTHEST = 32768;

/** Bits of the reduced multiplier, and of the largest factor that makes an int32 of it. */
const MULTIPLIER_BITS = 15;
const SPARE_BITS = 31 - MULTIPLIER_BITS;

/** Accumulators for which the reference kernel's arithmetic is exact. */
const LARGEST_ACCUMULATOR = 2 ** 47;

/** Bits that the kernels shift by without cost: they take the high halves of int64. */
const HALF_BITS = 32;

/** Whether a site has 64-bit accumulators and int16 on both sides, with zero points 0. */
export const isWide = (site: Site<unknown>, { inputZeroPoints, outputZeroPoint }: Requantization): boolean =>
  hasConstantParameters(site) &&
  site.outputs[0]!.dtype === 'int16' &&
  site.numerics.accumulatorBits === 64 &&
  inputZeroPoints[0] === 0 &&
  outputZeroPoint === 0;

/** One output channel as the kernels take it. */
interface WideChannel {
  readonly weights: Int32Array;
  readonly multiplier: number;
  readonly addend: bigint;
}

/** Eight output channels, and the shift behind the high halves. */
interface WidePanel {
  readonly channels: readonly WideChannel[];
  readonly shift: number;
}

/** One output channel as the reference kernel takes it. */
interface Channel {
  readonly weights: Int32Array;
  readonly largestWeight: number;
  /** Σ|w|. */
  readonly weightSum: number;
  readonly bias: number;
  /** 15 bits. */
  readonly multiplier: number;
  readonly rightShift: number;
}

function channelOf(group: GroupFacts, index: number): Channel {
  const channel = group.firstChannel + index;
  const { multiplier, shift } = rescaleOf(group.facts, channel);
  const { weights, positive, negative, largestWeight } = weightsOf(group, channel);
  return {
    weights,
    largestWeight,
    weightSum: positive - negative,
    bias: Number(group.bias?.[channel] ?? 0),
    multiplier: reducedMultiplier(multiplier),
    rightShift: MULTIPLIER_BITS - shift,
  };
}

/** A channel as the kernels take it; null where a sum may leave int32 or a product int64. */
function wideChannel(
  { weights, largestWeight, weightSum, bias, multiplier, rightShift }: Channel,
  shift: number,
  rounding: Numerics['rounding'],
): WideChannel | null {
  const addend = rounding === 'nearest' ? 2n ** BigInt(HALF_BITS - 1 + shift) : 0n;
  const bits = multiplier === 0 ? 0 : HALF_BITS + shift - rightShift;
  const inWeights = Math.max(0, bits - SPARE_BITS);
  const factor = 2 ** inWeights;
  if (factor * largestWeight > LARGEST_INT16 || factor * weightSum * FURTHEST >= 2 ** 31) return null;
  const furthest = Math.abs(bias) + weightSum * FURTHEST;
  const scale = BigInt(multiplier) << BigInt(bits);
  if (furthest >= LARGEST_ACCUMULATOR || BigInt(furthest) * scale + addend >= 2n ** 63n) return null;
  return {
    weights: weights.map((weight) => factor * weight),
    multiplier: multiplier * 2 ** (bits - inWeights),
    addend: BigInt(bias) * scale + addend,
  };
}

function widePanel(group: GroupFacts, panel: number): WidePanel | null {
  const first = panel * COLUMNS;
  const count = Math.min(COLUMNS, group.channels - first);
  const own = Array.from({ length: count }, (_, lane) => channelOf(group, first + lane));
  const shifts = own.map(({ multiplier, rightShift }) => (multiplier === 0 ? 0 : rightShift));
  const shift = Math.max(HALF_BITS, ...shifts) - HALF_BITS;
  const channels: WideChannel[] = [];
  for (const each of own) {
    const channel = wideChannel(each, shift, group.rounding);
    if (channel === null) return null;
    channels.push(channel);
  }
  return { channels, shift };
}

/** Whether every sum of a group fits into int32 and every product into int64. */
export function fitsWide(group: GroupFacts): boolean {
  for (let panel = 0; panel < panelsOf(group.channels); panel++)
    if (widePanel(group, panel) === null) return false;
  return true;
}

/**
 * Packs weights and parameters panel by panel, as `assembly/requantize-wide.ts` describes them, of a group that fits.
 * @param writeWeight puts the weight of a tap of a lane of a panel where the kernel reads it
 */
export function packWide(
  group: GroupFacts,
  parameters: Uint8Array,
  writeWeight: (panel: number, tap: number, lane: number, weight: number) => void,
): void {
  for (let panel = 0; panel < panelsOf(group.channels); panel++) {
    const { channels, shift } = widePanel(group, panel)!;
    const start = parameters.byteOffset + panel * WIDE_PARAMETER_BYTES;
    const multipliers = new Int32Array(parameters.buffer, start, COLUMNS);
    const addends = new BigInt64Array(parameters.buffer, start + 32, COLUMNS);
    new Int32Array(parameters.buffer, start + 96, 1)[0] = shift;
    for (const [lane, { weights, multiplier, addend }] of channels.entries()) {
      multipliers[lane] = multiplier;
      addends[lane] = addend;
      weights.forEach((weight, tap) => {
        writeWeight(panel, tap, lane, weight);
      });
    }
  }
}
