import type { Benchmark } from '../eval/benchmark.js';
import { alignedLines, fixed, percent, printable, shorten } from './text.js';

/** A benchmark for a terminal: the whole run, then every operator and the sums by kind, the slowest first. */
export function benchmarkTable(result: Benchmark): string {
  const { runs, workers, medianMilliseconds, minMilliseconds, macs, operators } = result;
  const total = operators.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const row = (label: readonly string[], milliseconds: number, work: number): string[] => [
    ...label,
    fixed(milliseconds, 3),
    work === 0 ? '-' : fixed(work / milliseconds / 1e6, 1),
    percent(milliseconds / total, 1),
  ];
  const bySpeed = [...operators].sort((a, b) => b.milliseconds - a.milliseconds);
  const kinds = new Map<string, { milliseconds: number; macs: number; count: number }>();
  for (const { op, kernel, milliseconds, macs: work } of operators) {
    const key = `${op} ${kernel}`;
    const kind = kinds.get(key) ?? { milliseconds: 0, macs: 0, count: 0 };
    kinds.set(key, {
      milliseconds: kind.milliseconds + milliseconds,
      macs: kind.macs + work,
      count: kind.count + 1,
    });
  }
  const lines = [
    `one thread: median ${fixed(medianMilliseconds, 2)} ms, min ${fixed(minMilliseconds, 2)} ms of ${runs} runs; ` +
      `${fixed(macs / 1e6, 1)} MMAC, ${fixed(macs / medianMilliseconds / 1e6, 1)} GMAC/s`,
    `${workers} ${workers === 1 ? 'worker' : 'workers'}: ${fixed(result.samplesPerSecond, 1)} samples/s`,
    `memory: ${mebibytes(result.arenaBytes)} of activations at the peak, ${mebibytes(result.constantBytes)} of packed constants`,
    '',
    ...alignedLines(
      [
        ['index', 'operator', 'kernel', 'output', 'ms', 'GMAC/s', 'share %'],
        ...bySpeed.map(({ index, op, kernel, name, milliseconds, macs: work }) =>
          row([String(index), op, kernel, shorten(printable(name), 40)], milliseconds, work),
        ),
      ],
      ['right', 'left', 'left', 'left', 'right', 'right', 'right'],
    ),
    '',
    ...alignedLines(
      [
        ['operator', 'kernel', 'count', 'ms', 'GMAC/s', 'share %'],
        ...[...kinds]
          .sort(([, a], [, b]) => b.milliseconds - a.milliseconds)
          .map(([key, { count, milliseconds, macs: work }]) =>
            row([...key.split(' '), String(count)], milliseconds, work),
          ),
      ],
      ['left', 'left', 'right', 'right', 'right', 'right'],
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const mebibytes = (bytes: number): string => `${fixed(bytes / 2 ** 20, 1)} MiB`;
