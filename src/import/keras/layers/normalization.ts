import { type Decode, type LayerContext, requireLastAxis, type Step } from '../layer.js';
import { isRecord } from '../settings.js';

const batchNormalization: Decode = (layer) => {
  const { settings } = layer;
  requireLastAxis(layer);
  const shape = [layer.shapes[0]!.at(-1)!];
  const mean = layer.weight(['moving_mean'], shape);
  const variance = layer.weight(['moving_variance'], shape);
  const ones = (): Float32Array => new Float32Array(mean.length).fill(1);
  const gamma = settings.flag('scale', true) ? layer.weight(['gamma'], shape) : ones();
  const beta = settings.flag('center', true) ? layer.weight(['beta'], shape) : new Float32Array(mean.length);
  return [
    {
      op: 'batch_norm',
      attributes: { epsilon: Math.fround(settings.number('epsilon', 1e-3)) },
      others: [
        layer.constant('gamma', shape, gamma),
        layer.constant('beta', shape, beta),
        layer.constant('moving_mean', shape, mean),
        layer.constant('moving_variance', shape, variance),
      ],
    },
  ];
};

/** A number, or one for each channel, of the config; undefined if the config has none. */
function channelValues({ settings, shapes }: LayerContext, key: string): Float32Array | undefined {
  const given = settings.raw(key);
  if (given === undefined || given === null) return undefined;
  const value = isRecord(given) && isRecord(given.config) ? given.config.value : given;
  const values: readonly unknown[] = Array.isArray(value) ? value.flat(8) : [value];
  const channels = shapes[0]!.at(-1)!;
  const isNumber = (item: unknown): item is number =>
    typeof item === 'number' && Number.isFinite(Math.fround(item));
  if (!values.every(isNumber) || (values.length !== 1 && values.length !== channels))
    return settings.fail(`${key} is neither a number nor one for each of the ${channels} channels`);
  return Float32Array.from(values);
}

const scaleStep = (layer: LayerContext, name: string, values: Float32Array, stage: string): Step => ({
  op: 'mul',
  attributes: { activation: 'none' },
  others: [layer.constant(name, [values.length], values)],
  stage,
});

const shiftStep = (
  layer: LayerContext,
  op: 'add' | 'sub',
  name: string,
  values: Float32Array,
  stage: string,
): Step => ({
  op,
  attributes: { activation: 'none' },
  others: [layer.constant(name, [values.length], values)],
  stage,
});

/** x · scale + offset; factors of 1 and offsets of 0 make no node. */
const rescaling: Decode = (layer) => {
  const scale = channelValues(layer, 'scale') ?? layer.settings.fail('its config has no scale');
  const offset = channelValues(layer, 'offset') ?? Float32Array.of(0);
  return [
    ...(scale.every((value) => value === 1) ? [] : [scaleStep(layer, 'scale', scale, 'scaled')]),
    ...(offset.every((value) => value === 0) ? [] : [shiftStep(layer, 'add', 'offset', offset, 'shifted')]),
  ];
};

/** Keras's smallest divisor, `backend.epsilon()`. */
const EPSILON = Math.fround(1e-7);

/** (x − mean) / max(√variance, ε), or its inverse; mean and variance are given in the config or were adapted. */
const normalization: Decode = (layer) => {
  const { settings } = layer;
  const axis = settings.raw('axis');
  const isScalar = Array.isArray(axis) && axis.length === 0;
  if (!isScalar) requireLastAxis(layer);
  const shape = isScalar ? [] : [layer.shapes[0]!.at(-1)!];
  const mean = channelValues(layer, 'mean') ?? layer.weight(['mean'], shape);
  const variance = channelValues(layer, 'variance') ?? layer.weight(['variance'], shape);
  if (variance.some((value) => value < 0)) settings.fail('has a negative variance');
  const deviation = variance.map((value) => Math.max(Math.sqrt(value), EPSILON));
  return settings.flag('invert', false)
    ? [scaleStep(layer, 'deviation', deviation, 'scaled'), shiftStep(layer, 'add', 'mean', mean, 'shifted')]
    : [
        shiftStep(layer, 'sub', 'mean', mean, 'centered'),
        scaleStep(
          layer,
          'reciprocal_deviation',
          deviation.map((value) => 1 / value),
          'scaled',
        ),
      ];
};

/** Rows of length 1. */
const unitNormalization: Decode = (layer) => {
  requireLastAxis(layer);
  return [{ op: 'l2_normalization', attributes: {} }];
};

/** Layers that shift and scale. */
export const NORMALIZATION_LAYERS = {
  BatchNormalization: batchNormalization,
  Normalization: normalization,
  Rescaling: rescaling,
  UnitNormalization: unitNormalization,
} as const satisfies Record<string, Decode>;
