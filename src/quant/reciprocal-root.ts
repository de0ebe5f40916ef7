import { frexp } from '../core/index.js';

/** Whose TensorFlow is repeated: its converter uses an instruction that does not give the same on every processor. */
export type Processor = 'intel' | 'amd';

/** That of whoever does not say otherwise. */
export const DEFAULT_PROCESSOR: Processor = 'intel';

const { fround } = Math;

/** Numbers that the vector instruction takes at a time; what is left over is computed one by one, by a division. */
const LANES = 8;

/**
 * 1/√x of a list of numbers above 0, as TensorFlow's converter computes it when it folds batch normalizations (Eigen
 * Core/arch/AVX/MathFunctions.h, `prsqrt`): an estimate of 12 bits, then one step of Newton's method, every operation
 * rounded to float32. That is off by up to 3e-7, which scales of weights take over.
 */
export function reciprocalRoots(values: Float32Array, processor: Processor): Float32Array {
  const estimate = processor === 'intel' ? intelEstimate : amdEstimate;
  const whole = values.length - (values.length % LANES);
  return values.map((x, i) => (i < whole ? refined(x, estimate(x)) : fround(1 / fround(Math.sqrt(x)))));
}

/** One step of Newton's method: y − y/2·(x·y² − 1). */
function refined(x: number, y: number): number {
  const error = fround(fround(fround(x * y) * y) - 1);
  return fround(fround(fround(y * -0.5) * error) + y);
}

// What follows is the instruction RSQRTPS, found by trying: for x in [1, 4) its estimates are multiples of 2^−13.
const STEP = 2 ** -13;

/** x as a mantissa in [1, 4) and the root of the power of 4 that it is divided by. */
function normalized(x: number): { readonly mantissa: number; readonly root: number } {
  const { fraction, exponent } = frexp(x);
  const isOdd = exponent % 2 !== 0;
  return isOdd
    ? { mantissa: fraction * 2, root: 2 ** ((exponent - 1) / 2) }
    : { mantissa: fraction * 4, root: 2 ** ((exponent - 2) / 2) };
}

/** Intel: the root of the middle of an interval of ten bits, rounded. */
function intelEstimate(x: number): number {
  const { mantissa, root } = normalized(x);
  const width = mantissa < 2 ? 2 ** -10 : 2 ** -9;
  const middle = (Math.floor(mantissa / width) + 0.5) * width;
  return (Math.round(1 / Math.sqrt(middle) / STEP) * STEP) / root;
}

/** AMD (measured on Zen 4): the sum of two tables, for an interval of twelve bits. */
function amdEstimate(x: number): number {
  const { mantissa, root } = normalized(x);
  const interval = mantissa < 2 ? (mantissa - 1) * 4096 : 4096 + (mantissa - 2) * 2048;
  return (AMD_ESTIMATES[Math.floor(interval)]! * STEP) / root;
}

/** What each 16th of AMD's estimates is below the 16th before it, base 36: 256 of them for [1, 2), then 256 for [2, 4). */
const DESCENTS = [
  '0ggfggffgffffffeffefeeeeeeeeededededddddddcddcdcdcdcccccccbccbcb',
  'dbbcbbbbbbbbbbabbabababaaabaaaaaaaaaa9aa9a9a9a99a99a999999999899',
  '8998989898988988988888888888878888788787878787787777877777777777',
  '8776777767767767676767676676676676666667666666666666656666566656',
  '0bbcbabbbbabbababaabaaaaa9aaa9a9aa99a999999999999899898988988988',
  '8888888888788787878787787778777777777777677767767676767667667666',
  '7666666666666665666566656566565655656556556555565555555555555555',
  '6455555455545545545455454545454454544544544454445444444544444444',
].join('');

/** Where the estimates go down by one between those: 15 bits, first to last, the same for 16 in a row. */
const PATTERNS = `
  7f7f 77f7 6f7d 6ddd 376d 5b5b 356d 2b56 5555 2aaa 2a55 52a9 252a 2949 2529 1292
  5b6d 35b6 356a 3555 2aaa 4aa9 2952 294a 1494 2492 2492 4922 1224 1224 2222 2222
`;

const AMD_ESTIMATES = amdEstimates([8191, 5792]);

/** AMD's estimates in units of 2^−13, beginning with those of 1 and 2. */
function amdEstimates(beginnings: readonly [number, number]): Int32Array {
  const patterns = PATTERNS.trim()
    .split(/\s+/)
    .map((digits) => Number.parseInt(digits, 16));
  const table = new Int32Array(DESCENTS.length * 16);
  let beginning = 0;
  for (let row = 0; row < DESCENTS.length; row++) {
    beginning -= Number.parseInt(DESCENTS[row]!, 36);
    if (row % 256 === 0) beginning = beginnings[row / 256]!;
    let estimate = beginning;
    for (let i = 0; i < 16; i++) {
      table[row * 16 + i] = estimate;
      estimate -= (patterns[row >> 4]! >> (14 - i)) & 1;
    }
  }
  return table;
}
