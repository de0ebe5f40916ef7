import { join } from 'node:path';
import { z } from 'zod';
import type { SearchCheckpoint } from '../search/index.js';
import { CHECKPOINT, type CheckpointWriter, lengthsOf, readState, stateWriter } from './state-file.js';

const sums = z.array(z.tuple([z.string(), z.int().min(0)]));
const outcome = z.object({
  file: z.string(),
  label: z.int(),
  first: z.array(z.int()),
  hits5: z.array(z.int()),
});
const header = z.object({
  schema: z.literal('qpann.sweep-checkpoint/2'),
  request: z.string(),
  blocks: z.int().min(1),
  parts: z.array(
    z.object({ outcomes: z.array(outcome), skipped: z.array(z.string()), lambda: sums, mu: sums }),
  ),
});

/** A writer of checkpoints of a sweep, as that of an evaluation. */
export const sweepCheckpointWriter = (
  folder: string,
  request: string,
  seconds: number,
  onNotice: (message: string) => void,
): CheckpointWriter<SearchCheckpoint> =>
  stateWriter(
    join(folder, CHECKPOINT),
    ({ parts, blocks }) => ({
      header: {
        schema: 'qpann.sweep-checkpoint/2',
        request,
        blocks,
        parts: parts.map(({ outcomes, skipped, lambda, mu }) => ({
          outcomes,
          skipped,
          lambda: lengthsOf(lambda),
          mu: lengthsOf(mu),
        })),
      } satisfies Record<keyof z.infer<typeof header>, unknown>,
      arrays: parts.flatMap(({ lambda, mu }) => [...lambda.values(), ...mu.values()]),
    }),
    seconds,
    onNotice,
  );

/**
 * The checkpoint of an unfinished sweep, or undefined if it had none yet.
 * @throws QpannError if it is damaged, or was made by another sweep than `request`
 */
export const readSweepCheckpoint = (folder: string, request: string): Promise<SearchCheckpoint | undefined> =>
  readState(
    join(folder, CHECKPOINT),
    request,
    (json) => header.parse(json),
    ({ parts, blocks }, take) => ({
      blocks,
      parts: parts.map(({ outcomes, skipped, lambda, mu }) => ({
        outcomes,
        skipped,
        lambda: take(lambda),
        mu: take(mu),
      })),
    }),
  );
