import { QpannError } from '../../src/core/index.js';
import { importKeras } from '../../src/import/index.js';
import { assert, test } from '../harness.js';
import { fixture, fixtureNames, type LayerEntry, type ModelConfig, withConfig } from './keras-files.js';

/** Asserts that an import is refused, with one line that names the file. @returns the message. */
async function refusal(bytes: Uint8Array, inputShape?: readonly number[]): Promise<string> {
  try {
    await importKeras(bytes, 'net.h5', inputShape && { inputShape });
  } catch (error) {
    assert.instance(error, QpannError);
    const { message, kind } = error as QpannError;
    assert.is(kind, 'input');
    assert.match(message, /^net\.h5: [^\n]*$/);
    return message;
  }
  assert.unreachable('was imported');
  return '';
}

const REFUSALS: Readonly<Record<string, RegExp>> = {
  channels_first: /layer 1 pad \(ZeroPadding2D\): .*channels_first/,
  compressed_weight: /kernel.* is stored in chunks or compressed; load the model in Keras/,
  custom: /layer 1 home_made \(Dense\)/,
  float16_weight: /layer 1 dense \(Dense\): weight kernel is not float32/,
  missing_weight: /lists weight dense\/kernel.* lacks it/,
  mixed_precision: /layer 1 half \(Dense\): computes in "mixed_float16"; only float32/,
  multi_input: /2 inputs \(left, right\)/,
  multi_output: /2 outputs \(first, second\)/,
  nan_weights: /layer 1 dense \(Dense\): weight kernel holds NaN/,
  newer_format: /form of HDF5 that Keras does not write \(superblock 3\)/,
  nested: /layer 1 backbone \(Sequential\) is a whole model/,
  nested_sequential: /layer 0 backbone \(Sequential\) is a whole model/,
  operator:
    /calls tf\.math\.pow; of operators sums, differences and products|layer 1 power \(Power\) is of a class that cannot/,
  shared: /layer 1 twice \(Dense\): is used 2 times/,
  training_batch_norm: /layer 1 bn \(BatchNormalization\): is called with training/,
  unsupported: /layer 1 grouped \(GroupNormalization\) .* supported are Activation, .*Conv2D.*ZeroPadding2D/,
  weights_only: /holds weights only; save the whole model with model\.save/,
  wrong_shape: /layer 1 dense \(Dense\): weight kernel has shape 4×2; the layer needs 3×2/,
};

for (const name of fixtureNames('bad')) {
  test(`${name} is refused`, async () => {
    const expected = REFUSALS[name.replace(/^bad-|-keras\d$/g, '')]!;
    assert.match(await refusal(fixture(name)), expected);
  });
}

test('bytes that are no whole HDF5 file are refused', async () => {
  const whole = fixture('vector-keras2');
  assert.match(await refusal(new Uint8Array()), /is not an HDF5 file/);
  assert.match(await refusal(new TextEncoder().encode('TFL3 or something else')), /is not an HDF5 file/);
  assert.match(
    await refusal(Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 0, 0, 0)),
    /\.keras file is; save .* as \.h5/,
  );
  for (const length of [8, 100, 5000, whole.length - 1])
    assert.match(await refusal(whole.subarray(0, length)), /damaged or truncated/);
});

test('an input of variable size needs a shape', async () => {
  assert.match(await refusal(fixture('any_size-keras2')), /variable size \(\?×\?×3\); give the size/);
  assert.match(await refusal(fixture('any_size-keras3'), [8, 8]), /3 dimensions; the shape given has 2/);
  assert.match(await refusal(fixture('any_size-keras3'), [8, 0, 3]), /whole numbers from 1/);
  assert.match(await refusal(fixture('any_size-keras3'), [8, 8, 4]), /weight kernel has shape 3×3×3×4/);
});

type Edit = (model: ModelConfig, layer: (name: string) => LayerEntry) => unknown;

