/**
 * Elementary functions written out with IEEE operations only, so that every engine and machine gives the same bits.
 * `Math.exp`, `Math.expm1`, `Math.tanh` and `Math.log10` may differ between JavaScript engines.
 */

const bits = new DataView(new ArrayBuffer(8));

/** Splits a finite `value` into `fraction × 2^exponent` with |fraction| in [0.5, 1), or 0 and 0. As C's `frexp`. */
export function frexp(value: number): { readonly fraction: number; readonly exponent: number } {
  if (value === 0 || !Number.isFinite(value)) return { fraction: value, exponent: 0 };
  bits.setFloat64(0, value);
  const biased = (bits.getUint32(0) >>> 20) & 0x7ff;
  if (biased === 0) {
    const scaled = frexp(value * 2 ** 54);
    return { fraction: scaled.fraction, exponent: scaled.exponent - 54 };
  }
  bits.setUint32(0, (bits.getUint32(0) & 0x800fffff) | (1022 << 20));
  return { fraction: bits.getFloat64(0), exponent: biased - 1022 };
}

/** `2^exponent` for an integer exponent in [−1022, 1023], exact. */
function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

/** Rounds to the nearest integer, halves away from zero (C's `round`; `Math.round` takes halves upwards). */
export function roundHalfAwayFromZero(value: number): number {
  const magnitude = Math.abs(value);
  const floor = Math.floor(magnitude);
  const rounded = magnitude - floor >= 0.5 ? floor + 1 : floor;
  return value < 0 ? -rounded : rounded;
}

/** `value` limited to [min, max]. */
export const clamp = (value: number, min: number, max: number): number =>
  value < min ? min : value > max ? max : value;

const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;

/** The c with which e^r = 1 + r + r·c / (2 − c) for |r| ≤ ½·ln 2: the rational approximation of FreeBSD's msun `e_exp.c`. */
function expRemainder(r: number): number {
  const t = r * r;
  return (
    r -
    t *
      (1.6666666666666602e-1 +
        t *
          (-2.7777777777015593e-3 +
            t * (6.613756321437934e-5 + t * (-1.6533902205465252e-6 + t * 4.1381367970572385e-8))))
  );
}

/**
 * e^x in float64, within 1 unit in the last place, by the argument reduction x = k·ln 2 + r. Overflows to Infinity above
 * 709.78 and gives 0 below −745.13.
 */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Infinity;
  if (x < -745.1332191019411) return 0;
  const k = Math.floor(x * Math.LOG2E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const c = expRemainder(r);
  const y = 1 - (low - (r * c) / (2 - c) - high);
  if (k >= -1021 && k <= 1023) return y * powerOfTwo(k);
  return k > 1023 ? y * 2 * powerOfTwo(k - 1) : y * powerOfTwo(k + 1000) * powerOfTwo(-1000);
}

/** e^x − 1 in float64, without the cancellation near 0; error < 1e-15 of the result. */
export function expm1(x: number): number {
  if (Math.abs(x) > 0.34) return exp(x) - 1;
  const c = expRemainder(x);
  return x + (x * c) / (2 - c);
}

/** tanh x in float64 by `1 − 2 / (e^2x + 1)`, with the series x − x³/3 + 2x⁵/15 where that cancels; error < 2e-15. */
export function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 1e-3) {
    const square = x * x;
    return x - (x * square) / 3 + (2 * x * square * square) / 15;
  }
  const result = 1 - 2 / (exp(2 * magnitude) + 1);
  return x < 0 ? -result : result;
}

/** 1 / (1 + e^−x) in float64. */
export const logistic = (x: number): number => 1 / (1 + exp(-x));

/**
 * Natural logarithm in float64 of x > 0 (−Infinity for 0, NaN below): x = 2^k·m with m in [√½, √2),
 * ln m = 2·atanh((m − 1)/(m + 1)) by its series up to s²³; error < 1e-15 relative to 1.
 */
export function log(x: number): number {
  if (x === 0) return -Infinity;
  if (x < 0 || Number.isNaN(x)) return NaN;
  if (x === Infinity) return x;
  let { fraction: mantissa, exponent } = frexp(x);
  if (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent -= 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 1; n -= 2) sum = sum * square + 1 / n;
  return exponent * LN2_HIGH + (2 * s * sum + exponent * LN2_LOW);
}

/** Base-10 logarithm in float64. */
export const log10 = (x: number): number => log(x) * Math.LOG10E;

/** A power ratio in decibel: 10·log₁₀(ratio) (thesis 2.22). */
export const decibel = (ratio: number): number => 10 * log10(ratio);
