import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { allocate, elementCount, type Graph, type TensorData, tensorOf } from '../core/index.js';
import {
  buildProgram,
  type KernelModules,
  type Model,
  openPlace,
  type ProgramOptions,
  withoutWeights,
  writtenBy,
} from '../engine/index.js';
import { macsOf } from '../ops/index.js';

/** Time of one operator in one run, or of several that one kernel computes. */
export interface OperatorTime {
  readonly index: number;
  readonly name: string;
  /** Operators that are computed together are joined by `+`. */
  readonly op: string;
  /** The fast kernel, or `reference`. */
  readonly kernel: string;
  readonly macs: number;
  /** Median over the runs. */
  readonly milliseconds: number;
}

/** What a benchmark measures. */
export interface Benchmark {
  readonly runs: number;
  readonly workers: number;
  /** Of one run in one thread. */
  readonly medianMilliseconds: number;
  readonly minMilliseconds: number;
  readonly macs: number;
  /** Peak bytes of activations, bytes of constants as the kernels want them. */
  readonly arenaBytes: number;
  readonly constantBytes: number;
  /** All workers together. */
  readonly samplesPerSecond: number;
  readonly operators: readonly OperatorTime[];
}

/** Runs that warm up the engine and are not counted. */
const WARM_UP = 3;

const WORKER = fileURLToPath(import.meta.url).replace(/benchmark(\.[jt]s)$/, 'benchmark-worker$1');

/** Only outputs are looked at, as in deployment: what lies between operators may be left out. */
const deployed = (kernels?: KernelModules): ProgramOptions => ({
  ...(kernels && { kernels }),
  meetings: [[]],
});

/** A seeded input: whole bytes, or floats in [−1, 1). */
export function randomInput(graph: Graph): TensorData {
  const { dtype, shape } = tensorOf(graph, graph.inputs[0]!);
  const values = allocate(dtype, elementCount(shape)) as Float32Array;
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const byte = (state >>> 24) - 128;
    values[i] = dtype === 'float32' ? byte / 128 : byte;
  }
  return values;
}

/**
 * Times a graph: whole runs, then runs with a clock between the operators.
 * @param runs counted runs
 * @param workers threads for the throughput, which run at the same time
 * @param kernels the fast kernels; the reference kernels without
 * @param onRun called after each run
 */
export async function benchmark(
  graph: Graph,
  runs: number,
  workers: number,
  kernels?: KernelModules,
  onRun?: (done: number) => void,
): Promise<Benchmark> {
  const program = buildProgram([graph], deployed(kernels));
  const model = openPlace(program).samples[0]![0]!;
  const input = randomInput(graph);
  let done = 0;
  const timed = (): number => {
    const start = performance.now();
    model.run([input]);
    onRun?.(++done);
    return performance.now() - start;
  };
  for (let i = 0; i < WARM_UP; i++) model.run([input]);
  const times = Array.from({ length: runs }, timed);
  const operators = timeOperators(model, input, runs);
  const medianMilliseconds = median(times);
  const samplesPerSecond =
    workers === 1 ? 1000 / medianMilliseconds : await throughput(graph, runs, workers, kernels);
  return {
    runs,
    workers,
    medianMilliseconds,
    minMilliseconds: Math.min(...times),
    macs: operators.reduce((sum, { macs }) => sum + macs, 0),
    arenaBytes: program.arenaBytes,
    constantBytes: program.constantBytes,
    samplesPerSecond,
    operators,
  };
}

function timeOperators({ graph, plan, steps, feed }: Model, input: TensorData, runs: number): OperatorTime[] {
  const times = steps.map(() => new Float64Array(runs));
  for (let run = 0; run < runs; run++) {
    feed([input]);
    steps.forEach((step, i) => {
      const start = performance.now();
      step.run();
      times[i]![run] = performance.now() - start;
    });
  }
  return plan.steps.flatMap((step, i) => {
    const { node, followers, absorbed, fast } = step;
    if (absorbed) return [];
    const computed = [node, ...followers];
    return {
      index: node.source?.index ?? i,
      name: writtenBy(step)[0]!,
      op: computed.map(({ op }) => op).join('+'),
      kernel: fast ?? 'reference',
      macs: computed.reduce((sum, one) => sum + macsOf(graph, one), 0),
      milliseconds: median([...times[i]!]),
    };
  });
}

async function throughput(
  graph: Graph,
  runs: number,
  workers: number,
  kernels: KernelModules | undefined,
): Promise<number> {
  const program = buildProgram([graph], { ...deployed(kernels), shared: true, places: workers });
  const places = new Int32Array(new SharedArrayBuffer(4));
  const pool = new Piscina<{ readonly runs: number; readonly input: TensorData }, void>({
    filename: WORKER,
    name: 'runOften',
    minThreads: workers,
    maxThreads: workers,
    workerData: { program: withoutWeights(program), places },
  });
  const inAll = (count: number): Promise<unknown> =>
    Promise.all(Array.from({ length: workers }, () => pool.run({ runs: count, input: randomInput(graph) })));
  try {
    await inAll(WARM_UP);
    const start = performance.now();
    await inAll(runs);
    return (1000 * workers * runs) / (performance.now() - start);
  } finally {
    await pool.destroy();
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
