import type { StoredLayer, StoredRun } from '../../eval/stored/index.js';
import { decibelText } from '../names.js';
import { rough } from '../pattern-text.js';
import { fixed, grouped, percent, printable, shapeText, signed } from '../text.js';

/** The card of a layer: groups of facts in words, and the histogram. */
export interface Card {
  readonly title: string;
  readonly class: string;
  readonly replaced: boolean;
  readonly groups: readonly {
    readonly title: string;
    readonly facts: readonly (readonly [string, string])[];
  }[];
  readonly histogram: {
    readonly min: number;
    readonly max: number;
    readonly counts: readonly number[];
    /** Real values that the output's integers reach. */
    readonly quantized: readonly [number, number] | null;
  };
}

const NO_HISTOGRAM = { min: 0, max: 0, counts: [] };

/** A card for each layer of a run, in their order. */
export function cardsOf({ results }: StoredRun): readonly Card[] {
  const rows = new Map(results.sqnr.recreated.tensors.map((row) => [row.tensor, row]));
  return results.layers.map((layer): Card => {
    const row = rows.get(layer.tensor);
    const db = (value: number | null): string => decibelText(value, row?.identical ?? false, ' dB');
    const { sqnr, range, clip_rate, dead_channels, accumulator } = layer;
    const optional = <T>(value: T | null | undefined, text: (value: T) => string): string =>
      value === null || value === undefined ? '–' : text(value);
    const plain = (value: number | null | undefined): string =>
      optional(value, (number) => `${fixed(number, 2)} dB`);
    const noise: [string, string][] = [
      ['Accumulated', db(sqnr.accumulated_db)],
      ['Aggregate', db(row?.aggregate_db ?? null)],
      ['Δ to inputs', optional(row?.delta_db, (delta) => `${signed(delta, 2)} dB`)],
      ['Local', plain(sqnr.local_db)],
      ['Harmonic estimate', plain(sqnr.harmonic_db)],
      [
        'Worst channel',
        optional(sqnr.worst_channel, ({ channel, sqnr_db }) => `${channel}: ${fixed(sqnr_db, 2)} dB`),
      ],
    ];
    const values: [string, string][] = [
      ['Shape', shapeText(layer.shape)],
      ['Range', optional(range, ({ min, max }) => `${rough(min)} to ${rough(max)}`)],
      ['Clipped', optional(clip_rate, (rate) => `${percent(rate, 3)} %`)],
      ['Dead channels', dead_channels.length === 0 ? 'none' : list(dead_channels)],
      [
        'Accumulator',
        optional(
          accumulator,
          ({ min, max, bits, worst_case_bits: worst }) =>
            `${grouped(min)} to ${grouped(max)}: ${bits} bits, at worst ${worst}`,
        ),
      ],
    ];
    return {
      title: `${layer.index} ${printable(layer.tensor.startsWith(`${layer.layer}/`) ? layer.tensor : layer.layer)}`,
      class: printable([layer.class, ...layer.merged].join(' + ')),
      replaced: layer.replaced,
      groups: [
        { title: 'SQNR', facts: noise },
        { title: 'Values of the Reference', facts: values },
        ...(layer.quantization === null
          ? []
          : [{ title: 'Quantization', facts: quantizationFacts(layer.quantization) }]),
        ...(layer.settings === null
          ? []
          : [{ title: 'Hyper-parameters', facts: settingFacts(layer.settings) }]),
        { title: 'Cost for one image', facts: costFacts(layer.cost) },
      ],
      histogram: { ...(layer.histogram ?? NO_HISTOGRAM), quantized: quantizedRange(layer) },
    };
  });
}

/** Real values of the ends of the clamp. */
function quantizedRange({ quantization }: StoredLayer): readonly [number, number] | null {
  if (quantization === null) return null;
  const { clamp, output } = quantization;
  const real = (integer: number): number => output.scale * (integer - output.zero_point);
  return [real(clamp[0]), real(clamp[1])];
}

function quantizationFacts(
  quantization: NonNullable<StoredLayer['quantization']>,
): readonly (readonly [string, string])[] {
  const { inputs, weights, output, multipliers, shifts, clamp } = quantization;
  const affine = (scale: number, zeroPoint: number, bits: number): string =>
    `${bits} bits, scale ${rough(scale)}, zero point ${zeroPoint}`;
  return [
    ...inputs.map(({ tensor, scale, zero_point, bits }, i): readonly [string, string] => [
      inputs.length === 1 ? 'Input' : `Input ${i + 1}`,
      `${affine(scale, zero_point, bits)} (${printable(tensor)})`,
    ]),
    ...(weights === null
      ? []
      : ([
          [
            'Weights',
            `${weights.bits} bits, ${weights.scales.length === 1 ? 'one scale' : `${weights.scales.length} scales`}`,
          ],
          ['Weight scale', list(weights.scales)],
          ['Weight zero point', list(distinct(weights.zero_points))],
        ] as const)),
    ['Output', affine(output.scale, output.zero_point, output.bits)],
    ...(multipliers.length === 0
      ? []
      : ([
          ['Multiplier', list(multipliers)],
          ['Shift', list(shifts)],
        ] as const)),
    ['Clamp', `${clamp[0]} to ${clamp[1]}`],
  ];
}

const settingFacts = (settings: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] =>
  Object.entries(settings).map(([key, value]) => [
    printable(key),
    printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? '')),
  ]);

function costFacts(cost: StoredLayer['cost']): readonly (readonly [string, string])[] {
  return [
    ['MACs', grouped(cost.macs)],
    ['Bit-operations', grouped(cost.bit_operations)],
    ['Weights', `${grouped(cost.weight_bytes)} B`],
    ['Bias', `${grouped(cost.bias_bytes)} B`],
    ['Requantization', `${grouped(cost.requantization_bytes)} B`],
    ['Activations', `${grouped(cost.activation_bytes)} B`],
    ['Moved', `${grouped(cost.bytes_moved)} B`],
    ...(cost.cycles === undefined ? [] : [['Cycles', grouped(cost.cycles)] as const]),
  ];
}

const SHOWN = 8;

const distinct = (values: readonly number[]): readonly number[] =>
  new Set(values).size === 1 ? values.slice(0, 1) : values;

/** Numbers, of many the first and the range. */
function list(values: readonly number[]): string {
  const text = (value: number): string => (Number.isInteger(value) ? String(value) : rough(value));
  if (values.length <= SHOWN) return values.map(text).join(', ');
  const [min, max] = values.reduce(
    ([low, high], v) => [Math.min(low!, v), Math.max(high!, v)],
    [Infinity, -Infinity],
  );
  return `${text(min!)} to ${text(max!)} (${values.length}: ${values.slice(0, SHOWN).map(text).join(', ')}, …)`;
}
