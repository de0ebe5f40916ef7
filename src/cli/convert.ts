import type { CommandModule } from 'yargs';
import type { ConvertArguments } from './conversion.js';
import { preprocessingOptions } from './model-input.js';
import { numericsOption } from './numerics-option.js';

/** `qpann convert`: a network becomes a `.tflite` file. */
export const convertCommand: CommandModule<object, ConvertArguments> = {
  command: 'convert [model]',
  describe: 'write a network as a TensorFlow Lite file, quantized or as it is',
  builder: (yargs) =>
    preprocessingOptions(
      numericsOption(yargs),
      'network config of qpann eval: model, calibration images and their preprocessing',
    )
      .usage(
        "$0 convert [model]\n\nQuantizes a float network to integers as TensorFlow's converter does, from the ranges that its activations have on calibration samples. Without --calibration a float network is written in float32, and a quantized .tflite is written again.",
      )
      .positional('model', {
        type: 'string',
        describe: 'Keras .h5 or TensorFlow Lite .tflite file; that of --network when absent',
      })
      .option('output', {
        alias: 'o',
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'the .tflite file to write',
      })
      .option('calibration', {
        type: 'string',
        requiresArg: true,
        describe:
          'folder of images, or .npy array of samples as the network wants them (N×height×width×channels)',
      })
      .option('samples', {
        type: 'string',
        requiresArg: true,
        describe:
          'number of calibration samples: images are chosen by chance (100 when absent), arrays from their start (all)',
      })
      .option('int16-activations', {
        type: 'boolean',
        default: false,
        describe: '16-bit activations with 8-bit weights (16x8)',
      })
      .option('per-tensor', {
        type: 'boolean',
        default: false,
        describe: 'one weight scale for each layer, not for each channel',
      })
      .option('io', {
        choices: ['float32', 'int8', 'uint8', 'int16'] as const,
        describe: 'type of input and output; int8 when absent, int16 with --int16-activations',
      })
      .option('processor', {
        choices: ['intel', 'amd'] as const,
        default: 'intel' as const,
        describe:
          'whose TensorFlow to repeat: the last bits of folded batch normalizations depend on the processor',
      })
      .option('skip-bad-images', {
        type: 'boolean',
        default: false,
        describe: 'leave out calibration images that cannot be decoded, and list them',
      })
      .option('workers', {
        type: 'string',
        requiresArg: true,
        describe: 'threads for the calibration; all cores when absent. The file does not depend on it',
      })
      .option('force', { type: 'boolean', default: false, describe: 'replace the file' })
      .example(
        '$0 convert model.h5 --calibration images -o model_int8.tflite',
        'int8, calibrated on 100 images',
      )
      .example('$0 convert --network network.yaml -o model_int8.tflite', 'the TFLite model of qpann eval')
      .example('$0 convert model.h5 --calibration x.npy --io float32 -o model.tflite', 'float32 in and out')
      .example('$0 convert model.h5 --calibration x.npy --int16-activations -o model_16x8.tflite', '16x8')
      .example('$0 convert model.h5 -o model.tflite', 'float32, layers merged') as never,
  handler: async (args) => {
    const { runConversion } = await import('./conversion.js');
    await runConversion(args);
  },
};
