import type { Numerics, Tensor, TensorData } from '../core/index.js';
import type { Requantization, Rescale, Site } from '../ops/index.js';
import { type AccumulatorFacts, type FloatScale, floatScale, isTwoSided, ROUNDER } from './float-scale.js';
import { LARGEST_INT16, parametersOf, type WeightedLayer } from './weighted.js';

/** Output channels that the int8 kernels compute together. */
export const COLUMNS = 8;

/** Panels of `COLUMNS` output channels, the last one filled up. */
export const panelsOf = (channels: number): number => Math.ceil(channels / COLUMNS);

/** Bytes of the parameters of one panel (`assembly/requantize.ts`). */
export const PANEL_PARAMETER_BYTES = 160;

/** What stands in the place of a shift for the other paths. */
const EXACT_PATH = -1;
const FLOAT_PATH = -2;
const TWO_SIDED_PATH = -3;

/** Largest d of the fast path's shifts e₀ + d: what saturates in int16 before the last shift is still beyond 8 bits after it. */
const LARGEST_SPREAD = 6;

/** What the packing of one group of channels needs to know of its layer. */
export interface GroupFacts {
  readonly firstChannel: number;
  readonly channels: number;
  readonly taps: number;
  /** A weight of a channel of the layer, zero point subtracted. */
  weight(channel: number, tap: number): number;
  readonly bias: TensorData | undefined;
  readonly facts: Requantization;
  readonly rounding: Numerics['rounding'];
  /** Whether all panels take the exact path, so that weights are packed as they are. */
  readonly isExact?: boolean;
}

/** Some output channels of a layer, one behind the other. */
export function groupFacts(
  site: Site<unknown>,
  { taps, weightAt }: WeightedLayer,
  facts: Requantization,
  firstChannel: number,
  channels: number,
): GroupFacts {
  const { weights, bias } = parametersOf(site);
  const weight = (channel: number, tap: number): number =>
    Number(weights[weightAt(channel, tap)]) - facts.weightZeroPoints![channel]!;
  return { firstChannel, channels, taps, weight, bias, facts, rounding: site.numerics.rounding };
}

/** The weights of a channel of the layer, zero point subtracted: their sums by sign, and the largest magnitude. */
export function weightsOf({ taps, weight }: GroupFacts, channel: number) {
  const weights = new Int32Array(taps);
  let positive = 0;
  let negative = 0;
  let largestWeight = 0;
  for (let tap = 0; tap < taps; tap++) {
    const value = weight(channel, tap);
    weights[tap] = value;
    if (value > 0) positive += value;
    else negative += value;
    largestWeight = Math.max(largestWeight, Math.abs(value));
  }
  return { weights, positive, negative, largestWeight };
}

/** The rescale of the accumulators of one channel. */
export function rescaleOf({ rescales: { output } }: Requantization, channel: number): Rescale {
  return Array.isArray(output) ? output[channel]! : (output as Rescale);
}

/** Whether the kernels can hold every weight and apply every factor: int32 accumulators, and no right shift by 31 bits. */
export function canRequantize(
  { inputs: [, weights], outputs, numerics }: Site<unknown>,
  { rescales: { output }, weightZeroPoints = [] }: Requantization,
): boolean {
  return (
    outputs[0]!.dtype === 'int8' &&
    numerics.accumulatorBits === 32 &&
    fitInt16(weights!, weightZeroPoints) &&
    [output as Rescale | readonly Rescale[]].flat().every(({ shift }) => shift >= -30 && shift <= 30)
  );
}

/** Whether weights fit into int16 once their zero points are subtracted. */
function fitInt16({ dtype, data }: Tensor, zeroPoints: readonly number[]): boolean {
  if (dtype !== 'int16') return true;
  const furthest = zeroPoints.reduce((most, zeroPoint) => Math.max(most, Math.abs(zeroPoint)), 0);
  return (data as Int16Array).every((weight) => Math.abs(weight) + furthest <= LARGEST_INT16);
}

/** One output channel as it is packed. */
interface PackedChannel {
  readonly weights: Int32Array;
  /** With the input's zero point folded in. */
  readonly bias: number;
  readonly rescale: Rescale;
  readonly accumulators: AccumulatorFacts;
}

/**
 * Packs weights, bias and parameters panel by panel, as `assembly/requantize.ts` describes them.
 * @param writeWeight puts the weight of a tap of a lane of a panel where the kernel reads it
 */
export function packPanels(
  group: GroupFacts,
  bias: Int32Array,
  parameters: Uint8Array,
  writeWeight: (panel: number, tap: number, lane: number, weight: number) => void,
): void {
  for (let panel = 0; panel < panelsOf(group.channels); panel++) {
    const first = panel * COLUMNS;
    const count = Math.min(COLUMNS, group.channels - first);
    const channels = Array.from({ length: count }, (_, lane) => packedChannel(group, first + lane));
    const start = parameters.byteOffset + panel * PANEL_PARAMETER_BYTES;
    const scales = group.isExact ? null : floatScales(group, channels);
    const shift = scales === null && !group.isExact ? fastShift(group, channels) : null;
    channels.forEach((channel, lane) => {
      const { factor, offset } = scales?.[lane] ?? { factor: shift === null ? 1 : 2, offset: 0 };
      for (let tap = 0; tap < group.taps; tap++)
        writeWeight(panel, tap, lane, factor * channel.weights[tap]!);
      bias[first + lane] = Math.imul(factor, channel.bias) + offset;
    });
    if (scales === null) writeMultipliers(group, channels, shift, parameters.buffer, start);
    else writeScales(group, scales, parameters.buffer, start);
  }
}

