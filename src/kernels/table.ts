import type { DType, Numerics } from '../core/index.js';
import type { Kernel, OpName, Site } from '../ops/index.js';
import { int8Add } from './add-int8.js';
import { floatBatchNorm } from './batch-norm.js';
import { floatBinary } from './binary-float32.js';
import { int8Binary } from './binary-int8.js';
import { packingSecond } from './broadcast.js';
import { byteChoice } from './choice.js';
import { floatConvolution } from './conv-float32.js';
import { int8Convolution } from './conv-int8.js';
import { int16Convolution } from './conv-int16.js';
import { byteDequantize, floatQuantize, int16Dequantize, int16Quantize } from './convert.js';
import { int8DenseRow } from './dense-int8.js';
import { floatDepthwise, floatDepthwiseRows } from './depthwise-float32.js';
import { int8Depthwise, int8Depthwise3x3, int8Depthwise5x5 } from './depthwise-int8.js';
import { int16Depthwise } from './depthwise-int16.js';
import type { FastKernel, KernelName } from './fast-kernel.js';
import { byteLookup } from './lookup.js';
import { moveRuns } from './move.js';
import { floatPool, int8Pool } from './pool.js';
import { floatReduce, int8Max, int8Mean } from './reduce.js';
import { bilinear } from './resize-bilinear.js';
import { floatSoftmax, int8Softmax } from './softmax.js';
import { int16Sum } from './sum-int16.js';
import { transposeConvolution } from './transpose-conv.js';
import { onUint8 } from './uint8.js';
import { floatElu, floatFunction, floatRelu } from './unary-float32.js';
import { convolutionLayer, denseLayer, depthwiseLayer } from './weighted.js';

/** The fast kernels of an operator by the dtype of its first input, the preferred ones first. */
type FastKernels = Partial<Readonly<Record<DType, readonly FastKernel<never>[]>>>;

/** The fast kernels of an operator that moves elements. @param moved number of its inputs that are moved, if not all */
function moves(moved?: number): FastKernels {
  const kernels = [moveRuns(moved)];
  return { float32: kernels, int8: kernels, uint8: kernels, int16: kernels, int32: kernels };
}

/** The fast kernels of an operator that gives one of two elements. */
const choice = (op: 'maximum' | 'minimum'): FastKernels => ({
  float32: [floatBinary(op)],
  int8: [byteChoice(op, 'int8')],
  uint8: [byteChoice(op, 'uint8')],
});

/** The fast kernels of a function of one value. */
const unary = (float: FastKernel<never>): FastKernels => ({
  float32: [float],
  int8: [byteLookup],
  uint8: [byteLookup],
});

const int8Conv = int8Convolution(convolutionLayer);

const int8DepthwiseKernels = [
  int8Depthwise3x3,
  int8Depthwise5x5,
  int8Depthwise,
  int8Convolution(depthwiseLayer),
];

const isFixedPointDense = ({ denseRescaling, rounding }: Numerics): boolean =>
  denseRescaling === undefined || rounding === 'floor';

const int8Dense = int8Convolution(denseLayer, isFixedPointDense);

