import {
  ACTIVATION_BOUNDS,
  type Activation,
  type BatchNormAttributes,
  type ReluAttributes,
  type Site,
} from '../ops/index.js';
import { normParameters } from './batch-norm.js';
import type { Follower } from './fast-kernel.js';
import { COLUMNS } from './pack.js';
import { clampBounds } from './unary-float32.js';
import { hasConstantParameters } from './weighted.js';

/** What a float32 kernel does with a sum after the bias: a batch normalization if there is one, then a clamp. */
export interface Epilogue {
  readonly norm: Site<BatchNormAttributes> | undefined;
  readonly bounds: readonly [min: number, max: number];
}

/** Numbers of each channel: mean, scale and offset. */
const NORM_PARAMETERS = 3;

/** Bytes that the batch normalization of some panels of channels takes. */
export const normBytes = ({ norm }: Epilogue, panels: number): number =>
  norm === undefined ? 0 : panels * NORM_PARAMETERS * COLUMNS * 4;

/**
 * The activation of a layer and the operators behind it as an epilogue, or undefined if they are none: a batch normalization, then
 * a ReLU that only clamps, each of which may be absent.
 */
export function epilogueOf(activation: Activation, followers: readonly Follower[]): Epilogue | undefined {
  const [first, ...others] = followers;
  const isNorm = first?.op === 'batch_norm';
  const [relu, ...rest] = isNorm ? others : followers;
  const bounds = relu === undefined ? ACTIVATION_BOUNDS[activation] : boundsOf(relu);
  if (bounds === undefined || rest.length > 0 || (followers.length > 0 && activation !== 'none'))
    return undefined;
  return { norm: isNorm ? (first.site as Site<BatchNormAttributes>) : undefined, bounds };
}

const boundsOf = ({ op, site }: Follower) =>
  op === 'relu' ? clampBounds(site.attributes as ReluAttributes) : undefined;

/** Whether a layer can do the work of the operators behind it: `absorbs` of a kernel. */
export const absorbsEpilogue = (
  { attributes }: Site<{ readonly activation: Activation }>,
  followers: readonly Follower[],
): boolean => {
  const epilogue = epilogueOf(attributes.activation, followers);
  return epilogue !== undefined && (epilogue.norm === undefined || hasConstantParameters(epilogue.norm));
};

/** Writes the parameters of a batch normalization for channels from `first` on, in panels. */
export function packNorm(
  { norm }: Epilogue,
  buffer: ArrayBufferLike,
  address: number,
  first: number,
  channels: number,
): void {
  if (norm === undefined) return;
  const { means, scales, offsets } = normParameters(norm);
  const packed = new Float32Array(buffer, address, Math.ceil(channels / COLUMNS) * NORM_PARAMETERS * COLUMNS);
  for (let column = 0; column < channels; column++) {
    const panel = Math.floor(column / COLUMNS) * NORM_PARAMETERS * COLUMNS + (column % COLUMNS);
    packed[panel] = means[first + column]!;
    packed[panel + COLUMNS] = scales[first + column]!;
    packed[panel + 2 * COLUMNS] = offsets[first + column]!;
  }
}
