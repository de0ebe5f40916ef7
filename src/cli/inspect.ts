import type { CommandModule } from 'yargs';
import { type MachineArguments, machineOption } from './machine-option.js';
import { type NumericsArguments, numericsOption } from './numerics-option.js';

interface InspectArguments extends NumericsArguments, MachineArguments {
  readonly model: string;
  readonly json: boolean;
}

/** `qpann inspect`: the layers of a network, what they cost, and what may be merged into them. */
export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: 'inspect <model>',
  describe: 'list the layers of a network: shapes, parameters, cost, what may be merged',
  builder: (yargs) =>
    machineOption(numericsOption(yargs))
      .positional('model', {
        type: 'string',
        demandOption: true,
        describe: 'Keras .h5 or TensorFlow Lite .tflite file',
      })
      .option('json', { type: 'boolean', default: false, describe: 'print JSON instead of a table' })
      .example('$0 inspect model.h5', 'a table of layers')
      .example('$0 inspect model.h5 --json', 'the same for another program')
      .example('$0 inspect model_int8.tflite --machine ethos-u55-128', 'with cycles by a roofline') as never,
  handler: async ({ model, json, numerics, machine }) => {
    const { inspectLayers, loadMachine, loadModel } = await import('../eval/index.js');
    const { inspectTable } = await import('../report/index.js');
    const loaded = machine === undefined ? undefined : await loadMachine(machine);
    const layers = inspectLayers(await loadModel(model, { numerics }), loaded);
    process.stdout.write(json ? `${JSON.stringify(layers, null, 2)}\n` : inspectTable(layers));
  },
};
