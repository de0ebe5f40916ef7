import type { Decode } from '../layer.js';

const identity: Decode = () => [];

/** Layers that act in training only. */
export const IDENTITY_LAYERS = {
  ActivityRegularization: identity,
  AlphaDropout: identity,
  Dropout: identity,
  GaussianDropout: identity,
  GaussianNoise: identity,
  Identity: identity,
  SpatialDropout2D: identity,
} as const satisfies Record<string, Decode>;
