import type { CommandModule } from 'yargs';
import { wholeNumber } from './whole-number.js';

interface BenchArguments {
  readonly model: string;
  readonly runs: string;
  readonly workers?: string;
  readonly backend: 'wasm' | 'reference';
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `qpann bench`: how long a network takes, and which operators that goes to. */
export const benchCommand: CommandModule<object, BenchArguments> = {
  command: 'bench <model>',
  describe: 'time a network, operator by operator',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 bench <model>\n\nTimes whole runs on one seeded sample, then every operator. Batch normalization and activations of a\nfloat network are merged first, as for deployment; operators that one kernel computes are one row.',
      )
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'Keras .h5 or TensorFlow Lite .tflite file',
      })
      .option('runs', { type: 'string', default: '50', requiresArg: true, describe: 'counted runs' })
      .option('workers', {
        type: 'string',
        requiresArg: true,
        describe: 'threads for the throughput; 1 when absent',
      })
      .option('backend', {
        choices: ['wasm', 'reference'] as const,
        default: 'wasm' as const,
        describe: 'fast kernels, or the reference kernels that they are equal to',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON instead of tables' })
      .option('quiet', { type: 'boolean', default: false, describe: 'no progress' })
      .example('$0 bench model.tflite', 'what is slow?')
      .example('$0 bench model.tflite --workers 2 --json', 'throughput of two threads, for another program')
      .example('$0 bench model.h5 --backend reference --runs 3', 'the reference kernels') as never,
  handler: async ({ model, runs, workers, backend, json, quiet }) => {
    const count = wholeNumber('runs', runs);
    const threads = wholeNumber('workers', workers ?? '1');
    const { benchmark, loadKernels, loadModel } = await import('../eval/index.js');
    const { mergeAll } = await import('../quant/index.js');
    const { benchmarkTable } = await import('../report/index.js');
    const { silent, startProgress } = await import('./progress.js');
    const { graph } = await loadModel(model);
    const kernels = backend === 'wasm' ? loadKernels() : undefined;
    if (backend === 'wasm' && kernels === undefined)
      process.stderr.write('qpann: this Node.js has no WebAssembly SIMD: the reference kernels are timed\n');
    const isFloat = graph.tensors.get(graph.inputs[0]!)!.dtype === 'float32';
    const progress = quiet || !process.stderr.isTTY ? silent : startProgress('Timing', count, 'runs');
    let result: Awaited<ReturnType<typeof benchmark>>;
    try {
      result = await benchmark(isFloat ? mergeAll(graph) : graph, count, threads, kernels, progress.update);
    } finally {
      progress.stop();
    }
    process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : benchmarkTable(result));
  },
};
