import {
  allocate,
  clamp,
  int16Table,
  lookUpInt16,
  roundHalfAwayFromZero,
  type Tensor,
  viewOf,
} from '../../core/index.js';
import type { Kernel, Requantization, Site } from '../define.js';
import { tensorScale, zeroPointsAndClamp } from './requantize.js';

/** A function of one real, rounded to float32. */
type RealFunction<A> = (x: number, site: Site<A>) => number;

/** The float32 kernel of a function of one real. */
export const floatFunction = <A>(evaluate: RealFunction<A>): Kernel<A> => ({
  plan: () => ({ inPlace: true }),
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Float32Array;
    const output = buffers.outputs[0] as Float32Array;
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = evaluate(x[i]!, site);
    };
  },
});

/** A table of all 256 outputs, computed in float32 (TensorFlow Lite kernels/internal/common.h, `LUTPopulate`). */
function byteFacts<A>(evaluate: RealFunction<A>, site: Site<A>) {
  const [input, output] = [site.inputs[0]!, site.outputs[0]!];
  const ends = zeroPointsAndClamp([input], output);
  const inverseScale = Math.fround(1 / tensorScale(output));
  const outputs = allocate(output.dtype, 256);
  const smallest = smallestByte(input);
  for (let index = 0; index < 256; index++) {
    const real = Math.fround(tensorScale(input) * (index + smallest - ends.inputZeroPoints[0]!));
    const steps = roundHalfAwayFromZero(Math.fround(evaluate(real, site) * inverseScale));
    outputs[index] = clamp(steps + ends.outputZeroPoint, ends.clamp.min, ends.clamp.max);
  }
  return { rescales: {}, tables: { outputs }, ...ends } satisfies Requantization;
}

const smallestByte = ({ dtype }: Tensor): number => (dtype === 'uint8' ? 0 : -128);

/** The int8 or uint8 kernel of a function of one real: looks up −128, −127, … 127, or 0, 1, … 255. */
export const byteFunction = <A>(evaluate: RealFunction<A>): Kernel<A> => ({
  plan: () => ({ inPlace: true, constantBytes: 256 }),
  requantization: (site) => byteFacts(evaluate, site),
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int8Array;
    const output = buffers.outputs[0] as Int8Array;
    const { buffer, byteOffset } = buffers.constants;
    const table = viewOf(site.outputs[0]!.dtype, buffer, byteOffset, 256) as Int8Array;
    table.set(byteFacts(evaluate, site).tables.outputs as Int8Array);
    const smallest = smallestByte(site.inputs[0]!);
    return () => {
      for (let i = 0; i < x.length; i++) output[i] = table[x[i]! - smallest]!;
    };
  },
});

/** A table over the int16 numbers, computed in float32 (TensorFlow Lite kernels/internal/common.h, `LUTPopulateInt16`). */
function int16Facts<A>(evaluate: RealFunction<A>, site: Site<A>) {
  const [input, output] = [site.inputs[0]!, site.outputs[0]!];
  const ends = zeroPointsAndClamp([input], output);
  const real = (q: number): number => Math.fround(tensorScale(input) * (q - ends.inputZeroPoints[0]!));
  const transform = (x: number): number => evaluate(x, site);
  const outputs = int16Table(real(-32768), real(32767), tensorScale(output), transform, Math.fround);
  return { rescales: {}, tables: { outputs }, ...ends } satisfies Requantization;
}

/** The int16 kernel of a function of one real: interpolates between 513 outputs. Zero points are 0. */
export const int16Function = <A>(evaluate: RealFunction<A>): Kernel<A> => ({
  plan: () => ({ inPlace: true }),
  requantization: (site) => int16Facts(evaluate, site),
  prepare(site, buffers) {
    const x = buffers.inputs[0] as Int16Array;
    const output = buffers.outputs[0] as Int16Array;
    const { tables, clamp: range } = int16Facts(evaluate, site);
    return () => {
      for (let i = 0; i < x.length; i++)
        output[i] = clamp(lookUpInt16(tables.outputs, x[i]!), range.min, range.max);
    };
  },
});
