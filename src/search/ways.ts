import { type ChosenSettings, takes } from './layer-settings.js';
import type { SearchNetwork } from './network.js';

/** Widths that layers may get. */
export interface Widths {
  /** Of weights. */
  readonly bits: readonly number[];
  /** Of the activations that a layer reads and writes; none leaves them as they are. */
  readonly activationBits: readonly number[];
}

/** The ways to build a layer: as it is first, then with other widths. */
export function waysOf(
  { basis: { reference } }: SearchNetwork,
  choice: ChosenSettings,
  { bits, activationBits }: Widths,
): readonly ChosenSettings[] {
  const { settings, layer } = choice;
  if (settings.custom !== undefined || settings.quantized === false) return [choice];
  const widths = takes(reference, layer, 'weight_bits') ? bits : [];
  const own = { weight_bits: settings.weight_bits ?? 8, activation_bits: settings.activation_bits ?? 8 };
  const combinations = (widths.length === 0 ? [] : [...new Set([own.weight_bits, ...widths])]).flatMap(
    (weight_bits) =>
      [...new Set([own.activation_bits, ...activationBits])].map((activation_bits) => ({
        weight_bits,
        activation_bits,
      })),
  );
  const others = combinations.filter(
    (widths) => widths.weight_bits !== own.weight_bits || widths.activation_bits !== own.activation_bits,
  );
  // A scale per channel costs no arithmetic and saves noise at few bits: where it is off, it is tried as well.
  const perChannel =
    settings.per_channel_quantization !== true && takes(reference, layer, 'per_channel_quantization')
      ? [{}, { per_channel_quantization: true }]
      : [{}];
  return [
    choice,
    ...others.flatMap(({ weight_bits, activation_bits }) =>
      perChannel.map((flags) => ({
        ...choice,
        settings: {
          ...settings,
          weight_bits,
          ...(activation_bits !== own.activation_bits && { activation_bits }),
          ...flags,
        },
      })),
    ),
  ];
}
