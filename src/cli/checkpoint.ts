import { join } from 'node:path';
import { z } from 'zod';
import type { Checkpoint, SampleResult } from '../eval/index.js';
import { CHECKPOINT, type CheckpointWriter, lengthsOf, readState, stateWriter } from './state-file.js';

const prediction = z.object({ top: z.array(z.number()), confidence: z.number().nullable() });
const lengths = z.array(z.tuple([z.string(), z.int().min(0)]));
const header = z.object({
  schema: z.literal('qpann.checkpoint/2'),
  request: z.string(),
  blocks: z.int().min(0),
  samples: z.array(
    z.object({
      file: z.string(),
      label: z.int(),
      predictions: z.object({ reference: prediction, tflite: prediction, recreated: prediction }),
    }),
  ),
  skipped: z.array(z.string()),
  lambda: lengths,
  mu: lengths,
});

/**
 * A writer for the run directory `folder`, still unfinished.
 * @param request identifies what is run, so that nothing else goes on from here
 * @param seconds time between checkpoints: what a killed run loses at most, beside its last blocks
 * @param onNotice called once if checkpoints cannot be written; the run does without
 */
export const checkpointWriter = (
  folder: string,
  request: string,
  seconds: number,
  onNotice: (message: string) => void,
): CheckpointWriter<Checkpoint> =>
  stateWriter(
    join(folder, CHECKPOINT),
    ({ blocks, samples, skipped, sums }) => ({
      header: {
        schema: 'qpann.checkpoint/2',
        request,
        blocks,
        samples,
        skipped,
        lambda: lengthsOf(sums.lambda),
        mu: lengthsOf(sums.mu),
      } satisfies Record<keyof z.infer<typeof header>, unknown>,
      arrays: [sums.lambda, sums.mu].flatMap((map) => [...map.values()]),
    }),
    seconds,
    onNotice,
  );

/**
 * The checkpoint of an unfinished run, or undefined if it had none yet.
 * @throws QpannError if it is damaged, or was made by another run than `request`
 */
export const readCheckpoint = (folder: string, request: string): Promise<Checkpoint | undefined> =>
  readState(
    join(folder, CHECKPOINT),
    request,
    (json) => header.parse(json),
    ({ blocks, samples, skipped, lambda, mu }, take) => ({
      blocks,
      samples: samples as SampleResult[],
      skipped,
      sums: { lambda: take(lambda), mu: take(mu) },
    }),
  );
