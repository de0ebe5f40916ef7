import { formatShape } from '../../../core/index.js';
import type { Decode, LayerContext } from '../layer.js';
import { shortened } from '../settings.js';

function requireSeveral({ settings, shapes }: LayerContext, least: number, most = Infinity): void {
  if (shapes.length < least || shapes.length > most)
    settings.fail(`has ${shapes.length} inputs; expected ${least}${most === least ? '' : ' or more'}`);
  const [first, ...others] = shapes;
  for (const shape of others)
    if (shape.length !== first!.length)
      settings.fail(`merges shapes ${formatShape(first!)} and ${formatShape(shape)}`);
}

/** A chain over the inputs: ((a ∘ b) ∘ c) ∘ d. */
const chain =
  (op: 'add' | 'maximum' | 'minimum' | 'mul' | 'sub', stage: string, most?: number): Decode =>
  (layer) => {
    requireSeveral(layer, 2, most);
    return layer.inputs.slice(1).map((input, i) => ({
      op,
      attributes: op === 'maximum' || op === 'minimum' ? {} : { activation: 'none' },
      others: [input],
      stage: `${stage}_${i + 1}`,
    }));
  };

const concatenate: Decode = (layer) => {
  const { settings, shapes, inputs } = layer;
  requireSeveral(layer, 1);
  const rank = shapes[0]!.length;
  const given = settings.number('axis', -1);
  const axis = given < 0 ? given + rank : given;
  if (!Number.isInteger(axis) || axis < 1 || axis >= rank)
    return settings.fail(`has axis ${given}; expected 1 to ${rank - 1} or −1`);
  return inputs.length === 1 ? [] : [{ op: 'concatenation', attributes: { axis }, others: inputs.slice(1) }];
};

type Arithmetic = 'add' | 'mul' | 'sub';

/** An operator on two tensors, or on a tensor and a number, which comes second where the order is free. */
const operator =
  (op: Arithmetic): Decode =>
  (layer) => {
    const operands = layer.operands ?? layer.settings.fail('is not called as an operator');
    if (layer.inputs.length > 1) requireSeveral(layer, 2);
    const sides = operands.map((operand) =>
      typeof operand === 'string' ? operand : layer.constant('constant', [], Float32Array.of(operand)),
    );
    const read = typeof operands[0] === 'number' && op !== 'sub' ? sides.reverse() : sides;
    return [{ op, attributes: { activation: 'none' }, reads: () => read }];
  };

/** A layer of Keras, or the operator that Keras 3 calls by its name. */
const layerOrOperator =
  (op: Arithmetic, stage: string, most?: number): Decode =>
  (layer) =>
    (layer.operands === undefined ? chain(op, stage, most) : operator(op))(layer);

/** TensorFlow's names of operators, as Keras 2 writes them. */
const FUNCTIONS: Readonly<Record<string, Arithmetic>> = {
  '__operators__.add': 'add',
  'math.add': 'add',
  'math.multiply': 'mul',
  'math.subtract': 'sub',
};

const functionLayer: Decode = (layer) => {
  const name = layer.settings.text('function');
  return Object.hasOwn(FUNCTIONS, name)
    ? operator(FUNCTIONS[name]!)(layer)
    : layer.settings.fail(
        `calls tf.${shortened(name)}; of operators sums, differences and products are supported`,
      );
};

/** Layers with several inputs. */
export const MERGE_LAYERS = {
  Concatenate: concatenate,
  Maximum: chain('maximum', 'largest'),
  Minimum: chain('minimum', 'smallest'),
} as const satisfies Record<string, Decode>;

/** Layers that are, or may be, an operator such as x + 3. */
export const OPERATOR_LAYERS = {
  Add: layerOrOperator('add', 'sum'),
  Multiply: layerOrOperator('mul', 'product'),
  Subtract: layerOrOperator('sub', 'difference', 2),
  TFOpLambda: functionLayer,
} as const satisfies Record<string, Decode>;
