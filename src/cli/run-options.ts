import type { NumericsProfile } from '../core/index.js';

/** Options of `qpann eval`, settled. */
export interface RunOptions {
  readonly network: string;
  readonly recreation: string | undefined;
  /** Directory of a run to repeat. */
  readonly from: string | undefined;
  /** Directory of a run to go on with. */
  readonly resume: string | undefined;
  readonly out?: string;
  readonly limit: number | undefined;
  readonly format: 'text' | 'json';
  readonly quiet: boolean;
  readonly force: boolean;
  readonly skipBadImages?: boolean | undefined;
  readonly numerics?: NumericsProfile | undefined;
  /** Machine file, or the name of one that comes along. */
  readonly machine?: string | undefined;
  readonly workers: number;
  /** Whether decoded images are kept for the next run. */
  readonly cache: boolean;
  /** Seconds between checkpoints. */
  readonly checkpoint: number;
}
