import { type Graph, type Node, tensorOf } from '../../src/core/index.js';
import { importKeras } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { expectation, fixture, fixtureNames, largestDifference, outputOf, realModel } from './keras-files.js';

const load = (name: string) => importKeras(fixture(name), `${name}.h5`);

const nodeOf = (graph: Graph, output: string): Node =>
  graph.nodes.find((node) => node.outputs[0] === output)!;

for (const name of fixtureNames('good')) {
  test(`${name} gives what Keras gives`, async () => {
    const expected = expectation(name);
    const { graph, layers } = await importKeras(fixture(name), `${name}.h5`, {
      inputShape: expected.inputShape.slice(1),
    });
    assert.equal(tensorOf(graph, graph.inputs[0]!).shape, expected.inputShape);
    assert.equal(tensorOf(graph, graph.outputs[0]!).shape, expected.outputShape);
    const difference = largestDifference(outputOf(graph, expected.input), expected.output);
    assert.ok(difference <= 1e-5, `differs by ${difference}`);
    assert.equal(
      layers.map((layer) => [layer.name, layer.className, layer.parameters]),
      expected.layers,
    );
    assert.ok(layers.every((layer, i) => layer.index === i));
    for (const { source, outputs } of graph.nodes) {
      const { index, name, className } = source!;
      assert.equal([name, className], expected.layers[index]!.slice(0, 2));
      assert.ok(outputs[0] === name || outputs[0]!.startsWith(`${name}/`));
    }
  });
}

for (const version of [2, 3]) {
  test(`Keras ${version}: an activation argument becomes a node of its own`, async () => {
    const { graph } = await load(`convolutions-keras${version}`);
    const relu = nodeOf(graph, 'same_strided');
    assert.is(relu.op, 'relu');
    assert.equal(relu.attributes, { max: null, negativeSlope: 0, threshold: 0 });
    assert.equal(relu.inputs, ['same_strided/pre_activation']);
    const conv = nodeOf(graph, 'same_strided/pre_activation');
    assert.equal(conv.inputs, ['image', 'same_strided/kernel', 'same_strided/bias']);
    assert.equal(conv.attributes, {
      padding: 'same',
      strides: [2, 2],
      dilations: [1, 1],
      activation: 'none',
    });
    assert.equal(conv.source, { index: 1, name: 'same_strided', className: 'Conv2D' });
    assert.equal(relu.source, conv.source);
    assert.is(nodeOf(graph, 'valid').op, 'conv_2d');
  });

  test(`Keras ${version}: weights get the layout of TensorFlow Lite`, async () => {
    const { graph } = await load(`convolutions-keras${version}`);
    const shapeOf = (name: string) => tensorOf(graph, name).shape;
    assert.equal(shapeOf('dilated/kernel'), [8, 3, 2, 6]);
    assert.equal(shapeOf('grouped/kernel'), [8, 3, 3, 2]);
    assert.equal(nodeOf(graph, 'grouped').inputs, ['dilated', 'grouped/kernel']);
    assert.equal(shapeOf('multiplied/kernel'), [1, 3, 3, 16]);
    assert.equal(shapeOf('multiplied/bias'), [16]);
    const dense = (await load(`vector-keras${version}`)).graph;
    assert.equal(tensorOf(dense, 'dense/kernel').shape, [4, 6]);
  });

  test(`Keras ${version}: a Sequential model's layers are counted from its first real one`, async () => {
    const { graph, layers } = await load(`sequential-keras${version}`);
    assert.is(graph.name, 'chain');
    assert.equal(graph.inputs, ['picture']);
    assert.equal(layers[0], {
      index: 0,
      name: 'rescale',
      className: 'Rescaling',
      tensor: 'rescale',
      parameters: 0,
    });
    assert.equal(
      graph.nodes.slice(0, 2).map(({ op, inputs, outputs }) => [op, inputs[0], outputs[0]]),
      [
        ['mul', 'picture', 'rescale/scaled'],
        ['add', 'rescale/scaled', 'rescale'],
      ],
    );
  });

  test(`Keras ${version}: layers without effect pass their input on`, async () => {
    const { graph, layers } = await load(`dense_ranks-keras${version}`);
    const tensors = Object.fromEntries(layers.map((layer) => [layer.name, layer.tensor]));
    assert.is(tensors.image, 'image');
    assert.is(tensors.noise, 'pixels');
    assert.is(tensors.gaussian_dropout, 'pixels');
    assert.is(tensors.last, 'vector');
    assert.equal(graph.outputs, ['vector']);
    assert.equal(nodeOf(graph, 'sequence').inputs, ['pixels']);
    assert.equal(tensorOf(graph, 'steps').shape, [1, 12, 4]);
  });

  test(`Keras ${version}: sums of several become a chain`, async () => {
    const { graph } = await load(`merges-keras${version}`);
    const chain = graph.nodes.filter(({ source }) => source?.name === 'sum_of_four');
    assert.equal(
      chain.map(({ op, inputs, outputs }) => [op, inputs, outputs[0]]),
      [
        ['add', ['a', 'b'], 'sum_of_four/sum_1'],
        ['add', ['sum_of_four/sum_1', 'd'], 'sum_of_four/sum_2'],
        ['add', ['sum_of_four/sum_2', 'a'], 'sum_of_four'],
      ],
    );
    assert.equal(nodeOf(graph, 'columns').attributes, { axis: 2 });
  });

  test(`Keras ${version}: batch normalization without gamma or beta gets ones and zeros`, async () => {
    const { graph } = await load(`normalizations-keras${version}`);
    assert.equal(nodeOf(graph, 'bn_vector').inputs, [
      'mean',
      'bn_vector/gamma',
      'bn_vector/beta',
      'bn_vector/moving_mean',
      'bn_vector/moving_variance',
    ]);
    assert.equal(tensorOf(graph, 'bn_vector/gamma').data, Float32Array.of(1, 1, 1));
    assert.equal(tensorOf(graph, 'bn_vector/beta').data, Float32Array.of(0, 0, 0));
    assert.is(
      graph.nodes.some(({ source }) => source?.name === 'unchanged'),
      false,
    );
  });
}

for (const [name, layerCount, parameters] of [
  ['mobilenet_v1_025_224.h5', 91, 475544],
  ['resnet8_cifar10.h5', 30, 78666],
] as const) {
  test(`the real ${name} has the layers and weights that Keras counts`, async () => {
    const bytes = realModel(name);
    if (bytes === null) return;
    const { graph, layers } = await importKeras(bytes, name);
    assert.is(layers.length, layerCount);
    assert.is(
      layers.reduce((sum, layer) => sum + layer.parameters, 0),
      parameters,
    );
    assert.is(layers.at(-1)!.tensor, graph.outputs[0]);
  });
}

test('several imports at the same time do not disturb each other', async () => {
  const names = fixtureNames('good').filter((name) => !name.startsWith('any_size'));
  const truncated = fixture('vector-keras2').subarray(0, 9000);
  const [graphs] = await Promise.all([
    Promise.all(names.map(async (name) => (await load(name)).graph)),
    importKeras(truncated, 'truncated.h5').catch(() => null),
  ]);
  graphs.forEach((graph, i) => {
    const { input, output } = expectation(names[i]!);
    assert.ok(largestDifference(outputOf(graph, input), output) <= 1e-5);
  });
});
