import { type Network, networkBuilder } from '../networks.js';

/** Small networks that hold what real ones are made of, with weights from the seed. */
export const NETS: Readonly<Record<string, (seed: number) => Network>> = {
  'mobile block'(seed) {
    const net = networkBuilder(seed);
    const stem = net.relu(net.norm(net.conv('image', 'conv', 4), 'conv_bn'), 'conv_relu');
    const deep = net.relu(net.norm(net.depthwise(stem, 'depthwise', { bias: false }), 'dw_bn'), 'dw_relu');
    const project = net.norm(net.conv(deep, 'project', 4, { size: 1, bias: false }), 'project_bn');
    const sum = net.add(stem, project, 'add');
    net.softmax(net.dense(net.mean(sum, 'mean'), 'dense', 5), 'softmax');
    return net.finish('softmax');
  },
  'concat, pools and pad'(seed) {
    const net = networkBuilder(seed);
    const left = net.relu(net.conv('image', 'left', 2), 'left_relu');
    const right = net.conv(net.pad('image', 'pad'), 'right', 2, { size: 1 });
    const small = net.maxPool(net.pad(left, 'left_pad'), 'left_max');
    const both = net.concat([small, net.maxPool(right, 'max')], 'concat');
    const average = net.averagePool(net.concat([both, both], 'twice'), 'average');
    net.dense(net.mean(average, 'mean'), 'dense', 4);
    return net.finish('dense');
  },
  'standalone batch normalization'(seed) {
    const net = networkBuilder(seed);
    const conv = net.conv('image', 'conv', 3);
    const sum = net.add(conv, 'image', 'add');
    const active = net.relu(net.norm(sum, 'norm'), 'relu', null);
    net.dense(net.mean(net.conv(active, 'conv_2', 3), 'mean'), 'dense', 3);
    return net.finish('dense');
  },
  'squeeze and excite'(seed) {
    const net = networkBuilder(seed);
    const conv = net.relu(net.conv('image', 'conv', 4), 'relu');
    const squeezed = net.mean(conv, 'squeeze', true);
    const gate = net.sigmoid(net.conv(squeezed, 'excite', 4, { size: 1 }), 'sigmoid');
    const scaled = net.multiply(conv, gate, 'scale');
    net.softmax(net.dense(net.mean(scaled, 'mean'), 'dense', 4), 'softmax');
    return net.finish('softmax');
  },
  'two readers, leaky, square'(seed) {
    const net = networkBuilder(seed);
    const conv = net.norm(net.conv('image', 'conv', 3), 'bn');
    const leaky = net.relu(conv, 'leaky', null, 0.25);
    const square = net.multiply(leaky, leaky, 'square');
    const double = net.add(conv, conv, 'double');
    const capped = net.relu(net.add(square, double, 'sum'), 'capped', 4);
    net.mean(capped, 'mean');
    return net.finish('mean');
  },
  'hard-swish, slopes and unit rows'(seed) {
    const net = networkBuilder(seed);
    const swished = net.layer('Activation', 'swished', 'hard_swish', {}, [net.conv('image', 'conv', 4)]);
    const slopes = net.constant('prelu/alpha', [1, 1, 3], () => 0.3);
    const sloped = net.layer('PReLU', 'prelu', 'prelu', {}, [net.conv(swished, 'conv_2', 3), slopes]);
    const unit = net.layer('UnitNormalization', 'unit', 'l2_normalization', {}, [sloped]);
    net.dense(net.mean(unit, 'mean'), 'dense', 4);
    return net.finish('dense');
  },
  'sums and products with constants'(seed) {
    const net = networkBuilder(seed);
    const number = (name: string, value: number): string => net.constant(name, [], () => value);
    const gateOf = (x: string): string => {
      const shifted = net.relu(net.add(x, number(`${x}/3`, 3), `${x}/shifted`), `${x}/limited`);
      return net.multiply(shifted, number(`${x}/sixth`, Math.fround(1 / 6)), `${x}/gate`);
    };
    const conv = net.norm(net.conv('image', 'conv', 4), 'bn');
    const swished = net.multiply(conv, gateOf(conv), 'swished');
    const squeezed = net.conv(net.mean(swished, 'squeeze', true), 'excite', 4, {
      size: 1,
      bias: seed % 2 === 0,
    });
    const scaled = net.multiply(swished, gateOf(squeezed), 'scaled');
    net.dense(net.mean(scaled, 'mean'), 'dense', 4);
    return net.finish('dense');
  },
  'upsampling head'(seed) {
    const net = networkBuilder(seed);
    const small = net.maxPool(net.conv('image', 'conv', 4), 'pool');
    const kernel = net.constant('up/kernel', [3, 3, 3, 4], () => 0.2 - (seed % 5) / 9);
    const window = { padding: 'same', strides: [2, 2], outputSize: [6, 6], activation: 'none' };
    const up = net.relu(
      net.layer('Conv2DTranspose', 'up', 'transpose_conv', window, [small, kernel]),
      'up_relu',
    );
    const centers = { size: [6, 6], alignCorners: false, halfPixelCenters: true };
    const finer = net.layer('UpSampling2D', 'finer', 'resize_bilinear', centers, [small]);
    const both = net.concat([up, finer], 'both');
    const nearest = net.layer('Resizing', 'nearest', 'resize_nearest_neighbor', centers, [both]);
    net.conv(nearest, 'last', 2);
    return net.finish('last');
  },
};
