import { abs } from './abs.js';
import { add } from './add.js';
import { argMax } from './arg_max.js';
import { averagePool2d } from './average_pool_2d.js';
import { batchNorm } from './batch_norm.js';
import { batchToSpaceNd } from './batch_to_space_nd.js';
import { cast } from './cast.js';
import { concatenation } from './concatenation.js';
import { conv2d } from './conv_2d.js';
import { custom } from './custom.js';
import type { Op } from './define.js';
import { depthToSpace } from './depth_to_space.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { dequantize } from './dequantize.js';
import { div } from './div.js';
import { elu } from './elu.js';
import { exp } from './exp.js';
import { fullyConnected } from './fully_connected.js';
import { gather } from './gather.js';
import { hardSwish } from './hard_swish.js';
import { l2Normalization } from './l2_normalization.js';
import { logSoftmax } from './log_softmax.js';
import { logistic } from './logistic.js';
import { maxPool2d } from './max_pool_2d.js';
import { maximum } from './maximum.js';
import { mean } from './mean.js';
import { minimum } from './minimum.js';
import { mirrorPad } from './mirror_pad.js';
import { mul } from './mul.js';
import { neg } from './neg.js';
import { pad } from './pad.js';
import { prelu } from './prelu.js';
import { quantize } from './quantize.js';
import { reduceMax } from './reduce_max.js';
import { reduceProd } from './reduce_prod.js';
import { relu } from './relu.js';
import { reshape } from './reshape.js';
import { resizeBilinear } from './resize_bilinear.js';
import { resizeNearestNeighbor } from './resize_nearest_neighbor.js';
import { rsqrt } from './rsqrt.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { spaceToBatchNd } from './space_to_batch_nd.js';
import { spaceToDepth } from './space_to_depth.js';
import { sqrt } from './sqrt.js';
import { squaredDifference } from './squared_difference.js';
import { sub } from './sub.js';
import { sum } from './sum.js';
import { tanh } from './tanh.js';
import { transpose } from './transpose.js';
import { transposeConv } from './transpose_conv.js';

/** Every operator, by name. */
export const OPS = {
  abs,
  add,
  arg_max: argMax,
  average_pool_2d: averagePool2d,
  batch_norm: batchNorm,
  batch_to_space_nd: batchToSpaceNd,
  cast,
  concatenation,
  conv_2d: conv2d,
  custom,
  depth_to_space: depthToSpace,
  depthwise_conv_2d: depthwiseConv2d,
  dequantize,
  div,
  elu,
  exp,
  fully_connected: fullyConnected,
  gather,
  hard_swish: hardSwish,
  l2_normalization: l2Normalization,
  log_softmax: logSoftmax,
  logistic,
  max_pool_2d: maxPool2d,
  maximum,
  mean,
  minimum,
  mirror_pad: mirrorPad,
  mul,
  neg,
  pad,
  prelu,
  quantize,
  reduce_max: reduceMax,
  reduce_prod: reduceProd,
  relu,
  reshape,
  resize_bilinear: resizeBilinear,
  resize_nearest_neighbor: resizeNearestNeighbor,
  rsqrt,
  slice,
  softmax,
  space_to_batch_nd: spaceToBatchNd,
  space_to_depth: spaceToDepth,
  sqrt,
  squared_difference: squaredDifference,
  sub,
  sum,
  tanh,
  transpose,
  transpose_conv: transposeConv,
} as const;

/** The name of an operator. */
export type OpName = keyof typeof OPS;

/** The operator of that name, for code that works with all of them. @throws Error for a name that is not in the table. */
export function opOf(name: string): Op<unknown> {
  const op = (OPS as unknown as Readonly<Record<string, Op<unknown>>>)[name];
  if (op === undefined) throw new Error(`there is no operator ${name}`);
  return op;
}