const TABLE: Partial<Readonly<Record<OpName, FastKernels>>> = {
  abs: unary(floatFunction('abs')),
  add: {
    float32: [floatBinary('add')],
    int8: [byteLookup, int8Add],
    uint8: [byteLookup, onUint8(int8Add, 2)],
    int16: [int16Sum('add')],
  },
  average_pool_2d: { float32: [floatPool('average')], int8: [int8Pool('average')] },
  batch_norm: { float32: [floatBatchNorm] },
  batch_to_space_nd: moves(),
  concatenation: moves(),
  conv_2d: {
    float32: [floatConvolution(convolutionLayer)],
    int8: [int8Conv],
    uint8: [onUint8(int8Conv)],
    int16: [int16Convolution(convolutionLayer)],
  },
  depth_to_space: moves(),
  depthwise_conv_2d: {
    float32: [floatDepthwiseRows, floatDepthwise, floatConvolution(depthwiseLayer)],
    int8: int8DepthwiseKernels,
    uint8: int8DepthwiseKernels.map((kernel) => onUint8(kernel)),
    int16: [int16Depthwise, int16Convolution(depthwiseLayer)],
  },
  dequantize: { int8: [byteDequantize], uint8: [byteDequantize], int16: [int16Dequantize] },
  div: { float32: [floatBinary('div')] },
  elu: unary(floatElu),
  exp: unary(floatFunction('exp')),
  fully_connected: {
    float32: [floatConvolution(denseLayer)],
    int8: [int8DenseRow(isFixedPointDense), int8Dense],
    uint8: [onUint8(int8Dense)],
    int16: [int16Convolution(denseLayer, isFixedPointDense)],
  },
  gather: moves(1),
  hard_swish: unary(floatFunction('hard_swish')),
  logistic: unary(floatFunction('logistic')),
  max_pool_2d: { float32: [floatPool('max')], int8: [int8Pool('max')] },
  maximum: choice('maximum'),
  mean: { float32: [floatReduce('mean')], int8: [int8Mean] },
  minimum: choice('minimum'),
  mirror_pad: moves(),
  mul: {
    float32: [floatBinary('mul')],
    int8: [byteLookup, int8Binary('mul')],
    uint8: [byteLookup, onUint8(int8Binary('mul'), 2)],
  },
  neg: unary(floatFunction('neg')),
  pad: moves(),
  prelu: {
    float32: [packingSecond(floatBinary('prelu'))],
    int8: [byteLookup, packingSecond(int8Binary('prelu'))],
    uint8: [byteLookup],
  },
  quantize: { float32: [floatQuantize, int16Quantize], int8: [byteLookup], uint8: [byteLookup] },
  reduce_max: { float32: [floatReduce('reduce_max')], int8: [int8Max] },
  relu: unary(floatRelu),
  resize_bilinear: { float32: [bilinear('float32')], int8: [bilinear('int8')] },
  resize_nearest_neighbor: moves(),
  rsqrt: { float32: [floatFunction('rsqrt')] },
  slice: moves(),
  softmax: { float32: [floatSoftmax], int8: [int8Softmax] },
  space_to_batch_nd: moves(),
  space_to_depth: moves(),
  sqrt: { float32: [floatFunction('sqrt')] },
  squared_difference: {
    float32: [floatBinary('squared_difference')],
    int8: [byteLookup, int8Binary('squared_difference')],
  },
  sub: {
    float32: [floatBinary('sub')],
    int8: [byteLookup, int8Binary('sub')],
    uint8: [byteLookup, onUint8(int8Binary('sub'), 2)],
    int16: [int16Sum('sub')],
  },
  sum: { float32: [floatReduce('sum')] },
  tanh: unary(floatFunction('tanh')),
  transpose: moves(),
  transpose_conv: {
    float32: [transposeConvolution('conv_float32_4x8', floatConvolution)],
    int8: [transposeConvolution('conv_int8_4x8_dot16', int8Convolution)],
    int16: [transposeConvolution('conv_int16_4x8_dot16', int16Convolution)],
  },
};

const candidates = (op: string, dtype: DType): readonly FastKernel<unknown>[] =>
  ((TABLE as Readonly<Record<string, FastKernels>>)[op]?.[dtype] ?? []) as readonly FastKernel<unknown>[];

/** The fast kernel that serves a node, or undefined. */
export const fastKernelOf = (
  op: string,
  site: Site<unknown>,
  reference: Kernel<unknown>,
): FastKernel<unknown> | undefined =>
  candidates(op, site.inputs[0]!.dtype).find((kernel) => kernel.serves(site, reference));

/** The fast kernel of that name that `fastKernelOf` found for a node. @throws Error if the operator has none */
export function fastKernelNamed(op: string, dtype: DType, name: KernelName): FastKernel<unknown> {
  const kernel = candidates(op, dtype).find((candidate) => candidate.name === name);
  if (kernel === undefined) throw new Error(`${op} has no kernel ${name} for ${dtype}`);
  return kernel;
}
