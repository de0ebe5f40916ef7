import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a long piece of work is. */
export interface Progress {
  /** Reports that `done` of the total is finished. */
  update(done: number): void;
  /** Prints a paragraph on standard output, without tearing the bar. */
  print(text: string): void;
  stop(): void;
}

/** No progress at all, for `--quiet`. */
export const silent: Progress = {
  update: () => undefined,
  print: (text) => process.stdout.write(`${text}\n`),
  stop: () => undefined,
};

/** A bar with work per second and time left on a terminal; elsewhere a line for every tenth of the work. */
export function startProgress(label: string, total: number, unit = 'images'): Progress {
  return process.stderr.isTTY ? bar(label, total, unit) : lines(label, total, unit);
}

function bar(label: string, total: number, unit: string): Progress {
  const start = performance.now();
  const single = new SingleBar(
    {
      format: `${label} {bar} {value}/{total} ${unit}, {rate}/s, {eta_formatted} left`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const stop = (): void => {
    process.off('exit', stop);
    single.stop();
  };
  process.once('exit', stop);
  single.start(total, 0, { rate: '–' });
  return {
    update(done) {
      const seconds = (performance.now() - start) / 1000;
      single.update(done, { rate: (done / seconds).toFixed(1) });
    },
    print(text) {
      process.stderr.write('\r\u001b[K');
      process.stdout.write(`${text}\n`);
    },
    stop,
  };
}

function lines(label: string, total: number, unit: string): Progress {
  const start = performance.now();
  let printed = 0;
  return {
    update(done) {
      const tenth = Math.floor((done * 10) / total);
      if (tenth === printed) return;
      printed = tenth;
      const rate = done / ((performance.now() - start) / 1000);
      const left = Math.ceil((total - done) / rate);
      process.stderr.write(`${label}: ${done}/${total} ${unit}, ${rate.toFixed(1)}/s, ${left} s left\n`);
    },
    print: silent.print,
    stop: () => undefined,
  };
}
