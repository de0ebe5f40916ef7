import { aligned, elementCount, type Tensor, viewOf } from '../core/index.js';
import type { Kernel, Requantization, Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

/** Between the uint8 and the int8 of one real value. */
const OFFSET = 128;

const moved = (zeroPoint: number): number => zeroPoint - OFFSET;

/** The facts of the same arithmetic on int8; weights are left as they are. */
const int8Facts = (facts: Requantization): Requantization => ({
  ...facts,
  inputZeroPoints: facts.inputZeroPoints.map(moved),
  outputZeroPoint: moved(facts.outputZeroPoint),
  clamp: { min: moved(facts.clamp.min), max: moved(facts.clamp.max) },
});

/**
 * Runs a kernel of int8 on uint8: real values and rounding are the same if zero points are 128 less and the top bit of each
 * element is turned over, on the way in to a copy, on the way out in place.
 * @param dataInputs how many inputs are activations, the first ones
 */
export const onUint8 = <A>(kernel: FastKernel<A>, dataInputs = 1): FastKernel<A> => {
  const int8Site = (site: Site<A>): Site<A> => {
    const asInt8 = (tensor: Tensor): Tensor => ({ ...tensor, dtype: 'int8' });
    return {
      ...site,
      inputs: site.inputs.map((tensor, i) => (i < dataInputs ? asInt8(tensor) : tensor)),
      outputs: site.outputs.map(asInt8),
    };
  };
  const int8Kernel = (site: Site<A>, reference: Kernel<A>): Kernel<A> => ({
    ...reference,
    requantization: () => int8Facts(reference.requantization!(site)),
  });
  const inner = (site: Site<A>, reference: Kernel<A>) =>
    kernel.plan(int8Site(site), int8Kernel(site, reference));
  return {
    name: kernel.name,
    serves: (site, reference) =>
      site.outputs[0]!.dtype === 'uint8' && kernel.serves(int8Site(site), int8Kernel(site, reference)),
    plan(site, reference) {
      const plan = inner(site, reference);
      const copies = site.inputs.slice(0, dataInputs).reduce((sum, { shape }) => sum + copyBytes(shape), 0);
      return { ...plan, scratchBytes: aligned(plan.scratchBytes ?? 0) + copies };
    },
    pack: (site, constants, reference) =>
      kernel.pack?.(int8Site(site), constants, int8Kernel(site, reference)),
    bind(site, buffers, reference, kernels) {
      let end = aligned(inner(site, reference).scratchBytes ?? 0);
      const { scratch, constants } = buffers;
      const turned: (readonly number[])[] = [];
      const inputs = buffers.inputs.map((data, i) => {
        if (i >= dataInputs) return data;
        const copy = viewOf('int8', scratch.buffer, scratch.byteOffset + end, data.length);
        end += copyBytes([data.length]);
        turned.push([data.byteOffset, copy.byteOffset, data.length]);
        return copy;
      });
      const outputs = buffers.outputs.map(({ buffer, byteOffset, length }) =>
        viewOf('int8', buffer, byteOffset, length),
      );
      const [output] = outputs;
      const run = kernel.bind(
        int8Site(site),
        { inputs, outputs, constants, scratch },
        int8Kernel(site, reference),
        kernels,
      );
      return () => {
        for (const call of turned) kernels.turn_signs_16(...call);
        run();
        kernels.turn_signs_16(output!.byteOffset, output!.byteOffset, output!.length);
      };
    },
  };
};

/** A copy and what kernels may read behind it. */
const copyBytes = (shape: readonly number[]): number => aligned(elementCount(shape) + 16);
