import { int8Binary } from './binary-int8.js';
import { planOfRows, rowArguments } from './broadcast.js';
import type { FastKernel } from './fast-kernel.js';
import { weightedSum } from './weighted-sum.js';

/** What `add_int8_16` reads: both weights, offset, bits. */
const NUMBERS = 4;

const threeRescales = int8Binary('add');

/** add in int8, by weights that give the sum of every two values exactly; where none are found, by three rescales. */
export const int8Add: FastKernel<unknown> = {
  name: 'add_int8_16',
  serves: threeRescales.serves,
  plan: (site) => ({ ...planOfRows(site), constantBytes: NUMBERS * 4 }),
  pack(site, { buffer, byteOffset }, reference) {
    const sum = weightedSum(reference.requantization!(site), site.numerics.rounding);
    const numbers = sum === null ? [0, 0, 0, -1] : [sum.weightA, sum.weightB, sum.offset, sum.bits];
    new Int32Array(buffer, byteOffset, NUMBERS).set(numbers);
  },
  bind(site, buffers, reference, kernels) {
    const { buffer, byteOffset } = buffers.constants;
    const [bits] = new Int32Array(buffer, byteOffset + (NUMBERS - 1) * 4, 1);
    if (bits === -1) return threeRescales.bind(site, buffers, reference, kernels);
    const { clamp } = reference.requantization!(site);
    const calls = rowArguments(site, buffers).map((rows) => [
      ...rows,
      byteOffset,
      clamp.min,
      clamp.max,
      buffers.scratch.byteOffset,
    ]);
    return () => {
      for (const call of calls) kernels.add_int8_16(...call);
    };
  },
};
