import { chooseLayers, isClass, type RecreationEntry } from '../../src/quant/index.js';
import { assert, test } from '../harness.js';

const layers = [
  ['input', 'InputLayer'],
  ['block_1_conv', 'Conv2D'],
  ['block_1_dw', 'DepthwiseConv2D'],
  ['block_2_conv', 'Conv2D'],
  ['odd[1]', 'Conv2D'],
  ['dense', 'Dense'],
].map(([name, className], index) => ({
  index,
  name: name!,
  className: className!,
  tensor: name!,
  parameters: 0,
}));

const chosen = (...config: RecreationEntry[]): number[] =>
  chooseLayers(layers, config).map(({ layer }) => layer.index);
const refuses = (message: RegExp, ...config: RecreationEntry[]): void => {
  assert.throws(() => chooseLayers(layers, config), message);
};

test('by index, glob, class, and without exceptions', () => {
  assert.equal(chosen({ name: 'conv2d', indices: [3, 1] }), [1, 3]);
  assert.equal(chosen({ layers: ['block_1_*', 'dense'] }), [1, 2, 5]);
  assert.equal(chosen({ name: 'conv2d', layers: ['block_*'] }), [1, 3]);
  assert.equal(chosen({ name: 'depthwise_conv2d', all: true }), [2]);
  assert.equal(chosen({ all: true, except: ['block_*', 'input'] }), [4, 5]);
  assert.equal(chosen({ layers: ['odd[1]'] }), [4], 'a name is not a glob');
  assert.equal(chosen({ name: 'conv2d', indices: [1], layers: ['block_1_conv'] }), [1], 'once');
  assert.equal(chosen({ indices: [5] }, { indices: [1] }), [5, 1]);
});

test('mistakes are named', () => {
  refuses(/^recreation entry 0 selects no layer: give indices, layers or all: true$/, { name: 'conv2d' });
  refuses(/^recreation entry 0: there is no layer 9; indices go from 0 to 5$/, { indices: [9] });
  refuses(/^recreation entry 0: layer 5 dense is Dense, not conv2d$/, { name: 'conv2d', indices: [5] });
  refuses(
    /^recreation entry 1: no conv2d is called bloc; there are block_1_conv, /,
    { indices: [5] },
    { name: 'conv2d', layers: ['bloc'] },
  );
  refuses(/^recreation entry 0: the model has no add; it has InputLayer, Conv2D, DepthwiseConv2D, Dense$/, {
    name: 'add',
    all: true,
  });
  refuses(
    /^recreation entry 1: layer 1 block_1_conv is already in entry 0$/,
    { indices: [1] },
    { name: 'conv2d', all: true },
  );
  refuses(/^recreation entry 0: no layer is called block_9, so except takes nothing out$/, {
    all: true,
    except: ['block_9'],
  });
  refuses(/^recreation entry 0 selects no layer$/, { name: 'dense', all: true, except: ['dense'] });
  refuses(/^recreation entry 0 selects no layer$/, { indices: [] });
});

test('classes may be written as Python does', () => {
  assert.ok(isClass('DepthwiseConv2D', 'depthwise_conv2d'));
  assert.ok(isClass('ReLU', 're_lu'));
  assert.not.ok(isClass('Conv2D', 'conv'));
});
