import { bytesPerElement, elementCount, type Tensor, type TensorData, viewOf } from '../core/index.js';
import { type Kernel, runOnce, type Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

/** Entries of the table. Behind it is a byte with the index of the input that is looked up. */
const ENTRIES = 256;

/** Index of the only input that is no constant. */
const variableOf = ({ inputs }: Site<unknown>): number => inputs.findIndex(({ data }) => data === undefined);

const isByte = ({ dtype }: Tensor): boolean => bytesPerElement(dtype) === 1;

/** What the reference kernel gives for each of the 256 values of its input. */
function tableOf(site: Site<unknown>, reference: Kernel<unknown>): TensorData {
  const variable = variableOf(site);
  const every = Uint8Array.from({ length: ENTRIES }, (_, byte) => byte);
  const row = (tensor: Tensor): Tensor => ({ ...tensor, shape: [ENTRIES] });
  const apart: Site<unknown> = {
    ...site,
    inputs: site.inputs.map((tensor, i) => (i === variable ? row(tensor) : { ...tensor, shape: [1] })),
    outputs: site.outputs.map(row),
  };
  const inputs = site.inputs.map(({ dtype, data }) => data ?? viewOf(dtype, every.buffer, 0, ENTRIES));
  return runOnce(reference, apart, inputs);
}

/**
 * Any function of one byte that gives a byte: the reference kernel computes a table of it once. Other inputs are constants of
 * one element.
 */
export const byteLookup: FastKernel<unknown> = {
  name: 'lookup_8',
  serves({ inputs, outputs: [output] }) {
    const [variable, ...others] = inputs.filter(({ data }) => data === undefined);
    return (
      variable !== undefined &&
      others.length === 0 &&
      isByte(variable) &&
      isByte(output!) &&
      elementCount(variable.shape) === elementCount(output!.shape) &&
      inputs.every((input) => input === variable || elementCount(input.shape) === 1)
    );
  },
  plan: (site) => ({ constantBytes: ENTRIES + 1, inPlace: variableOf(site) === 0 }),
  pack(site, constants, reference) {
    const { buffer } = tableOf(site, reference);
    constants.set(new Uint8Array(buffer));
    constants[ENTRIES] = variableOf(site);
  },
  bind(_site, { inputs, outputs: [output], constants }, _reference, kernels) {
    const input = inputs[constants[ENTRIES]!]!;
    const call = [input.byteOffset, output!.byteOffset, output!.length, constants.byteOffset];
    return () => kernels.lookup_8(...call);
  },
};
