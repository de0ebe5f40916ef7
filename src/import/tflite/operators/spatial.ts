import { activationOf, type Decode, dimensionOf, paddingOf, pairOf } from '../operator.js';

const pool =
  (op: 'average_pool_2d' | 'max_pool_2d'): Decode =>
  (operator) => {
    operator.sameType(0);
    const options = operator.options('Pool2DOptions');
    return [
      {
        op,
        attributes: {
          padding: paddingOf(operator, options.int8(0)),
          strides: pairOf(operator, 'strides', options.int32(2), options.int32(1)),
          filter: pairOf(operator, 'a window', options.int32(4), options.int32(3)),
          activation: activationOf(operator, options.int8(5)),
        },
      },
    ];
  };

const reduce =
  (op: 'mean' | 'reduce_max'): Decode =>
  (operator) => {
    const { shape } = operator.sameType(0);
    const { values } = operator.integers(1);
    const axes = values.map((axis) => dimensionOf(operator, axis, shape.length));
    return [{ op, attributes: { axes, keepDims: operator.options('ReducerOptions').bool(0) } }];
  };

/** Operators over the dimensions of an image. */
export const SPATIAL_OPERATORS = {
  AVERAGE_POOL_2D: pool('average_pool_2d'),
  MAX_POOL_2D: pool('max_pool_2d'),
  MEAN: reduce('mean'),
  REDUCE_MAX: reduce('reduce_max'),
} satisfies Readonly<Record<string, Decode>>;
