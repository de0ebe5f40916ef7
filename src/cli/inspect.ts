import type { CommandModule } from 'yargs';
import { type NumericsArguments, numericsOption } from './numerics-option.js';

interface InspectArguments extends NumericsArguments {
  readonly model: string;
  readonly json: boolean;
}

/** `qpann inspect`: the layers of a network, what they cost, and what may be merged into them. */
export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: 'inspect <model>',
  describe: 'list the layers of a network: shapes, parameters, MACs, what may be merged',
  builder: (yargs) =>
    numericsOption(yargs)
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'Keras .h5 or TensorFlow Lite .tflite file',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON instead of a table' })
      .example('$0 inspect model.h5', 'a table of layers')
      .example('$0 inspect model.h5 --json', 'the same for another program') as never,
  handler: async ({ model, json, numerics }) => {
    const { inspectLayers, loadModel } = await import('../eval/index.js');
    const { inspectTable } = await import('../report/index.js');
    const layers = inspectLayers(await loadModel(model, { numerics }));
    process.stdout.write(json ? `${JSON.stringify(layers, null, 2)}\n` : inspectTable(layers));
  },
};
