import { finiteDecibel } from './formulas.js';

/** The channel of a tensor that carries most noise. */
export interface WorstChannel {
  readonly channel: number;
  readonly sqnrDb: number;
}

/**
 * The channel with the lowest SQNR (thesis 4.3 over the activations of that channel; the lowest index among equals). Null where
 * no channel has both signal and noise.
 * @param channels size of the last dimension
 */
export function worstChannel(lambda: Float64Array, mu: Float64Array, channels: number): WorstChannel | null {
  const ratios = new Float64Array(channels);
  const noisy = new Float64Array(channels);
  for (let i = 0, channel = 0; i < lambda.length; i++, channel = (channel + 1) % channels) {
    if (mu[i] === 0) continue;
    ratios[channel]! += lambda[i]! / mu[i]!;
    noisy[channel]! += 1;
  }
  let worst: WorstChannel | null = null;
  for (let channel = 0; channel < channels; channel++) {
    const sqnrDb = finiteDecibel(ratios[channel]! / noisy[channel]!);
    if (sqnrDb !== null && (worst === null || sqnrDb < worst.sqnrDb)) worst = { channel, sqnrDb };
  }
  return worst;
}

/**
 * The channels that were 0 in every sample.
 * @param lambda λ of each activation
 * @param channels size of the last dimension
 */
export function deadChannels(lambda: Float64Array, channels: number): number[] {
  const isAlive = new Uint8Array(channels);
  for (let i = 0; i < lambda.length; i++) if (lambda[i] !== 0) isAlive[i % channels] = 1;
  return [...isAlive.keys()].filter((channel) => isAlive[channel] === 0);
}
