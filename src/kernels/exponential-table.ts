/**
 * Numbers of `exp` in `src/core/math.ts`, in the order in which `assembly/math.ts` reads them. 2^52 + 2^51 + 1023 brings a whole
 * number, with the bias of an exponent, to the lowest bits of a sum.
 */
const NUMBERS = [
  4.1381367970572385e-8,
  -1.6533902205465252e-6,
  6.613756321437934e-5,
  -2.7777777777015593e-3,
  1.6666666666666602e-1,
  700,
  -700,
  Math.LOG2E,
  0.5,
  6.931471803691238e-1,
  1.9082149292705877e-10,
  2,
  1,
  2 ** 52 + 2 ** 51 + 1023,
];

/** Bytes of constants that a kernel with exponentials asks for. */
export const EXPONENTIAL_BYTES = NUMBERS.length * 8;

/** Writes the table. */
export function packExponential({ buffer, byteOffset }: Uint8Array): void {
  new Float64Array(buffer, byteOffset, NUMBERS.length).set(NUMBERS);
}
