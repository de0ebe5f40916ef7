import { type Quantization, scaleOf, type Tensor, zeroPointOf } from '../core/index.js';
import type { FastKernel } from './fast-kernel.js';

const isByte = ({ dtype }: Tensor): boolean => dtype === 'int8' || dtype === 'uint8';

/** A scale for the whole tensor that float32 holds: the kernels divide and multiply in it. */
const hasFloatScale = (quantization: Quantization | undefined): boolean =>
  quantization?.scales.length === 1 && Math.fround(quantization.scales[0]!) === quantization.scales[0];

/** quantize from float32 to 8 bits. */
export const floatQuantize: FastKernel<unknown> = {
  name: 'quantize_float32_16',
  serves: ({ outputs: [output] }) => isByte(output!) && hasFloatScale(output!.quantization),
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, reference, kernels) {
    const { quantization, name, dtype } = site.outputs[0]!;
    const { outputZeroPoint, clamp } = reference.requantization!(site);
    const call = [
      dtype === 'int8' ? 1 : 0,
      input!.byteOffset,
      output!.byteOffset,
      output!.length,
      scaleOf(quantization, name),
      outputZeroPoint,
      clamp.min,
      clamp.max,
    ];
    return () => kernels.quantize_float32_16(...call);
  },
};

/** dequantize from 8 bits. */
export const byteDequantize: FastKernel<unknown> = {
  name: 'dequantize_float32_8',
  serves: ({ inputs: [input], outputs: [output] }) =>
    isByte(input!) && output!.dtype === 'float32' && hasFloatScale(input!.quantization),
  plan: () => ({}),
  bind({ inputs: [tensor] }, { inputs: [input], outputs: [output] }, _reference, kernels) {
    const { quantization, name, dtype } = tensor!;
    const call = [
      dtype === 'int8' ? 1 : 0,
      input!.byteOffset,
      output!.byteOffset,
      output!.length,
      scaleOf(quantization, name),
      zeroPointOf(quantization, name),
    ];
    return () => kernels.dequantize_float32_8(...call);
  },
};

const isPlainInt16 = ({ dtype, quantization, name }: Tensor): boolean =>
  dtype === 'int16' && hasFloatScale(quantization) && zeroPointOf(quantization, name) === 0;

/** quantize from float32 to int16 with zero point 0. */
export const int16Quantize: FastKernel<unknown> = {
  name: 'quantize_int16_8',
  serves: ({ outputs: [output] }) => isPlainInt16(output!),
  plan: () => ({}),
  bind(site, { inputs: [input], outputs: [output] }, reference, kernels) {
    const { quantization, name } = site.outputs[0]!;
    const { clamp } = reference.requantization!(site);
    const scale = scaleOf(quantization, name);
    const call = [input!.byteOffset, output!.byteOffset, output!.length, scale, clamp.min, clamp.max];
    return () => kernels.quantize_int16_8(...call);
  },
};

/** dequantize from int16 with zero point 0. */
export const int16Dequantize: FastKernel<unknown> = {
  name: 'dequantize_int16_8',
  serves: ({ inputs: [input], outputs: [output] }) => isPlainInt16(input!) && output!.dtype === 'float32',
  plan: () => ({}),
  bind({ inputs: [tensor] }, { inputs: [input], outputs: [output] }, _reference, kernels) {
    const scale = scaleOf(tensor!.quantization, tensor!.name);
    const call = [input!.byteOffset, output!.byteOffset, output!.length, scale];
    return () => kernels.dequantize_int16_8(...call);
  },
};
