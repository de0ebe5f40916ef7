import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Graph, quantizedValues, type Tensor, type TensorData, tensorOf } from '../../src/core/index.js';
import { listImages, loadSample, type PreprocessOptions } from '../../src/data/index.js';
import { compile } from '../../src/engine/index.js';
import { importKeras } from '../../src/import/keras/index.js';
import { importTflite } from '../../src/import/tflite/index.js';
import { lowerToIntegers, recreate, startCalibration } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Real networks and images, which are not part of the repository. */
const data = resolve(root, process.env.QPANN_DATA ?? '../shared/data');
const demo = resolve(root, 'fixtures/demo');

interface Network {
  readonly model: string;
  readonly images: string;
  readonly side: number;
  readonly preprocess: PreprocessOptions;
}

const networks: Readonly<Record<string, Network>> = {
  mobilenet: {
    model: resolve(data, 'models/mobilenet_v1_025_224.h5'),
    images: resolve(data, 'imagenet/images'),
    side: 224,
    preprocess: { resize: 'bilinear', cropFraction: 0.875, normalization: { mode: 'tf' } },
  },
  resnet8: {
    model: resolve(data, 'models/resnet8_cifar10.h5'),
    images: resolve(data, 'cifar10/images'),
    side: 32,
    preprocess: { resize: 'bilinear', cropFraction: null, normalization: { mode: 'none' } },
  },
  demo: {
    model: resolve(demo, 'model.h5'),
    images: resolve(demo, 'images'),
    side: 64,
    preprocess: { resize: 'bilinear', cropFraction: null, normalization: { mode: 'tf' } },
  },
};

/** Calibration on a few images: quick, and what is compared holds for any ranges. */
const CALIBRATION_IMAGES = 5;

/** Made by tools/oracle/validate_outputs.py. */
interface KerasOutputs {
  readonly samples: readonly { readonly file: string; readonly output: readonly number[] }[];
}

const readKerasOutputs = (name: string): KerasOutputs =>
  JSON.parse(readFileSync(resolve(root, `fixtures/validation/${name}.json`), 'utf8'));

const load = ({ images, side, preprocess }: Network, file: string): Promise<Float32Array> =>
  loadSample(resolve(images, file), [side, side, 3], preprocess);

const importModel = ({ model }: Network) => importKeras(readFileSync(model), model);

const indexOfLargest = (values: readonly number[]): number => values.indexOf(Math.max(...values));

async function equalsKeras(name: string, network: Network): Promise<void> {
  const { graph } = await importModel(network);
  const [reference] = compile([graph]);
  for (const { file, output } of readKerasOutputs(name).samples) {
    const actual = [...(reference!.run([await load(network, file)])[0] as Float32Array)];
    const worst = Math.max(...actual.map((value, i) => Math.abs(value - output[i]!)));
    assert.ok(worst < 1e-5, `${file}: ${worst} off`);
    assert.is(indexOfLargest(actual), indexOfLargest(output), file);
  }
}

/** Every layer replaced in TensorFlow Lite's scheme: the integers of every tensor are the int8 model's. */
async function recreatesInt8Model(name: string, network: Network): Promise<void> {
  const { graph: reference, layers } = await importModel(network);
  const files = await listImages(network.images);
  const calibration = startCalibration(reference);
  for (const file of files.slice(0, CALIBRATION_IMAGES)) calibration.observe(await load(network, file));
  const ranges = calibration.ranges();
  const lowered = lowerToIntegers(reference, ranges);
  const recreated = recreate({ reference, layers, ranges, lowered }, [{ all: true }]);
  const [int8Model, recreatedModel] = compile([lowered.graph, recreated.graph]);
  const input = tensorOf(lowered.graph, lowered.graph.inputs[0]!);
  const written = lowered.graph.nodes.flatMap(({ outputs }) => outputs);

  for (const { file } of readKerasOutputs(name).samples) {
    const image = await load(network, file);
    const expected = new Map<string, TensorData>();
    int8Model!.run([quantizedValues(input, image)], {
      tap: (tensor, values) => expected.set(tensor.name, values.slice()),
    });
    const compared = new Set<string>();
    recreatedModel!.run([image], {
      tap({ name: tensor, quantization }, values) {
        if (quantization === undefined || !expected.has(tensor)) return;
        const at = values.findIndex((value, i) => value !== expected.get(tensor)![i]);
        assert.is(at, -1, `${file}: ${tensor} differs`);
        compared.add(tensor);
      },
    });
    assert.equal(
      written.filter((tensor) => !compared.has(tensor)),
      [],
      'tensors that were not compared',
    );
  }
}

for (const [name, network] of Object.entries(networks)) {
  const testWith = (title: string, body: () => Promise<void>): void => {
    if (existsSync(network.model) && existsSync(network.images)) test(title, body);
    else test(`${title} (skipped: QPANN_DATA has no such network)`, () => {});
  };
  testWith(`${name}: the Reference equals Keras within 1e-5`, () => equalsKeras(name, network));
  testWith(`${name}: with every layer replaced, the integers are the int8 model's`, () =>
    recreatesInt8Model(name, network),
  );
}

const converted = resolve(data, 'models/mobilenet_v1_025_224_int8.tflite');
if (!existsSync(converted))
  test('weights of a converted file (skipped: QPANN_DATA has no such model)', () => {});
else
  test("weights and their scales are those of TensorFlow's converter on an Intel processor", async () => {
    const { graph } = await importModel(networks.mobilenet!);
    const calibration = startCalibration(graph);
    calibration.observe(Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => (i % 2) * 2 - 1));
    const weightsOf = (network: Graph): Tensor[] =>
      network.nodes.flatMap(({ inputs }) => {
        const weights = tensorOf(network, inputs[1] ?? inputs[0]!);
        return weights.dtype === 'int8' && weights.data !== undefined ? [weights] : [];
      });
    const theirs = weightsOf(importTflite(readFileSync(converted), converted).graph);
    const ours = weightsOf(lowerToIntegers(graph, calibration.ranges()).graph);
    assert.is(ours.length, theirs.length);
    let channels = 0;
    const grown: string[] = [];
    ours.forEach(({ name, data: values, quantization }, i) => {
      const other = theirs[i]!;
      assert.equal(values, other.data, name);
      quantization!.scales.forEach((scale, c) => {
        channels += 1;
        if (scale !== other.quantization!.scales[c]) grown.push(`${name} ${c}`);
      });
    });
    assert.is(channels, 3736);
    assert.equal(grown, []);
  });