const set =
  (layerName: string, key: string, value: unknown): Edit =>
  (_, layer) => {
    layer(layerName).config[key] = value;
  };

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`);

const BAD_CONFIGS: readonly (readonly [string, string, Edit, RegExp])[] = [
  ['text that is no JSON', 'merges', () => '{"class_name": NaN}', /not valid JSON/],
  ['no model', 'merges', () => '[]', /model of unknown kind/],
  [
    'a subclassed model',
    'merges',
    () => ({ class_name: 'MyNet', config: {} }),
    /is a MyNet; only Functional/,
  ],
  ['no layers', 'merges', () => ({ class_name: 'Sequential', config: { layers: [] } }), /has no layers/],
  [
    'a layer without config',
    'merges',
    (m) => void m.config.layers.push({ class_name: 'ReLU' } as LayerEntry),
    /is not described/,
  ],
  [
    'a dilated transposed convolution',
    'upsampling',
    set('same', 'dilation_rate', [2, 2]),
    /layer 1 same \(Conv2DTranspose\): has dilation_rate 2×2/,
  ],
  [
    'an output that no transposed convolution gives',
    'upsampling',
    set('padded', 'output_padding', [5, 5]),
    /layer 3 padded .*cannot make an output of 10×12 from an input of shape 1×3×4×3/,
  ],
  [
    'another interpolation',
    'upsampling',
    set('bilinear', 'interpolation', 'constructor'),
    /interpolation constructor; nearest and bilinear/,
  ],
  [
    'a resize that no memory holds',
    'upsampling',
    set('resized', 'height', 2 ** 31),
    /gives a tensor of 1×2147483648×17×2/,
  ],
  [
    'a resize that crops',
    'upsampling',
    set('resized', 'crop_to_aspect_ratio', true),
    /has crop_to_aspect_ratio, which is not supported/,
  ],
  [
    'shared axes that the input does not have',
    'gates',
    set('prelu_channels', 'shared_axes', [1, 4]),
    /has shared_axes \[1,4\]; expected axes from 1 to 3/,
  ],
  [
    'slopes for other axes',
    'gates',
    set('prelu_rows', 'shared_axes', [1]),
    /weight alpha has shape 3×1×2; the layer needs 1×4×2/,
  ],
  ['columns of length 1', 'gates', set('unit', 'axis', 1), /has axis 1; only the last axis/],
  [
    'an operator that is no sum, difference or product',
    'operators',
    (_, layer) => {
      layer('tf.__operators__.add').config.function = 'toString';
    },
    /calls tf\.toString; of operators/,
  ],
  [
    'an operator on nothing',
    'operators',
    (_, layer) => {
      layer('tf.math.multiply').inbound_nodes = [['_CONSTANT_VALUE', -1, 2, { y: 3 }]];
    },
    /called on something else than the outputs of layers/,
  ],
  [
    'a layer called as an operator',
    'operators',
    (_, layer) => {
      layer('gate').inbound_nodes = [['conv', 0, 0, { y: 3 }]];
    },
    /gate \(ReLU\): is called with two arguments/,
  ],
  ['two layers of one name', 'sequential', set('flat', 'name', 'bn'), /two layers called bn/],
  [
    'a cycle',
    'merges',
    (_, layer) => {
      layer('a').inbound_nodes = [[['columns', 0, 0, {}]]];
    },
    /cycle through layer a/,
  ],
  [
    'an unknown input',
    'merges',
    (_, layer) => {
      layer('a').inbound_nodes = [[['nowhere', 0, 0, {}]]];
    },
    /layer 2 a \(Conv2D\): reads nowhere|layer \d+ a \(Conv2D\): reads nowhere/,
  ],
  [
    'a further output',
    'merges',
    (_, layer) => {
      layer('a').inbound_nodes = [[['small', 0, 1, {}]]];
    },
    /further call or output of small/,
  ],
  [
    'a layer that hangs loose',
    'merges',
    (_, layer) => {
      layer('a').inbound_nodes = [];
    },
    /is not connected/,
  ],
  [
    'strange connections',
    'merges',
    (_, layer) => {
      layer('a').inbound_nodes = [{ args: [{}], kwargs: {} }];
    },
    /called on something else/,
  ],
  [
    'a custom class called as one of Keras',
    'merges',
    (_, layer) => {
      Object.assign(layer('a'), { module: '__main__', registered_name: 'Mine>Conv2D' });
    },
    /a \(Conv2D\) is a custom layer/,
  ],
  [
    'a class called as a member of Object',
    'merges',
    (_, layer) => {
      layer('a').class_name = 'constructor';
    },
    /a \(constructor\) is of a class that cannot be imported/,
  ],
  [
    'no output',
    'merges',
    (m) => {
      m.config.output_layers = {};
    },
    /has 0 outputs \(none\)/,
  ],
  [
    'an output that does not exist',
    'merges',
    (m) => {
      m.config.output_layers = [['gone', 0, 0]];
    },
    /output gone is not a layer/,
  ],
  [
    'deeply nested outputs',
    'merges',
    (m) => {
      m.config.output_layers = deep(2000);
    },
    /no readable output_layers/,
  ],
  [
    'deeply nested settings',
    'merges',
    set('a', 'strides', deep(2000)),
    /strides is .*, not two whole numbers/,
  ],
  ['an object for a number', 'sequential', set('rescale', 'scale', { toString: 1 }), /scale is neither/],
  [
    'an object for an activation',
    'sequential',
    set('hidden', 'activation', { class_name: {} }),
    /activation without a class/,
  ],
  [
    'an unknown activation',
    'sequential',
    set('hidden', 'activation', 'gelu'),
    /has activation gelu; supported are linear, relu/,
  ],
  [
    'an activation layer with a wrong setting',
    'sequential',
    set('hidden', 'activation', { class_name: 'ReLU', config: { max_value: 'x' } }),
    /hidden \(Dense\), activation ReLU: max_value is "x"/,
  ],
  [
    'an integer input',
    'sequential',
    set('picture', 'dtype', 'uint8'),
    /picture \(InputLayer\): computes in "uint8"/,
  ],
  [
    'a huge input',
    'sequential',
    set('picture', 'batch_input_shape', [null, 65536, 65536, 3]),
    /more than 2\^28 elements/,
  ],
  [
    'an input beyond numbers',
    'sequential',
    set('picture', 'batch_input_shape', [null, 1e300, 1, 3]),
    /whole numbers from 1/,
  ],
  [
    'an input of objects',
    'sequential',
    set('picture', 'batch_input_shape', [null, { toString: 1 }, 1, 3]),
    /whole numbers from 1/,
  ],
  ['no input shape', 'sequential', set('picture', 'batch_input_shape', null), /has no input shape/],
  ['a huge kernel', 'merges', set('a', 'filters', 2 ** 31), /needs 1×1×2×2147483648/],
  ['huge padding', 'shapes', set('pad_all', 'padding', 2 ** 20), /more than 2\^28 elements/],
  [
    'negative padding',
    'shapes',
    set('pad_all', 'padding', [
      [-1, 0],
      [0, 0],
    ]),
    /padding is \[\[-1,0\],\[0,0\]\], not/,
  ],
  ['no padding', 'shapes', set('pad_all', 'padding', null), /padding is null, not/],
  ['too much cropping', 'shapes', set('crop_all', 'cropping', 40), /crops away all/],
  [
    'a window beyond the image',
    'shapes',
    set('average_valid', 'pool_size', [40, 40]),
    /average_valid \(AveragePooling2D\): has a 40×40 window/,
  ],
  ['causal padding', 'merges', set('a', 'padding', 'causal'), /padding causal; same and valid/],
  ['a fractional stride', 'merges', set('a', 'strides', [1.5, 1]), /strides is \[1\.5,1\], not/],
  ['groups that do not divide', 'convolutions', set('grouped', 'groups', 3), /into 3 groups/],
  ['a batch concatenation', 'merges', set('rows', 'axis', 0), /has axis 0; expected 1 to 3/],
  ['normalization of rows', 'sequential', set('bn', 'axis', [1]), /has axis \[1\]; only the last/],
  [
    'softmax over rows',
    'activations',
    set('softmax', 'axis', 1),
    /softmax \(Softmax\): has axis 1; only the last/,
  ],
  ['a shape of another size', 'shapes', set('rows', 'target_shape', [7, -1]), /cannot reshape/],
  ['a shape with two unknowns', 'shapes', set('rows', 'target_shape', [-1, -1]), /at most one −1/],
  ['channels first in Flatten', 'sequential', set('flat', 'data_format', 'channels_first'), /channels_first/],
  ['a negative variance', 'normalizations', set('given', 'variance', [1, -1, 1]), /negative variance/],
  [
    'a mean of other length',
    'normalizations',
    set('given', 'mean', [1, 2]),
    /mean is neither a number nor one for each of the 3/,
  ],
  [
    'a sum in a chain',
    'sequential',
    (_, layer) => {
      layer('flat').class_name = 'Add';
    },
    /flat \(Add\): needs several inputs/,
  ],
];

for (const [what, name, edit, message] of BAD_CONFIGS) {
  test(`${what}: refused`, async () => {
    assert.match(await refusal(await withConfig(`${name}-keras2`, edit)), message);
  });
}

test('the operands of a sum must have the same rank and fit', async () => {
  const mixed: Edit = (_, layer) => {
    layer('squeeze').config.keepdims = false;
  };
  assert.match(
    await refusal(await withConfig('merges-keras3', mixed)),
    /gated \(Multiply\): merges shapes 1×4×6×3 and 1×3/,
  );
  assert.match(
    await refusal(await withConfig('merges-keras2', set('d', 'strides', [2, 2]))),
    /sum_of_four \(Add\): cannot combine shapes/,
  );
});
