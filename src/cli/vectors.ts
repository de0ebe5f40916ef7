import type { CommandModule } from 'yargs';
import { inputError } from '../core/errors.js';
import type { VectorFormat } from '../export/index.js';
import { type InputArguments, inputOptions } from './model-input.js';
import { type NumericsArguments, numericsOption } from './numerics-option.js';

interface VectorsArguments extends InputArguments, NumericsArguments {
  readonly model: string;
  readonly out: string;
  readonly layers?: string;
  readonly sample: string;
  readonly format: string;
  readonly recreation?: string;
  readonly force: boolean;
}

/** `qpann vectors`: golden vectors of integer operators, for people who port them to hardware. */
export const vectorsCommand: CommandModule<object, VectorsArguments> = {
  command: 'vectors <model>',
  describe: 'write golden vectors of integer operators: tensors, accumulators, multipliers and shifts',
  builder: (yargs) =>
    numericsOption(inputOptions(yargs))
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'quantized .tflite file; or a float network, with --network to quantize it',
      })
      .option('out', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'directory for manifest.json, requant.csv and a folder for each operator',
      })
      .option('layers', {
        type: 'string',
        requiresArg: true,
        describe: 'operators, by index, range, name, glob or class: 0,3-5,block_*,CONV_2D; all when absent',
      })
      .option('sample', {
        type: 'string',
        default: '0',
        requiresArg: true,
        describe: 'which sample of a .npy array, from 0',
      })
      .option('format', {
        type: 'string',
        default: 'npy,hex,c',
        requiresArg: true,
        describe: 'forms to write: npy, hex (for $readmemh), c (a header)',
      })
      .option('recreation', {
        type: 'string',
        requiresArg: true,
        describe:
          'recreation config: vectors of the Recreated model, for example with truncation or 4-bit weights',
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace what is in --out' })
      .example('$0 vectors int8.tflite --input photo.png -o vectors', 'every operator')
      .example('$0 vectors int8.tflite --input x.npy --layers 0,CONV_2D --format hex -o vectors', 'some')
      .example(
        '$0 vectors model.h5 --network network.yaml --recreation cheaper.yaml --input x.npy -o vectors',
        'a design that is not TensorFlow Lite’s',
      ) as never,
  handler: async (args) => {
    const sample = Number(args.sample);
    if (!(Number.isSafeInteger(sample) && sample >= 0))
      throw inputError(`--sample ${args.sample}: expected a whole number from 0`);
    const { writeVectors } = await import('./vector-directory.js');
    await writeVectors({ ...args, sample, formats: formatsOf(args.format) });
  },
};

const FORMATS = ['npy', 'hex', 'c'] as const satisfies readonly VectorFormat[];

function formatsOf(text: string): readonly VectorFormat[] {
  const parts = text.split(',').map((part) => part.trim());
  const unknown = parts.find((part) => !FORMATS.some((format) => format === part));
  if (unknown !== undefined)
    throw inputError(`--format ${text}: ${unknown || 'an empty name'} is none of ${FORMATS.join(', ')}`);
  return FORMATS.filter((format) => parts.includes(format));
}
