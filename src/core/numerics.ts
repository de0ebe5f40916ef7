/** The choices of integer arithmetic that hardware people vary. Kernels take them as data and never branch on anything else. */
export interface Numerics {
  /**
   * What the right shift of a requantization does: `nearest` is gemmlowp's RoundingDivideByPOT (ties away from zero),
   * `floor` a plain arithmetic shift (the thesis's `rounding_div: false`). The high multiply rounds in both.
   */
  readonly rounding: 'nearest' | 'floor';
  /** 32: int32 accumulators and biases. 64: the arithmetic of TensorFlow Lite's 16x8, for widths above 8 bits. */
  readonly accumulatorBits: 32 | 64;
  /**
   * How a fully connected layer rescales its accumulator: by a fixed-point multiplier when absent; `float64` multiplies by
   * Δ_in·Δ_w / Δ_out in float64 and rounds halves away from zero. `floor` has a fixed-point form only.
   */
  readonly denseRescaling?: 'float64';
}

/** Whose reference kernels the integers equal. TensorFlow 2.20 changed that of FULLY_CONNECTED (tools/oracle/tflite_newer.py). */
export const NUMERICS_PROFILES = {
  'tflite-2.15': { rounding: 'nearest', accumulatorBits: 32 },
  'tflite-2.20': { rounding: 'nearest', accumulatorBits: 32, denseRescaling: 'float64' },
} as const satisfies Readonly<Record<string, Numerics>>;

/** The name of a profile: `tflite-2.15` stands for TensorFlow 2.15 to 2.19, `tflite-2.20` for 2.20 and later. */
export type NumericsProfile = keyof typeof NUMERICS_PROFILES;

/** The profile where none is named. */
export const DEFAULT_PROFILE: NumericsProfile = 'tflite-2.15';

/** What TensorFlow Lite's reference kernels do for int8. */
export const TFLITE_NUMERICS: Numerics = NUMERICS_PROFILES[DEFAULT_PROFILE];