function packedChannel(group: GroupFacts, index: number): PackedChannel {
  const { facts, firstChannel, bias } = group;
  const channel = firstChannel + index;
  const zeroPoint = facts.inputZeroPoints[0]!;
  const own = Number(bias?.[channel] ?? 0);
  const { weights, positive, negative, largestWeight } = weightsOf(group, channel);
  const lowest = -128 - zeroPoint;
  const highest = 127 - zeroPoint;
  return {
    weights,
    bias: (own - zeroPoint * (positive + negative)) | 0,
    rescale: rescaleOf(facts, channel),
    accumulators: {
      min: own + positive * lowest + negative * highest,
      max: own + positive * highest + negative * lowest,
      largestWeight,
    },
  };
}

/** Scales of the float path; null where a channel of the panel has none. */
function floatScales(
  { facts, rounding }: GroupFacts,
  channels: readonly PackedChannel[],
): readonly FloatScale[] | null {
  const scales: FloatScale[] = [];
  for (const { rescale, accumulators } of channels) {
    const scale = floatScale(rescale, rounding, facts, accumulators);
    if (scale === null) return null;
    scales.push(scale);
  }
  return scales;
}

/**
 * e₀ of the fast path; null where a panel needs the exact one: left shifts, no shift, shifts too far apart, accumulators or
 * weights that cannot be doubled, or no rounding.
 */
function fastShift({ rounding }: GroupFacts, channels: readonly PackedChannel[]): number | null {
  if (rounding !== 'nearest') return null;
  const fits = ({ accumulators: { min, max, largestWeight } }: PackedChannel): boolean =>
    Math.max(-min, max) < 2 ** 30 && 2 * largestWeight <= LARGEST_INT16;
  if (!channels.every(fits)) return null;
  const shifts = channels.flatMap(({ rescale: { multiplier, shift } }) => (multiplier === 0 ? [] : [-shift]));
  const smallest = Math.min(...shifts);
  if (shifts.length === 0 || smallest < 1 || Math.max(...shifts) - smallest >= LARGEST_SPREAD) return null;
  return smallest - 1;
}

function writeScales(
  { facts: { outputZeroPoint }, rounding }: GroupFacts,
  scales: readonly FloatScale[],
  buffer: ArrayBufferLike,
  start: number,
): void {
  const twoSided = isTwoSided(rounding, outputZeroPoint);
  new Float32Array(buffer, start, COLUMNS).set(scales.map(({ scale }) => scale));
  new Float32Array(buffer, start + 32, 4).fill(twoSided ? ROUNDER + outputZeroPoint : ROUNDER);
  new Int32Array(buffer, start + 48, 1)[0] = twoSided ? TWO_SIDED_PATH : FLOAT_PATH;
  new Int32Array(buffer, start + 64, COLUMNS).set(scales.map(({ nudge }) => -nudge));
  new Float32Array(buffer, start + 96, 4).fill(ROUNDER);
}

function writeMultipliers(
  { rounding }: GroupFacts,
  channels: readonly PackedChannel[],
  fast: number | null,
  buffer: ArrayBufferLike,
  start: number,
): void {
  const [multipliers, leftShifts, rightShifts, nudges] = [0, 64, 96, 128].map(
    (byte) => new Int32Array(buffer, start + byte, COLUMNS),
  ) as [Int32Array, Int32Array, Int32Array, Int32Array];
  const lastShifts = new Int16Array(buffer, start + 32, COLUMNS);
  new Int32Array(buffer, start + 48, 1)[0] = fast ?? EXACT_PATH;
  if (fast !== null) new Uint32Array(buffer, start + 64, 4).set([2 ** 31, 0, 2 ** 31, 0]);
  for (const [lane, { rescale }] of channels.entries()) {
    const { multiplier, shift } = rescale;
    const right = Math.max(0, -shift);
    multipliers[lane] = multiplier;
    if (fast !== null && multiplier !== 0) lastShifts[lane] = 2 ** (15 - (right - fast));
    if (fast === null) leftShifts[lane] = 2 ** Math.max(0, shift);
    rightShifts[lane] = 2 ** (30 - right);
    nudges[lane] = rounding === 'nearest' && right > 0 ? -1 : 0;
  }
}

/** What a rounding shift adds in the exact path, in units of 2^−30. */
export const roundingAddend = (rounding: Numerics['rounding']): bigint =>
  rounding === 'nearest' ? 1n << 29n : 0n;
