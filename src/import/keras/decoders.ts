import type { Decode } from './layer.js';
import { ACTIVATION_LAYERS } from './layers/activations.js';
import { IDENTITY_LAYERS } from './layers/identity.js';
import { MERGE_LAYERS, OPERATOR_LAYERS } from './layers/merge.js';
import { NORMALIZATION_LAYERS } from './layers/normalization.js';
import { SPATIAL_LAYERS } from './layers/spatial.js';
import { WEIGHTED_LAYERS } from './layers/weighted.js';

const TABLE = {
  ...ACTIVATION_LAYERS,
  ...IDENTITY_LAYERS,
  ...MERGE_LAYERS,
  ...OPERATOR_LAYERS,
  ...NORMALIZATION_LAYERS,
  ...SPATIAL_LAYERS,
  ...WEIGHTED_LAYERS,
} as const;

/** A Keras layer class that can be imported. `InputLayer` is part of the topology and has no decoder. */
export type KerasClass = keyof typeof TABLE;

/** How each layer class becomes nodes. */
export const DECODERS: Readonly<Record<KerasClass, Decode>> = TABLE;

/** Whether a class can be imported. */
export const isKerasClass = (className: string): className is KerasClass => Object.hasOwn(TABLE, className);

/** Whether a class takes several inputs. */
export const mergesInputs = (className: KerasClass): boolean =>
  Object.hasOwn(MERGE_LAYERS, className) || Object.hasOwn(OPERATOR_LAYERS, className);

/** Whether a class computes the same in training, so that it does not matter which of both a layer was called for. */
export const ignoresTraining = (className: string): boolean => Object.hasOwn(SPATIAL_LAYERS, className);

/** Whether a class may stand for an operator such as x + 3, whose sides are tensors or numbers. */
export const isOperator = (className: string): boolean => Object.hasOwn(OPERATOR_LAYERS, className);

/** The supported classes, for messages. */
export const supportedClasses = (): string => ['InputLayer', ...Object.keys(TABLE)].sort().join(', ');
