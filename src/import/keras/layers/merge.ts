import { formatShape } from '../../../core/index.js';
import type { Decode, LayerContext } from '../layer.js';

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

/** Layers with several inputs. */
export const MERGE_LAYERS = {
  Add: chain('add', 'sum'),
  Concatenate: concatenate,
  Maximum: chain('maximum', 'largest'),
  Minimum: chain('minimum', 'smallest'),
  Multiply: chain('mul', 'product'),
  Subtract: chain('sub', 'difference', 2),
} as const satisfies Record<string, Decode>;
