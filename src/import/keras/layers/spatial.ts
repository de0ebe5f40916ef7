import { formatShape } from '../../../core/index.js';
import {
  bordersOf,
  type Decode,
  imageShape,
  type LayerContext,
  paddingOf,
  type Step,
  sampleSize,
} from '../layer.js';
import { isSize, shortened } from '../settings.js';

const pool =
  (op: 'max_pool_2d' | 'average_pool_2d'): Decode =>
  (layer) => {
    imageShape(layer);
    const filter = layer.settings.pair('pool_size', 1, [2, 2]);
    const strides = layer.settings.pair('strides', 1, filter);
    return [{ op, attributes: { padding: paddingOf(layer), strides, filter, activation: 'none' } }];
  };

const globalPool =
  (op: 'mean' | 'reduce_max'): Decode =>
  (layer) => {
    imageShape(layer);
    return [{ op, attributes: { axes: [1, 2], keepDims: layer.settings.flag('keepdims', false) } }];
  };

const resize = (layer: LayerContext, size: readonly [number, number]): readonly Step[] => {
  const interpolation = layer.settings.text('interpolation');
  if (interpolation !== 'nearest' && interpolation !== 'bilinear')
    return layer.settings.fail(
      `has interpolation ${shortened(interpolation)}; nearest and bilinear are supported`,
    );
  const op = interpolation === 'nearest' ? 'resize_nearest_neighbor' : 'resize_bilinear';
  return [{ op, attributes: { size, alignCorners: false, halfPixelCenters: true } }];
};

const upSampling: Decode = (layer) => {
  const [, height, width] = imageShape(layer);
  const factors = layer.settings.pair('size', 1, [2, 2]);
  return resize(layer, [height * factors[0], width * factors[1]]);
};

const resizing: Decode = (layer) => {
  const { settings } = layer;
  imageShape(layer);
  for (const key of ['crop_to_aspect_ratio', 'pad_to_aspect_ratio', 'antialias'])
    if (settings.flag(key, false)) settings.fail(`has ${key}, which is not supported`);
  return resize(layer, [settings.integer('height', 1), settings.integer('width', 1)]);
};

const zeroPadding: Decode = (layer) => {
  imageShape(layer);
  return [{ op: 'pad', attributes: { paddings: [[0, 0], ...bordersOf(layer, 'padding'), [0, 0]] } }];
};

const cropping: Decode = (layer) => {
  const [, height, width, channels] = imageShape(layer);
  const [rows, columns] = bordersOf(layer, 'cropping') as [[number, number], [number, number]];
  const size = [1, height - rows[0] - rows[1], width - columns[0] - columns[1], channels];
  if (size.some((n) => n < 1)) return layer.settings.fail(`crops away all of ${height}×${width}`);
  return [{ op: 'slice', attributes: { begin: [0, rows[0], columns[0], 0], size } }];
};

const flatten: Decode = ({ settings, shapes }) => {
  if (settings.text('data_format', 'channels_last') !== 'channels_last')
    return settings.fail('has data_format channels_first; only channels_last is supported');
  return [{ op: 'reshape', attributes: { shape: [1, sampleSize(shapes[0]!)] } }];
};

const reshape: Decode = ({ settings, shapes }) => {
  const target = settings.raw('target_shape');
  const isTarget = (value: unknown): value is readonly number[] =>
    Array.isArray(value) &&
    value.every((size) => size === -1 || isSize(size, 1)) &&
    value.filter((size) => size === -1).length <= 1;
  if (!isTarget(target)) return settings.fail('target_shape is not a list of sizes with at most one −1');
  const known = target.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const total = sampleSize(shapes[0]!);
  const shape = target.map((size) => (size === -1 ? total / known : size));
  if (shape.some((size) => !Number.isInteger(size)) || sampleSize([1, ...shape]) !== total)
    return settings.fail(`cannot reshape ${formatShape(shapes[0]!.slice(1))} to [${target.join(', ')}]`);
  return [{ op: 'reshape', attributes: { shape: [1, ...shape] } }];
};

/** Layers that move values about or pool them. */
export const SPATIAL_LAYERS = {
  AveragePooling2D: pool('average_pool_2d'),
  Cropping2D: cropping,
  Flatten: flatten,
  GlobalAveragePooling2D: globalPool('mean'),
  GlobalMaxPooling2D: globalPool('reduce_max'),
  MaxPooling2D: pool('max_pool_2d'),
  Reshape: reshape,
  Resizing: resizing,
  UpSampling2D: upSampling,
  ZeroPadding2D: zeroPadding,
} as const satisfies Record<string, Decode>;
