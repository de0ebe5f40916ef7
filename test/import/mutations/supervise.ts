import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Counts, Message, Task } from './child.js';

/** What became of all mutations. */
export interface Report {
  readonly counts: Counts;
  /** One text for each mutation that did not end as it should, with its file and seed. */
  readonly failures: readonly string[];
}

/** A child that says nothing for so many ticks hangs. Ticks and not time: while the machine stops both, none passes. */
const MOST_TICKS = 20;
const TICK_MS = 1000;

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/**
 * Damages every source file and imports it, in processes of their own, so that hangs and crashes of the runtime are seen too and can be
 * traced to their mutation.
 */
export async function runMutations(tasks: Omit<Task, 'part'>): Promise<Report> {
  const reports = await Promise.all(
    Array.from({ length: tasks.parts }, (_, part) => runPart({ ...tasks, part })),
  );
  const sum = (kind: keyof Counts): number => reports.reduce((total, { counts }) => total + counts[kind], 0);
  return {
    counts: { refused: sum('refused'), imported: sum('imported'), ran: sum('ran') },
    failures: reports.flatMap(({ failures }) => failures),
  };
}

function runPart(task: Task): Promise<Report> {
  return new Promise((resolve) => {
    const child = fork(CHILD, { execArgv: ['--import', 'tsx'] });
    const failures: string[] = [];
    let counts: Counts | undefined;
    let current = 'nothing yet';
    let ticks = 0;
    const watchdog = setInterval(() => {
      ticks += 1;
      if (ticks !== MOST_TICKS) return;
      failures.push(`${current}: hangs`);
      child.kill('SIGKILL');
    }, TICK_MS);
    child.on('message', (message: Message) => {
      ticks = 0;
      if (message.kind === 'begin') current = message.text;
      else if (message.kind === 'end') counts = message.counts;
      else failures.push(message.text);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watchdog);
      if (counts === undefined && failures.length === 0)
        failures.push(`${current}: the process ended (${signal ?? code})`);
      resolve({ counts: counts ?? { refused: 0, imported: 0, ran: 0 }, failures });
    });
    child.send(task);
  });
}
