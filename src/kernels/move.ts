import { bytesPerElement, type DType, sameQuantization, type Tensor, viewOf } from '../core/index.js';
import type { Kernel, Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';
import { movesOf, sourcesOf } from './runs.js';

/** Numbers of a record of `assembly/move-runs.ts`. */
const RECORD_LENGTH = 9;

/** Numbers that come before the records of a call: how many there are, input, output, pattern. */
const HEADER_LENGTH = 4;

/** Four bytes that repeat a value. */
function patternOf(dtype: DType, value: number): number {
  const bytes = new ArrayBuffer(4);
  (viewOf(dtype, bytes, 0, 4 / bytesPerElement(dtype)) as Float32Array).fill(value);
  return new Int32Array(bytes)[0]!;
}

/** The calls of the kernel, one after the other: a header, then records. */
function packedCalls<A>(site: Site<A>, reference: Kernel<A>, moved: number): number[] {
  const bytes = bytesPerElement(site.inputs[0]!.dtype);
  const sources = sourcesOf(site, reference, moved);
  return movesOf(site.inputs.slice(0, moved), sources)
    .filter(({ blocks }) => blocks.length > 0)
    .flatMap(({ input, output, blocks }) => [
      blocks.length,
      input ?? -1,
      output,
      patternOf(site.outputs[output]!.dtype, sources[output]!.value),
      ...blocks.flatMap(
        ({ source, target, shape: [length, count, sourceStep, targetStep, rows, ...rowSteps] }) => [
          input === undefined ? source : source * bytes,
          target * bytes,
          length! * bytes,
          count!,
          sourceStep! * bytes,
          targetStep! * bytes,
          rows!,
          ...rowSteps.map((step) => step * bytes),
        ],
      ),
    ]);
}

const isSameSite = (a: Site<unknown>, b: Site<unknown>): boolean =>
  a.attributes === b.attributes && a.inputs.every((input, i) => input === b.inputs[i]);

/** `packedCalls`, which remembers: planning wants to know how many there are, packing which. */
function packedCallsOnce(moved: number): (site: Site<unknown>, reference: Kernel<unknown>) => Int32Array {
  const known = new WeakMap<Tensor, { readonly site: Site<unknown>; readonly calls: Int32Array }>();
  return (site, reference) => {
    const output = site.outputs[0]!;
    const last = known.get(output);
    if (last !== undefined && isSameSite(site, last.site)) return last.calls;
    const calls = Int32Array.from(packedCalls(site, reference, moved));
    known.set(output, { site, calls });
    return calls;
  };
}

/**
 * Any kernel that only moves elements, as copies of runs of bytes.
 * @param moved number of inputs that are moved, if not all; those after them must be constants
 */
export function moveRuns(moved = Infinity): FastKernel<unknown> {
  const callsOf = packedCallsOnce(moved);
  return {
    name: 'move_runs',
    serves: ({ inputs, outputs }) =>
      inputs.slice(moved).every(({ data }) => data !== undefined) &&
      [...inputs.slice(0, moved), ...outputs].every((tensor) =>
        sameQuantization(tensor.quantization, outputs[0]!.quantization),
      ),
    plan: (site, reference) => ({ constantBytes: callsOf(site, reference).byteLength }),
    pack(site, { buffer, byteOffset, byteLength }, reference) {
      new Int32Array(buffer, byteOffset, byteLength / 4).set(callsOf(site, reference));
    },
    bind(_site, { inputs, outputs, constants }, _reference, kernels) {
      const words = new Int32Array(constants.buffer, constants.byteOffset, constants.byteLength / 4);
      const calls: (readonly number[])[] = [];
      for (let next = 0; next < words.length; ) {
        const [count, input, output, pattern] = words.subarray(next, next + HEADER_LENGTH) as unknown as [
          number,
          number,
          number,
          number,
        ];
        const records = next + HEADER_LENGTH;
        calls.push([
          inputs[input]?.byteOffset ?? 0,
          outputs[output]!.byteOffset,
          constants.byteOffset + records * 4,
          count,
          pattern,
        ]);
        next = records + count * RECORD_LENGTH;
      }
      return () => {
        for (const call of calls) kernels.move_runs(...call);
      };
    },
  };
}
