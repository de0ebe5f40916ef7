import { type Network, networkBuilder } from '../networks.js';

/** A residual block: conv + norm + relu, then depthwise + norm, added to the relu; pooled, classified, softmax of its own. */
export function residualNetwork(): Network {
  const net = networkBuilder(1);
  const relu = net.relu(net.norm(net.conv('image', 'conv', 4), 'conv_bn'), 'conv_relu');
  const branch = net.norm(net.depthwise(relu, 'depthwise'), 'depthwise_bn');
  const pooled = net.mean(net.add(relu, branch, 'add'), 'pool');
  return net.finish(net.softmax(net.dense(pooled, 'dense', 6), 'softmax'));
}
