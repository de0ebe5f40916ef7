import type { Encoders } from './encode.js';
import * as elementwise from './operators/elementwise.js';
import * as layout from './operators/layout.js';
import * as spatial from './operators/spatial.js';
import * as weighted from './operators/weighted.js';

/** How each operator is written. */
export const ENCODERS: Encoders = {
  add: elementwise.add,
  arg_max: spatial.argMax,
  average_pool_2d: spatial.averagePool2d,
  batch_norm: null,
  batch_to_space_nd: layout.batchToSpaceNd,
  cast: elementwise.cast,
  concatenation: layout.concatenation,
  conv_2d: weighted.conv2d,
  custom: null,
  depth_to_space: layout.depthToSpace,
  depthwise_conv_2d: weighted.depthwiseConv2d,
  dequantize: elementwise.dequantize,
  fully_connected: weighted.fullyConnected,
  gather: layout.gather,
  hard_swish: elementwise.hardSwish,
  log_softmax: elementwise.logSoftmax,
  logistic: elementwise.logistic,
  max_pool_2d: spatial.maxPool2d,
  mean: spatial.mean,
  mirror_pad: layout.mirrorPad,
  mul: elementwise.mul,
  pad: layout.pad,
  prelu: elementwise.prelu,
  quantize: elementwise.quantize,
  reduce_max: spatial.reduceMax,
  relu: elementwise.relu,
  reshape: layout.reshape,
  resize_bilinear: spatial.resizeBilinear,
  resize_nearest_neighbor: spatial.resizeNearestNeighbor,
  slice: layout.slice,
  softmax: elementwise.softmax,
  space_to_batch_nd: layout.spaceToBatchNd,
  space_to_depth: layout.spaceToDepth,
  sub: elementwise.sub,
  sum: spatial.sum,
  tanh: elementwise.tanh,
  transpose: layout.transpose,
  transpose_conv: weighted.transposeConv,
};
