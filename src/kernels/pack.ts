import type { Numerics, TensorData } from '../core/index.js';
import type { Requantization, Rescale, Site } from '../ops/index.js';

/** Output channels that the int8 kernels compute together. */
export const COLUMNS = 8;

/** Panels of `COLUMNS` output channels, the last one filled up. */
export const panelsOf = (channels: number): number => Math.ceil(channels / COLUMNS);

/** Bytes of the parameters of one panel (`assembly/requantize.ts`). */
export const PANEL_PARAMETER_BYTES = 160;

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
}

/** The rescale of the accumulators of one channel. */
function rescaleOf({ rescales: { output } }: Requantization, channel: number): Rescale {
  return Array.isArray(output) ? output[channel]! : (output as Rescale);
}

/** Whether the kernels can apply every factor: int32 accumulators, and no right shift by 31 bits. */
export function canRequantize(
  { outputs, numerics }: Site<unknown>,
  { rescales: { output } }: Requantization,
): boolean {
  return (
    outputs[0]!.dtype === 'int8' &&
    numerics.accumulatorBits === 32 &&
    [output as Rescale | readonly Rescale[]].flat().every(({ shift }) => shift >= -30 && shift <= 30)
  );
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
  const inputZeroPoint = group.facts.inputZeroPoints[0]!;
  for (let panel = 0; panel < panelsOf(group.channels); panel++) {
    const first = panel * COLUMNS;
    const count = Math.min(COLUMNS, group.channels - first);
    const fast = fastShift(group, first, count);
    const scale = fast === null ? 1 : 2;
    for (let lane = 0; lane < count; lane++) {
      const channel = group.firstChannel + first + lane;
      let sum = 0;
      for (let tap = 0; tap < group.taps; tap++) {
        const weight = group.weight(channel, tap);
        sum += weight;
        writeWeight(panel, tap, lane, scale * weight);
      }
      bias[first + lane] = Math.imul(scale, (biasOf(group, channel) - inputZeroPoint * sum) | 0);
    }
    writeParameters(group, first, count, fast, parameters, panel * PANEL_PARAMETER_BYTES);
  }
}

const biasOf = ({ bias }: GroupFacts, channel: number): number => Number(bias?.[channel] ?? 0);

/**
 * e₀ of the fast path; null where a panel needs the exact one: left shifts, no shift, shifts too far apart, accumulators that
 * may reach 2^30, or no rounding.
 */
function fastShift(group: GroupFacts, first: number, count: number): number | null {
  if (group.rounding !== 'nearest') return null;
  const zeroPoint = group.facts.inputZeroPoints[0]!;
  const largestInput = Math.max(127 - zeroPoint, zeroPoint + 128);
  const shifts: number[] = [];
  for (let channel = group.firstChannel + first; channel < group.firstChannel + first + count; channel++) {
    let largest = Math.abs(biasOf(group, channel));
    for (let tap = 0; tap < group.taps; tap++) largest += Math.abs(group.weight(channel, tap)) * largestInput;
    if (largest >= 2 ** 30) return null;
    const { multiplier, shift } = rescaleOf(group.facts, channel);
    if (multiplier !== 0) shifts.push(-shift);
  }
  const smallest = Math.min(...shifts);
  if (shifts.length === 0 || smallest < 1 || Math.max(...shifts) - smallest >= LARGEST_SPREAD) return null;
  return smallest - 1;
}

function writeParameters(
  { facts, firstChannel, rounding }: GroupFacts,
  first: number,
  count: number,
  fast: number | null,
  parameters: Uint8Array,
  offset: number,
): void {
  const start = parameters.byteOffset + offset;
  const [multipliers, leftShifts, rightShifts, nudges] = [0, 64, 96, 128].map(
    (byte) => new Int32Array(parameters.buffer, start + byte, COLUMNS),
  ) as [Int32Array, Int32Array, Int32Array, Int32Array];
  const lastShifts = new Int16Array(parameters.buffer, start + 32, COLUMNS);
  new Int32Array(parameters.buffer, start + 48, 1)[0] = fast ?? -1;
  for (let lane = 0; lane < count; lane++) {
    const { multiplier, shift } = rescaleOf(facts, firstChannel + first + lane);
    const right = Math.max(0, -shift);
    multipliers[lane] = multiplier;
    if (fast !== null && multiplier !== 0) lastShifts[lane] = 2 ** (15 - (right - fast));
    leftShifts[lane] = 2 ** Math.max(0, shift);
    rightShifts[lane] = 2 ** (30 - right);
    nudges[lane] = rounding === 'nearest' && right > 0 ? -1 : 0;
  }
}

/** What a rounding shift adds in the exact path, in units of 2^−30. */
export const roundingAddend = (rounding: Numerics['rounding']): bigint =>
  rounding === 'nearest' ? 1n << 29n : 0n;
