import type { Graph, Layer } from '../core/index.js';
import type { RecreationConfig, ResolvedEntry } from '../eval/index.js';
import { opOf } from '../ops/index.js';
import { chooseLayers, type RecreatedModel, type RecreationEntry } from '../quant/index.js';

/** Hyper-parameters of a layer: an entry of a recreation config without its choice of layers. */
export type LayerSettings = Omit<RecreationEntry, 'indices' | 'layers' | 'all' | 'except'>;

/** A layer that a recreation config replaces, with those that are merged into it, and what it becomes. */
export interface ChosenSettings {
  readonly layer: Layer;
  readonly settings: LayerSettings;
  /** File of a custom layer. */
  readonly module?: string;
}

/**
 * What a recreation config says of each layer that is left in the Recreated model, in its running order: choices that merged
 * layers have of their own are gone, and what `all` implies is written out. The same model comes of it.
 * @param recreated the model of that config
 */
export function settingsOf(
  reference: Graph,
  layers: readonly Layer[],
  { entries, resolved }: RecreationConfig,
  recreated: RecreatedModel,
): ChosenSettings[] {
  const chosen = new Map(chooseLayers(layers, entries).map((choice) => [choice.layer.index, choice]));
  const present = new Set(
    recreated.graph.nodes.flatMap(({ source, outputs }) =>
      source !== undefined && outputs.some((name) => recreated.replaced.has(name)) ? [source.index] : [],
    ),
  );
  return [...present].map((index) => {
    const { layer, entry, entryIndex } = chosen.get(index)!;
    const { indices: _, layers: __, all, except: ___, ...settings } = entry;
    const implied = all === true && settings.custom === undefined && takes(reference, layer, 'requantize');
    const { module } = resolved[entryIndex]!;
    return {
      layer,
      settings: implied ? { requantize: true, ...settings } : settings,
      ...(module !== undefined && { module }),
    };
  });
}

/** A hyper-parameter that a search may change. */
export type Setting = Exclude<keyof LayerSettings, 'name' | 'custom'>;

/** Whether a hyper-parameter means something for a layer. */
export function takes(reference: Graph, layer: Layer, key: Setting): boolean {
  const rules = reference.nodes.flatMap(({ op, source }) =>
    source?.index === layer.index ? (opOf(op).quantization ?? []) : [],
  );
  if (key === 'quantized' || key === 'relu_range' || key === 'activation_bits') return rules.length > 0;
  if (key === 'weight_bits') return rules.some(({ weights }) => weights !== undefined);
  return rules.some(({ flags }) => flags.includes(key));
}

/**
 * The recreation config that gives each layer its settings: one entry for those with the same, in the order of the layers.
 * Layers are named where the name is theirs alone.
 */
export function recreationOf(layers: readonly Layer[], choices: readonly ChosenSettings[]): RecreationConfig {
  const groups = new Map<string, ChosenSettings[]>();
  for (const choice of choices) {
    const { custom: _, ...plain } = choice.settings;
    const key = JSON.stringify([Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)), choice.module]);
    groups.set(key, [...(groups.get(key) ?? []), choice]);
  }
  const entries: RecreationEntry[] = [];
  const resolved: ResolvedEntry[] = [];
  for (const group of groups.values()) {
    const [{ settings, module }] = group as [ChosenSettings];
    const { name, custom, ...rest } = settings;
    const selected = {
      ...(name !== undefined && { name }),
      ...selectorOf(
        layers,
        group.map(({ layer }) => layer),
      ),
      ...rest,
    };
    entries.push(custom === undefined ? selected : { ...selected, custom });
    resolved.push(module === undefined ? selected : { ...selected, module });
  }
  return { entries, resolved };
}

function selectorOf(
  all: readonly Layer[],
  chosen: readonly Layer[],
): Pick<RecreationEntry, 'layers' | 'indices'> {
  const isPlain = ({ name }: Layer): boolean =>
    /^[\w ./:-]+$/.test(name) && all.filter((layer) => layer.name === name).length === 1;
  return chosen.every(isPlain)
    ? { layers: chosen.map(({ name }) => name) }
    : { indices: chosen.map(({ index }) => index) };
}

/** The choices with one hyper-parameter, or several, changed wherever they mean something. */
export function changed(
  reference: Graph,
  choices: readonly ChosenSettings[],
  values: Partial<LayerSettings>,
): ChosenSettings[] {
  return choices.map((choice) => {
    if (choice.settings.custom !== undefined) return choice;
    const applicable = Object.entries(values).filter(([key]) =>
      takes(reference, choice.layer, key as Setting),
    );
    return { ...choice, settings: { ...choice.settings, ...Object.fromEntries(applicable) } };
  });
}
