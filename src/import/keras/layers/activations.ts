import { type Decode, type LayerContext, requireLastAxis, type Step } from '../layer.js';
import { isRecord, isSize, settingsOf, shortened, shown } from '../settings.js';

const relu = (max: number | null, negativeSlope = 0, threshold = 0): Step => ({
  op: 'relu',
  attributes: {
    max: max === null ? null : Math.fround(max),
    negativeSlope: Math.fround(negativeSlope),
    threshold: Math.fround(threshold),
  },
});
const elu = (alpha: number): Step => ({ op: 'elu', attributes: { alpha: Math.fround(alpha) } });
const HARD_TANH: Step = { op: 'relu', attributes: { min: -1, max: 1, negativeSlope: 0, threshold: -1 } };
const SOFTMAX: Step = { op: 'softmax', attributes: { beta: 1 } };

/** x · logistic(x). */
const SWISH: readonly Step[] = [
  { op: 'logistic', attributes: {}, stage: 'sigmoid' },
  { op: 'mul', attributes: { activation: 'none' }, reads: (values) => values.slice(-2) },
];

/** An elementwise operator with a constant, called `<layer>/<name>`. */
const withNumber = (
  layer: LayerContext,
  op: 'add' | 'mul',
  name: string,
  value: number,
  stage: string,
): Step => ({
  op,
  attributes: { activation: 'none' },
  others: [layer.constant(name, [], Float32Array.of(value))],
  stage,
});

/** relu6(x + 3) / 6 in Keras 3; before, 0.2·x + 0.5 limited to [0, 1]. */
const hardSigmoid = (layer: LayerContext): readonly Step[] =>
  layer.kerasVersion >= 3
    ? [
        withNumber(layer, 'add', 'three', 3, 'shifted'),
        { ...relu(6), stage: 'limited' },
        withNumber(layer, 'mul', 'sixth', 1 / 6, 'scaled'),
      ]
    : [
        withNumber(layer, 'mul', 'fifth', 0.2, 'scaled'),
        withNumber(layer, 'add', 'half', 0.5, 'shifted'),
        {
          op: 'minimum',
          attributes: {},
          others: [layer.constant('one', [], Float32Array.of(1))],
          stage: 'limited',
        },
        relu(null),
      ];

/** Activation functions by the name that Keras gives them. */
const FUNCTIONS: Readonly<Record<string, (layer: LayerContext) => readonly Step[]>> = {
  linear: () => [],
  relu: () => [relu(null)],
  relu6: () => [relu(6)],
  leaky_relu: () => [relu(null, 0.2)],
  elu: () => [elu(1)],
  exponential: () => [{ op: 'exp', attributes: {} }],
  softmax: () => [SOFTMAX],
  log_softmax: () => [{ op: 'log_softmax', attributes: {} }],
  sigmoid: () => [{ op: 'logistic', attributes: {} }],
  hard_sigmoid: hardSigmoid,
  tanh: () => [{ op: 'tanh', attributes: {} }],
  hard_tanh: () => [HARD_TANH],
  silu: () => SWISH,
  swish: () => SWISH,
  hard_silu: () => [{ op: 'hard_swish', attributes: {} }],
  hard_swish: () => [{ op: 'hard_swish', attributes: {} }],
};

function byName(name: string, layer: LayerContext): readonly Step[] {
  if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name]!(layer);
  return layer.settings.fail(
    `has activation ${shortened(name)}; supported are ${Object.keys(FUNCTIONS).join(', ')}`,
  );
}

const reluLayer: Decode = ({ settings }) => [
  relu(
    settings.raw('max_value') == null ? null : settings.number('max_value'),
    settings.number('negative_slope', 0),
    settings.number('threshold', 0),
  ),
];

const leakyReluLayer: Decode = ({ settings }) => [
  relu(null, settings.number('negative_slope', settings.number('alpha', 0.3))),
];

const eluLayer: Decode = ({ settings }) => [elu(settings.number('alpha', 1))];

const softmaxLayer: Decode = (layer) => {
  requireLastAxis(layer);
  return [SOFTMAX];
};

/** Slopes of the input's shape, with 1 where Keras shares them. */
const preluLayer: Decode = (layer) => {
  const sample = layer.shapes[0]!.slice(1);
  const shared = layer.settings.raw('shared_axes') ?? [];
  if (!Array.isArray(shared) || shared.some((axis) => !isSize(axis, 1) || axis > sample.length))
    return layer.settings.fail(`has shared_axes ${shown(shared)}; expected axes from 1 to ${sample.length}`);
  const shape = sample.map((size, dimension) => (shared.includes(dimension + 1) ? 1 : size));
  const alpha = layer.constant('alpha', shape, layer.weight(['alpha'], shape));
  return [{ op: 'prelu', attributes: {}, others: [alpha] }];
};

/** The nodes of an `activation=` argument: a name, a serialized function, or a serialized layer. */
export function activationSteps(layer: LayerContext): readonly Step[] {
  const { settings } = layer;
  const activation = settings.raw('activation') ?? 'linear';
  if (typeof activation === 'string') return byName(activation, layer);
  if (!isRecord(activation)) return settings.fail('has an activation that is neither a name nor a layer');
  const { class_name: className, config } = activation;
  if (typeof className !== 'string') return settings.fail('has an activation without a class');
  if (typeof config === 'string') return byName(config, layer);
  const inner = {
    ...layer,
    settings: settingsOf(config, `${settings.where}, activation ${shortened(className)}`),
  };
  if (className === 'ELU') return eluLayer(inner);
  if (className === 'ReLU') return reluLayer(inner);
  if (className === 'LeakyReLU') return leakyReluLayer(inner);
  if (className === 'Softmax') return softmaxLayer(inner);
  return byName(className, layer);
}

/** Layers that are one activation function. */
export const ACTIVATION_LAYERS = {
  Activation: activationSteps,
  ELU: eluLayer,
  LeakyReLU: leakyReluLayer,
  PReLU: preluLayer,
  ReLU: reluLayer,
  Softmax: softmaxLayer,
} as const satisfies Record<string, Decode>;
