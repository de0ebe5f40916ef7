import { DEFAULT_PROFILE, formatShape, sameQuantization } from '../../../core/index.js';
import {
  activationOf,
  type Decode,
  dimensionOf,
  MAX_SIZE,
  type OperatorContext,
  paddingOf,
  pairOf,
} from '../operator.js';

const pool =
  (op: 'average_pool_2d' | 'max_pool_2d'): Decode =>
  (operator) => {
    const input = operator.sameType(0);
    const options = operator.options('Pool2DOptions');
    const attributes = {
      padding: paddingOf(operator, options.padding),
      strides: pairOf(operator, 'strides', options.strideH, options.strideW),
      filter: pairOf(operator, 'a window', options.filterH, options.filterW),
      activation: activationOf(operator, options.fusedActivation),
    };
    operator.emit(op, attributes, [input]);
  };

const reduce =
  (op: 'mean' | 'reduce_max' | 'reduce_prod' | 'sum'): Decode =>
  (operator) => {
    const input = operator.sameTypeOrWhole(0);
    const { values } = operator.integers(1);
    const axes = values.map((axis) => dimensionOf(operator, axis, input.shape.length));
    operator.emit(op, { axes, keepDims: operator.options('ReducerOptions').keepDims }, [input]);
  };

/** The reference kernels of TensorFlow Lite do not rescale sums of int16 values; those of 2.20 and later read them as bytes. */
const sum: Decode = (operator) => {
  const input = operator.sameType(0);
  if (input.dtype === 'int16') {
    if (operator.profile !== DEFAULT_PROFILE)
      operator.fail('sums int16 values, which the reference kernel of TensorFlow 2.20 reads as bytes');
    if (!sameQuantization(input.quantization, operator.output.quantization))
      operator.fail('sums int16 values into another scale, to which TensorFlow Lite does not rescale them');
  }
  reduce('sum')(operator);
};

/** [height, width] that an operator gives its output. */
function sizeOf(operator: OperatorContext): readonly [number, number] {
  const { shape, values } = operator.integers(1);
  if (values.length !== 2) operator.fail(`has a size of shape ${formatShape(shape)}`);
  return pairOf(operator, 'a size', values[0]!, values[1]!, MAX_SIZE);
}

const resize =
  (
    op: 'resize_bilinear' | 'resize_nearest_neighbor',
    kind: 'ResizeBilinearOptions' | 'ResizeNearestNeighborOptions',
  ): Decode =>
  (operator) => {
    const input = operator.sameType(0);
    const { alignCorners, halfPixelCenters } = operator.options(kind);
    operator.emit(op, { size: sizeOf(operator), alignCorners, halfPixelCenters }, [input]);
  };

/** Operators over the dimensions of an image. */
export const SPATIAL_OPERATORS = {
  AVERAGE_POOL_2D: pool('average_pool_2d'),
  MAX_POOL_2D: pool('max_pool_2d'),
  MEAN: reduce('mean'),
  REDUCE_MAX: reduce('reduce_max'),
  REDUCE_PROD: reduce('reduce_prod'),
  RESIZE_BILINEAR: resize('resize_bilinear', 'ResizeBilinearOptions'),
  RESIZE_NEAREST_NEIGHBOR: resize('resize_nearest_neighbor', 'ResizeNearestNeighborOptions'),
  SUM: sum,
} satisfies Readonly<Record<string, Decode>>;
