import { formatShape, type Graph, tensorOf } from '../../src/core/index.js';
import { importTflite } from '../../src/import/tflite/index.js';
import { lowerToIntegers, startCalibration } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';
import { fixture } from '../import/tflite-files.js';
import { inputOf } from './run.js';

/** Networks that TensorFlow's converter made of one Keras network, in float and in integers. */
const CONVERTED = {
  int8: ['splits', 'shapes', 'slices', 'tiles', 'blocks', 'classes', 'lookup'],
  '16x8': ['splits', 'shapes', 'slices', 'tiles'],
} as const;

/** What each operator of a graph writes. */
const structureOf = (graph: Graph): string[] =>
  graph.nodes.map(({ op, outputs }) => {
    const { dtype, shape } = tensorOf(graph, outputs[0]!);
    return `${op} ${dtype} ${formatShape(shape)}`;
  });

for (const [kind, names] of Object.entries(CONVERTED))
  for (const name of names)
    test(`${name}-float, lowered, has the operators of ${name}-${kind}`, () => {
      const network = importTflite(fixture(`${name}-float`), name);
      const calibration = startCalibration(network.graph);
      calibration.observe(inputOf(network, 1));
      const scheme = { activationBits: kind === 'int8' ? 8 : 16, perChannel: true } as const;
      const { graph } = lowerToIntegers(network.graph, calibration.ranges(), scheme);
      assert.equal(structureOf(graph), structureOf(importTflite(fixture(`${name}-${kind}`), name).graph));
    });
