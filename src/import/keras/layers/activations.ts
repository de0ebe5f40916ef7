import { type Decode, type LayerContext, requireLastAxis, type Step } from '../layer.js';
import { isRecord, type Settings, settingsOf, shortened } from '../settings.js';

const relu = (max: number | null, negativeSlope = 0, threshold = 0): Step => ({
  op: 'relu',
  attributes: {
    max: max === null ? null : Math.fround(max),
    negativeSlope: Math.fround(negativeSlope),
    threshold: Math.fround(threshold),
  },
});
const SOFTMAX: Step = { op: 'softmax', attributes: { beta: 1 } };

/** Activation functions by the name that Keras gives them. */
const FUNCTIONS: Readonly<Record<string, readonly Step[]>> = {
  linear: [],
  relu: [relu(null)],
  relu6: [relu(6)],
  leaky_relu: [relu(null, 0.2)],
  softmax: [SOFTMAX],
  sigmoid: [{ op: 'logistic', attributes: {} }],
  tanh: [{ op: 'tanh', attributes: {} }],
};

function byName(name: string, settings: Settings): readonly Step[] {
  if (Object.hasOwn(FUNCTIONS, name)) return FUNCTIONS[name]!;
  return settings.fail(
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

const softmaxLayer: Decode = (layer) => {
  requireLastAxis(layer);
  return [SOFTMAX];
};

/** The nodes of an `activation=` argument: a name, a serialized function, or a serialized layer. */
export function activationSteps(layer: LayerContext): readonly Step[] {
  const { settings } = layer;
  const activation = settings.raw('activation') ?? 'linear';
  if (typeof activation === 'string') return byName(activation, settings);
  if (!isRecord(activation)) return settings.fail('has an activation that is neither a name nor a layer');
  const { class_name: className, config } = activation;
  if (typeof className !== 'string') return settings.fail('has an activation without a class');
  if (typeof config === 'string') return byName(config, settings);
  const inner = {
    ...layer,
    settings: settingsOf(config, `${settings.where}, activation ${shortened(className)}`),
  };
  if (className === 'ReLU') return reluLayer(inner);
  if (className === 'LeakyReLU') return leakyReluLayer(inner);
  if (className === 'Softmax') return softmaxLayer(inner);
  return byName(className, settings);
}

/** Layers that are one activation function. */
export const ACTIVATION_LAYERS = {
  Activation: activationSteps,
  LeakyReLU: leakyReluLayer,
  ReLU: reluLayer,
  Softmax: softmaxLayer,
} as const satisfies Record<string, Decode>;
