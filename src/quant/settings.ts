import picomatch from 'picomatch';
import { inputError, type Layer } from '../core/index.js';
import type { CustomLayer } from '../ops/index.js';

/** Whether to merge what follows a layer: `auto` does where it can, `true` insists. */
export type Merge = boolean | 'auto';

/** One entry of a recreation config (thesis 4.5 and appendix A): layers to replace, and with what. */
export interface RecreationEntry {
  /** Class of the layers, for example `conv2d` or `depthwise_conv2d`; any class when absent. */
  readonly name?: string;
  /** Positions in Keras `model.layers`. */
  readonly indices?: readonly number[];
  /** Names of layers, with globs. */
  readonly layers?: readonly string[];
  /** Every layer (of the class `name`). */
  readonly all?: boolean;
  /** Layers taken out of the selection again: names with globs. */
  readonly except?: readonly string[];
  readonly quantized?: boolean;
  readonly merge_batch_norm?: Merge;
  readonly merge_relu?: Merge;
  readonly per_channel_quantization?: boolean;
  readonly symmetric_weights?: boolean;
  readonly rounding_div?: boolean;
  readonly weight_bits?: number;
  readonly activation_bits?: number;
  readonly requantize?: boolean;
  readonly relu_range?: 'calibrated' | 'fixed';
  readonly custom?: CustomLayer;
}

/** A layer that the config chose, with the entry that chose it. */
export interface ChosenLayer {
  readonly layer: Layer;
  readonly entry: RecreationEntry;
  /** Number of the entry, from 0, for messages. */
  readonly entryIndex: number;
}

const normalized = (name: string): string => name.toLowerCase().replaceAll('_', '');

/** Whether a Keras class is what a config calls `name`: `DepthwiseConv2D` is `depthwise_conv2d`. */
export const isClass = (className: string, name: string): boolean =>
  normalized(className) === normalized(name);

/** Whether a glob, or a name that happens to contain a glob's characters, means this layer. */
const isCalled = (name: string, glob: string): boolean => name === glob || picomatch.isMatch(name, glob);

/**
 * Finds the layers that each entry chooses.
 * @throws QpannError for an index that does not exist or is of another class, a glob that matches nothing, an entry that
 *   selects nothing, and a layer chosen twice
 */
export function chooseLayers(layers: readonly Layer[], config: readonly RecreationEntry[]): ChosenLayer[] {
  const chosen = new Map<number, ChosenLayer>();
  config.forEach((entry, entryIndex) => {
    for (const layer of select(layers, entry, `recreation entry ${entryIndex}`)) {
      const earlier = chosen.get(layer.index);
      if (earlier !== undefined)
        throw inputError(
          `recreation entry ${entryIndex}: layer ${layer.index} ${layer.name} is already in entry ${earlier.entryIndex}`,
        );
      chosen.set(layer.index, { layer, entry, entryIndex });
    }
  });
  return [...chosen.values()];
}

function select(layers: readonly Layer[], entry: RecreationEntry, where: string): Layer[] {
  const { name, indices, layers: globs, all, except } = entry;
  const ofClass = ({ className }: Layer): boolean => name === undefined || isClass(className, name);
  const found = new Set<Layer>();
  if (indices === undefined && globs === undefined && all !== true)
    throw inputError(`${where} selects no layer: give indices, layers or all: true`);
  for (const index of indices ?? []) {
    const layer = layers.find((candidate) => candidate.index === index);
    if (layer === undefined)
      throw inputError(`${where}: there is no layer ${index}; indices go from 0 to ${layers.at(-1)?.index}`);
    if (!ofClass(layer))
      throw inputError(`${where}: layer ${index} ${layer.name} is ${layer.className}, not ${name}`);
    found.add(layer);
  }
  for (const glob of globs ?? []) {
    const matches = layers.filter((layer) => ofClass(layer) && isCalled(layer.name, glob));
    if (matches.length === 0)
      throw inputError(
        `${where}: no ${name ?? 'layer'} is called ${glob}${suggestions(layers.filter(ofClass))}`,
      );
    for (const layer of matches) found.add(layer);
  }
  if (all === true) for (const layer of layers.filter(ofClass)) found.add(layer);
  if (all === true && found.size === 0)
    throw inputError(`${where}: the model has no ${name}${classes(layers)}`);
  for (const glob of except ?? [])
    if (!layers.some(({ name: candidate }) => isCalled(candidate, glob)))
      throw inputError(`${where}: no layer is called ${glob}, so except takes nothing out`);
  const kept = [...found].filter((layer) => !(except ?? []).some((glob) => isCalled(layer.name, glob)));
  if (kept.length === 0) throw inputError(`${where} selects no layer`);
  return kept.sort((a, b) => a.index - b.index);
}

function suggestions(layers: readonly Layer[]): string {
  const names = layers.slice(0, 5).map((layer) => layer.name);
  return names.length === 0 ? '' : `; there are ${names.join(', ')}${layers.length > 5 ? ', …' : ''}`;
}

const classes = (layers: readonly Layer[]): string =>
  `; it has ${[...new Set(layers.map(({ className }) => className))].join(', ')}`;
