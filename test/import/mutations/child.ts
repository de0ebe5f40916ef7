import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { dtypeOf, type TensorData } from '../../../src/core/index.js';
import { mutate } from './mutate.js';
import { type Outcome, outcomeOf, type Ran } from './outcome.js';
import { mutationSources } from './sources.js';

/** What a child is to do: its share of the files, and for each of them the seeds from `from` on. */
export interface Task {
  readonly part: number;
  readonly parts: number;
  readonly from: number;
  readonly mutations: number;
  /** Only files whose name contains this. */
  readonly file: string;
  /** Golden cases of each operator that are files too. */
  readonly cases: number;
  /** Folder for what ran, with input and output, a JSON object a line; for tools/oracle/mutations.py. */
  readonly out?: string;
}

/** What a child says: what it is about to do, what went wrong, and in the end how often what came out. */
export type Message =
  | { readonly kind: 'begin' | 'failure'; readonly text: string }
  | { readonly kind: 'end'; readonly counts: Counts };

/** Number of mutations by outcome. */
export type Counts = Readonly<Record<Outcome['kind'], number>>;

const say = (message: Message): void => void process.send!(message);

async function work({ part, parts, from, mutations, file, cases, out }: Task): Promise<void> {
  const counts: Record<Outcome['kind'], number> = { refused: 0, imported: 0, ran: 0 };
  const sources = mutationSources(cases).filter(({ name }, i) => i % parts === part && name.includes(file));
  for (const source of sources)
    for (let seed = from; seed < from + mutations; seed++) {
      const { bytes, text } = mutate(source, seed);
      const what = `${source.name}, seed ${seed}: ${text}`;
      say({ kind: 'begin', text: what });
      // Messages leave between turns.
      await new Promise((resolve) => setImmediate(resolve));
      try {
        const outcome = await outcomeOf(source.name, bytes);
        counts[outcome.kind] += 1;
        if (out !== undefined && outcome.kind === 'ran' && source.name.endsWith('.tflite'))
          appendFileSync(
            join(out, `part-${part}.jsonl`),
            `${JSON.stringify(record(what, bytes, outcome))}\n`,
          );
      } catch (error) {
        say({ kind: 'failure', text: `${what}: ${error instanceof Error ? error.stack : error}` });
      }
    }
  say({ kind: 'end', counts });
}

function record(what: string, bytes: Uint8Array, { input, output }: Ran): object {
  const base64 = ({ buffer, byteOffset, byteLength }: TensorData): string =>
    Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return {
    what,
    file: Buffer.from(bytes).toString('base64'),
    input: base64(input),
    output: base64(output),
    dtype: dtypeOf(output),
  };
}

process.once('message', (task: Task) => {
  work(task).then(
    () => process.disconnect(),
    (error) => {
      say({ kind: 'failure', text: `the test itself failed: ${(error as Error).stack}` });
      process.disconnect();
    },
  );
});
