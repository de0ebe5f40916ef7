import { open, readFile, rename } from 'node:fs/promises';
import { failure, inputError, QpannError } from '../core/index.js';

/** The file of an unfinished run that says how far it is. */
export const CHECKPOINT = 'checkpoint.bin';

/** What a checkpoint holds: a header of plain data, and numbers. */
export interface State {
  readonly header: object;
  readonly arrays: Iterable<Float64Array>;
}

/** Writes checkpoints of a run into its directory, now and then. */
export interface CheckpointWriter<Checkpoint> {
  /** Whether one has been written. */
  readonly written: boolean;
  /** Writes the checkpoint if the last one is old enough. */
  offer(checkpoint: Checkpoint): Promise<void>;
}

/**
 * A writer of checkpoints.
 * @param path of the file, in a directory that is still unfinished
 * @param stateOf what of a checkpoint is written
 * @param seconds time between checkpoints: what a killed run loses at most, beside its last blocks
 * @param onNotice called once if checkpoints cannot be written; the run does without
 */
export function stateWriter<Checkpoint>(
  path: string,
  stateOf: (checkpoint: Checkpoint) => State,
  seconds: number,
  onNotice: (message: string) => void,
): CheckpointWriter<Checkpoint> {
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
        await writeState(path, stateOf(checkpoint));
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

async function writeState(path: string, { header, arrays }: State): Promise<void> {
  const json = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  try {
    const file = await open(`${path}.new`, 'w');
    try {
      await file.writeFile(size);
      await file.writeFile(json);
      for (const { buffer, byteOffset, byteLength } of arrays)
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

/** A map of arrays as a header describes it, and how to read it again. */
export type Lengths = readonly (readonly [string, number])[];

/** Names and lengths of arrays. */
export const lengthsOf = (arrays: ReadonlyMap<string, Float64Array>): Lengths =>
  [...arrays].map(([name, { length }]) => [name, length]);

/**
 * Reads a checkpoint; undefined if there is none yet.
 * @param parse checks the header; what it throws means that the file is damaged
 * @param request that the header must name
 * @param read makes the checkpoint, taking its arrays in their order
 * @throws QpannError if it is damaged, or was made by another run than `request`
 */
export async function readState<Header extends { readonly request: string }, Checkpoint>(
  path: string,
  request: string,
  parse: (json: unknown) => Header,
  read: (header: Header, take: (lengths: Lengths) => Map<string, Float64Array>) => Checkpoint,
): Promise<Checkpoint | undefined> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw inputError(`${path}: cannot be read: ${error.message}`, { cause: error });
  });
  if (bytes === undefined) return undefined;
  const damaged = (cause?: unknown): Error =>
    inputError(
      `${path}: is damaged, or of another version of QPANN: start the run again with --out and --force`,
      { cause },
    );
  if (bytes.length < 8) throw damaged();
  const jsonBytes = Number(bytes.readBigUInt64LE());
  let header: Header;
  try {
    header = parse(JSON.parse(bytes.toString('utf8', 8, 8 + jsonBytes)));
  } catch (cause) {
    throw damaged(cause);
  }
  if (header.request !== request)
    throw inputError(`${path}: the model, the images or the configs have changed since: start the run again`);
  let offset = 8 + jsonBytes;
  const checkpoint = read(
    header,
    (lengths) =>
      new Map(
        lengths.map(([name, length]) => {
          const end = offset + length * 8;
          if (end > bytes.length) throw damaged();
          const values = new Float64Array(new Uint8Array(bytes.subarray(offset, end)).buffer);
          offset = end;
          return [name, values];
        }),
      ),
  );
  if (offset !== bytes.length) throw damaged();
  return checkpoint;
}
