/** The choices of integer arithmetic that hardware people vary. Kernels take them as data and never branch on anything else. */
export interface Numerics {
  /**
   * What the right shift of a requantization does: `nearest` is gemmlowp's RoundingDivideByPOT (ties away from zero),
   * `floor` a plain arithmetic shift (the thesis's `rounding_div: false`). The high multiply rounds in both.
   */
  readonly rounding: 'nearest' | 'floor';
  /** 32: int32 accumulators and biases. 64: the arithmetic of TensorFlow Lite's 16x8, for widths above 8 bits. */
  readonly accumulatorBits: 32 | 64;
}

/** What TensorFlow Lite's reference kernels do for int8. */
export const TFLITE_NUMERICS: Numerics = { rounding: 'nearest', accumulatorBits: 32 };
