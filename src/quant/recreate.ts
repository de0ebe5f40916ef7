import type { Graph, Layer, Node, Quantization } from '../core/index.js';
import { type Flag, opOf } from '../ops/index.js';
import { calibratedSource, dataInputs, type ParameterSource, quantizationOf } from './assign.js';
import { FLAGS, hasKernel, type MergedChoice, mergeChosen, replacesByIntegers } from './choice.js';
import { type IntegerSettings, quantizeNodes } from './integer.js';
import type { LoweredModel } from './lower.js';
import type { Range } from './parameters.js';
import type { ChosenLayer, RecreationEntry } from './settings.js';

/** The model with chosen layers replaced, and which those are. */
export interface RecreatedModel {
  readonly graph: Graph;
  /** Names of the tensors that replaced layers write. */
  readonly replaced: ReadonlySet<string>;
  /** Hyper-parameters of every operator that integers replace, by the tensor that it writes. */
  readonly settings: ReadonlyMap<string, LayerSettings>;
}

/** The hyper-parameters that an operator takes, with every default and `auto` settled, in the spelling of a recreation config. */
export type LayerSettings = Readonly<
  Pick<RecreationEntry, 'relu_range' | 'weight_bits' | 'activation_bits'> & Partial<Record<Flag, boolean>>
>;

/** What recreation starts from. */
export interface RecreationBasis {
  readonly reference: Graph;
  readonly layers: readonly Layer[];
  /** Calibrated ranges, from `startCalibration(reference)`: of all activations, or those that `rangesNeeded` names beside the merged. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** TensorFlow Lite's choice of parameters, the default of every layer. */
  readonly lowered: LoweredModel;
}

/**
 * Copies the Reference with chosen layers replaced by integer or custom operators (thesis 4.1 and 4.2).
 * @param choice what `mergeChosen` makes of the config
 * @throws QpannError for settings that do not fit the layers
 */
export function recreate(
  basis: RecreationBasis,
  config: readonly RecreationEntry[],
  choice: MergedChoice = mergeChosen(basis.reference, basis.layers, config),
): RecreatedModel {
  const { graph: merged, choiceOf, hasNorm } = choice;
  const settings = new Map<string, LayerSettings>();
  const graph = quantizeNodes(
    { ...merged, name: `${basis.reference.name} (recreated)` },
    (node) => {
      const chosen = choiceOf(node);
      const integer = integerSettings(basis, merged, node, chosen);
      if (integer !== null)
        settings.set(
          node.outputs[0]!,
          settingsOf(node, chosen!.entry, integer, hasNorm.has(node.inputs[1]!)),
        );
      return integer;
    },
    'float',
  );
  const written = graph.nodes.flatMap((node) => (choiceOf(node) === undefined ? [] : node.outputs));
  return { graph, replaced: new Set(written), settings };
}

/** What a layer was made with, of what its operator takes. */
function settingsOf(
  node: Node,
  entry: RecreationEntry,
  chosen: IntegerSettings,
  hasNorm: boolean,
): LayerSettings {
  const { flags, weights } = opOf(node.op).quantization!;
  const isMerged = node.attributes.activation !== undefined && node.attributes.activation !== 'none';
  const values: Readonly<Record<Flag, boolean>> = {
    rounding_div: chosen.numerics.rounding === 'nearest',
    symmetric_weights: chosen.symmetricWeights,
    per_channel_quantization: chosen.perChannel,
    merge_batch_norm: hasNorm,
    merge_relu: isMerged,
    requantize: entry.requantize ?? entry.all ?? false,
  };
  return {
    ...(weights && { weight_bits: chosen.weightBits }),
    activation_bits: entry.activation_bits ?? 8,
    ...Object.fromEntries(FLAGS.flatMap((flag) => (flags.includes(flag) ? [[flag, values[flag]]] : []))),
    ...(isMerged && { relu_range: entry.relu_range ?? 'calibrated' }),
  };
}

/** The arithmetic of one chosen layer; null for one that stays in float. */
function integerSettings(
  { ranges, lowered }: RecreationBasis,
  graph: Graph,
  node: Node,
  choice: ChosenLayer | undefined,
): IntegerSettings | null {
  const rules = opOf(node.op).quantization;
  if (!replacesByIntegers(choice) || rules === undefined || !hasKernel(node, choice!.entry)) return null;
  const { entry } = choice!;
  const weightBits = entry.weight_bits ?? 8;
  const activationBits = entry.activation_bits ?? 8;
  const wide = weightBits > 8 || activationBits > 8;
  const sourceOf = (name: string): ParameterSource =>
    lowered.parameters.get(name) ?? calibratedSource(graph, ranges, name);
  const parameters = (name: string): Quantization => quantizationOf(sourceOf(name), activationBits, wide);

  const requantizes = entry.requantize ?? entry.all ?? false;
  const keepsInput = rules.output === 'shared' || (rules.flags.includes('requantize') && !requantizes);
  const first = dataInputs(node)[0]!;
  const isFixedRelu6 = entry.relu_range === 'fixed' && node.attributes.activation === 'relu6';
  const ownOutput = (name: string): Quantization => {
    if (isFixedRelu6)
      return quantizationOf({ kind: 'range', range: { min: 0, max: 6 } }, activationBits, wide);
    if (typeof rules.output === 'object')
      return quantizationOf({ kind: 'fixed', ...rules.output }, activationBits > 8 ? 16 : 8);
    return parameters(name);
  };
  const output = keepsInput && dataInputs(node).length === 1 ? () => parameters(first) : ownOutput;
  return {
    weightBits,
    symmetricWeights: entry.symmetric_weights ?? true,
    perChannel: entry.per_channel_quantization ?? rules.weights?.perChannel ?? false,
    numerics: {
      rounding: entry.rounding_div === false ? 'floor' : 'nearest',
      accumulatorBits: wide ? 64 : 32,
    },
    input: rules.output === 'shared' ? () => output(node.outputs[0]!) : parameters,
    output,
  };
}
