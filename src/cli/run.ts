import { createHash } from 'node:crypto';
import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import { type InputArguments, inputOptions, preprocessingOf } from './model-input.js';
import { type NumericsArguments, numericsOption } from './numerics-option.js';

interface RunArguments extends InputArguments, NumericsArguments {
  readonly model: string;
  readonly out?: string;
  readonly allTensors: boolean;
  readonly force: boolean;
}

/** `qpann run`: raw tensors in, raw tensors out. */
export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run <model>',
  describe: 'run a network on a .npy array or an image and write its output, or every tensor',
  builder: (yargs) =>
    numericsOption(inputOptions(yargs))
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'Keras .h5 or TensorFlow Lite .tflite file',
      })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'directory for output_0.npy; printed when absent',
      })
      .option('all-tensors', {
        type: 'boolean',
        default: false,
        describe: 'also write every tensor as tensors/NNNN_<name>.npy, with manifest.json',
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace what is in --out' })
      .example('$0 run model.h5 --input x.npy', 'print the output')
      .example('$0 run model.h5 --input x.npy --out dump --all-tensors', 'write every tensor') as never,
  handler: runModel,
};

async function runModel(args: RunArguments): Promise<void> {
  const { model, input, out, allTensors, force } = args;
  const { encodeNpy } = await import('../data/index.js');
  const { loadModel, readInput, runOnBatch } = await import('../eval/index.js');
  const { startRunDirectory } = await import('./run-directory.js');
  if (allTensors && out === undefined) throw inputError('--all-tensors needs --out DIR to write to');
  const preprocessing = await preprocessingOf(args);
  const { graph } = await loadModel(model, { numerics: args.numerics });
  const values = await readInput(input, graph, preprocessing);
  const { outputs, tensors } = runOnBatch(graph, values, input, { all: allTensors });
  if (out === undefined) {
    for (const { name, shape, data } of outputs)
      console.log(`${name} (${shape.join(', ')}):\n${Array.from(data, String).join(' ')}`);
    return;
  }
  const directory = await startRunDirectory(out, 'manifest.json', force);
  try {
    const files = [
      ...outputs.map((tensor, i) => ({ file: `output_${i}.npy`, tensor })),
      ...tensors.map((tensor, i) => ({ file: tensorFile(i, tensor.name), tensor })),
    ];
    const manifest = [];
    for (const { file, tensor } of files) {
      const content = encodeNpy(tensor);
      await directory.write(file, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      manifest.push({ file, name: tensor.name, shape: tensor.shape, dtype: tensor.dtype, sha256 });
    }
    await directory.write(
      'manifest.json',
      `${JSON.stringify({ schema: 'qpann.tensors/1', tensors: manifest }, null, 2)}\n`,
    );
    await directory.complete();
  } catch (error) {
    await directory.discard();
    throw error;
  }
  console.log(`Written to ${directory.path}`);
}

/** A file name for a tensor: numbered, and free of characters that a file system may refuse. */
const tensorFile = (index: number, name: string): string =>
  `tensors/${String(index).padStart(4, '0')}_${name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 100)}.npy`;
