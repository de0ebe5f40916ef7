import { csv, textCell } from '../../formats/csv.js';
import type { Rescale } from '../../ops/index.js';
import type { GoldenVector } from './capture.js';
import { operatorName } from './names.js';

const HEADER = [
  'index',
  'name',
  'class',
  'rescale',
  'channel',
  'M',
  'multiplier',
  'shift',
  'fraction_bits',
  'rescaling',
  'input_zero_points',
  'weight_zero_point',
  'output_zero_point',
  'clamp_min',
  'clamp_max',
];

/** How a kernel rescales that says nothing else. */
export const FIXED_POINT = 'fixed_point';

/** Bits of a multiplier after the binary point where a kernel says nothing else: Q31. */
export const FRACTION_BITS = 31;

/**
 * `requant.csv`: for each operator with integer arithmetic, each rescale and each output channel the real factor M, so that
 * reading the number back gives the same double, its fixed-point form M ≈ multiplier / 2^fraction_bits × 2^shift, which of the two
 * the kernel multiplies by, zero points and clamp. Operators without a rescale have one line; zero points of several inputs stand in one cell.
 */
export const requantCard = (vectors: readonly GoldenVector[]): string =>
  csv([HEADER, ...vectors.flatMap(rowsOf)]);

function rowsOf({ node, requantization: facts }: GoldenVector): string[][] {
  if (facts === undefined) return [];
  const { index, name, class: className } = operatorName(node);
  const row = (rescale: string, channel: number | null, values?: Rescale): string[] => [
    cell(index),
    textCell(name),
    textCell(className),
    rescale,
    cell(channel),
    cell(values?.factor),
    cell(values?.multiplier),
    cell(values?.shift),
    cell(values && (values.fractionBits ?? FRACTION_BITS)),
    values === undefined ? '' : (facts.rescaling ?? FIXED_POINT),
    facts.inputZeroPoints.join(' '),
    cell(facts.weightZeroPoints?.[channel ?? 0]),
    cell(facts.outputZeroPoint),
    cell(facts.clamp.min),
    cell(facts.clamp.max),
  ];
  const rescales = Object.entries(facts.rescales);
  if (rescales.length === 0) return [row('', null)];
  return rescales.flatMap(([rescale, values]) =>
    isPerChannel(values)
      ? values.map((value, channel) => row(rescale, channel, value))
      : [row(rescale, null, values)],
  );
}

const isPerChannel = (values: Rescale | readonly Rescale[]): values is readonly Rescale[] =>
  Array.isArray(values);

const cell = (value: number | null | undefined): string => (value == null ? '' : String(value));
