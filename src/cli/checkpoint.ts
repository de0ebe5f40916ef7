import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { failure, inputError, QpannError } from '../core/index.js';
import type { Checkpoint, SampleResult } from '../eval/index.js';
import type { TotalSums } from '../sqnr/index.js';

/** The file of an unfinished run that says how far it is. */
export const CHECKPOINT = 'checkpoint.bin';

const prediction = z.object({ top: z.array(z.number()), confidence: z.number().nullable() });
const sums = z.array(z.tuple([z.string(), z.int().min(0)]));
const header = z.object({
  schema: z.literal('qpann.checkpoint/1'),
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
  lambda: sums,
  mu: z.array(sums),
});

/** Writes checkpoints of a run into its directory, now and then. */
export interface CheckpointWriter {
  /** Whether one has been written. */
  readonly written: boolean;
  /** Writes the checkpoint if the last one is old enough. */
  offer(checkpoint: Checkpoint): Promise<void>;
}

/**
 * A writer for the run directory `folder`, still unfinished.
 * @param request identifies what is run, so that nothing else goes on from here
 * @param seconds time between checkpoints: what a killed run loses at most, beside its last blocks
 * @param onNotice called once if checkpoints cannot be written; the run does without
 */
export function checkpointWriter(
  folder: string,
  request: string,
  seconds: number,
  onNotice: (message: string) => void,
): CheckpointWriter {
  let last = Date.now();
  let written = false;
  let fails = false;
  return {
    get written() {
      return written;
    },
    async offer(checkpoint) {
      if (fails || Date.now() - last < seconds * 1000) return;
      try {
        await writeCheckpoint(folder, request, checkpoint);
        written = true;
      } catch (error) {
        if (!(error instanceof QpannError)) throw error;
        fails = true;
        onNotice(`${error.message}: the run goes on without checkpoints`);
      }
      last = Date.now();
    },
  };
}

async function writeCheckpoint(folder: string, request: string, checkpoint: Checkpoint): Promise<void> {
  const { blocks, samples, skipped, sums } = checkpoint;
  const { lambda, mu } = sums;
  const lengths = (map: TotalSums['lambda']) => [...map].map(([name, values]) => [name, values.length]);
  const text = JSON.stringify({
    schema: 'qpann.checkpoint/1',
    request,
    blocks,
    samples,
    skipped,
    lambda: lengths(lambda),
    mu: mu.map(lengths),
  } satisfies Record<keyof z.infer<typeof header>, unknown>);
  const path = join(folder, CHECKPOINT);
  const json = Buffer.from(text);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  try {
    const file = await open(`${path}.new`, 'w');
    try {
      await file.writeFile(size);
      await file.writeFile(json);
      for (const map of [lambda, ...mu])
        for (const { buffer, byteOffset, byteLength } of map.values())
          await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  } catch (cause) {
    throw failure(`cannot write ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * The checkpoint of an unfinished run, or undefined if it had none yet.
 * @throws QpannError if it is damaged, or was made by another run than `request`
 */
export async function readCheckpoint(folder: string, request: string): Promise<Checkpoint | undefined> {
  const path = join(folder, CHECKPOINT);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw inputError(`${path}: cannot be read: ${error.message}`, { cause: error });
  });
  if (bytes === undefined) return undefined;
  const damaged = (cause?: unknown): Error =>
    inputError(`${path}: is damaged: start the run again with --out and --force`, { cause });
  if (bytes.length < 8) throw damaged();
  const jsonBytes = Number(bytes.readBigUInt64LE());
  let state: z.infer<typeof header>;
  try {
    state = header.parse(JSON.parse(bytes.toString('utf8', 8, 8 + jsonBytes)));
  } catch (cause) {
    throw damaged(cause);
  }
  if (state.request !== request)
    throw inputError(`${path}: the model, the images or the configs have changed since: start the run again`);
  let offset = 8 + jsonBytes;
  const take = (lengths: readonly (readonly [string, number])[]): Map<string, Float64Array> =>
    new Map(
      lengths.map(([name, length]) => {
        const end = offset + length * 8;
        if (end > bytes.length) throw damaged();
        const values = new Float64Array(new Uint8Array(bytes.subarray(offset, end)).buffer);
        offset = end;
        return [name, values];
      }),
    );
  const totals = { lambda: take(state.lambda), mu: state.mu.map(take) };
  if (offset !== bytes.length) throw damaged();
  return {
    blocks: state.blocks,
    samples: state.samples as SampleResult[],
    skipped: state.skipped,
    sums: totals,
  };
}
