import { allocate, elementCount, type TensorData } from '../core/index.js';
import type { Kernel, Site } from './define.js';

/** Runs a kernel once, in memory of its own. @returns the values of the first output. */
export function runOnce<A>(kernel: Kernel<A>, site: Site<A>, inputs: readonly TensorData[]): TensorData {
  const { constantBytes = 0, scratchBytes = 0 } = kernel.plan?.(site) ?? {};
  const outputs = site.outputs.map(({ dtype, shape }) => allocate(dtype, elementCount(shape)));
  const constants = new Uint8Array(constantBytes);
  kernel.prepare(site, { inputs, outputs, constants, scratch: new Uint8Array(scratchBytes) })();
  return outputs[0]!;
}
