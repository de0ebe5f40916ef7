"""Simulates int8 quantization layer by layer, to choose the question the demo asks.

    python tools/demo/simulate.py

Prints, for each layer with weights, how far apart its channels' weight ranges are after
batch-norm folding, and what happens to the whole network when that layer alone is made
cheaper. Fake quantization in float: close to the integer kernels, not bit-exact. It looks
at the tuning stream, so that the choice owes nothing to the validation pictures.
"""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

from measure import load_model, load_pictures, ranking, round_half_away, top_k
from train import pictures, preprocess

WEIGHTED = (layers.Conv2D, layers.DepthwiseConv2D, layers.Dense)

# TensorFlow Lite's scheme, and the ways to make a layer cheaper than that.
DEFAULT = {'per_channel': True, 'weight_bits': 8, 'rounding': True}
CHEAPER = {
    'per tensor': {'per_channel': False},
    'truncating': {'rounding': False},
    '4-bit': {'weight_bits': 4},
    '4-bit per tensor': {'weight_bits': 4, 'per_channel': False},
}

# The layers that fixtures/demo/recreation.yaml makes cheaper.
SHIPPED = {name: CHEAPER['4-bit per tensor'] for name in ('block_1_depthwise', 'block_5_depthwise')}


def consumers(model, layer):
    return [node.outbound_layer for node in layer.outbound_nodes if node.outbound_layer in model.layers]


def fold(model, layer):
    """Kernel and bias with a following batch norm folded in, and the layers merged: the norm and a ReLU."""
    kernel = layer.get_weights()[0]
    bias = layer.get_weights()[1] if layer.use_bias else 0
    merged = []
    following = consumers(model, layer)
    if following and isinstance(following[0], layers.BatchNormalization):
        merged.append(following[0])
        gamma, beta, mean, variance = following[0].get_weights()
        factor = gamma / np.sqrt(variance + following[0].epsilon)
        depthwise = isinstance(layer, layers.DepthwiseConv2D)
        kernel = kernel * (factor[:, None] if depthwise else factor)
        bias = beta + (bias - mean) * factor
        following = consumers(model, following[0])
    if following and isinstance(following[0], layers.ReLU):
        merged.append(following[0])
    return kernel, bias, merged


def channel_ranges(layer, kernel):
    """The largest absolute weight of each output channel."""
    axes = (0, 1, 3) if isinstance(layer, layers.DepthwiseConv2D) else tuple(range(kernel.ndim - 1))
    return np.abs(kernel).max(axis=axes, keepdims=True)


def quantize_weights(layer, kernel, options):
    """Symmetric fake quantization; a dense layer is always per tensor, as in TensorFlow Lite."""
    ranges = channel_ranges(layer, kernel)
    if isinstance(layer, layers.Dense) or not options['per_channel']:
        ranges = ranges.max()
    scale = np.maximum(ranges, 1e-12) / (2 ** (options['weight_bits'] - 1) - 1)
    return round_half_away(kernel / scale) * scale


def quantize_activations(x, low, high, rounding=True):
    """Asymmetric int8 fake quantization over a calibrated range."""
    scale = (max(high, 0) - min(low, 0)) / 255
    zero_point = round_half_away(-128 - min(low, 0) / scale)
    q = round_half_away(x / scale) if rounding else np.floor(x / scale)
    return (np.clip(q + zero_point, -128, 127) - zero_point) * scale


def apply_layer(layer, x, kernel, bias):
    if isinstance(layer, layers.Dense):
        return x @ kernel + bias
    padding, stride = layer.padding.upper(), layer.strides[0]
    if isinstance(layer, layers.DepthwiseConv2D):
        return tf.nn.depthwise_conv2d(x, kernel, [1, stride, stride, 1], padding) + bias
    return tf.nn.conv2d(x, kernel, stride, padding) + bias


def run(model, inputs, ranges=None, options=None):
    """Output of every merged group by the name of its first layer; quantized if ranges are given."""
    values, outputs = {}, {}
    for layer in model.layers:
        if layer.name in values:
            continue
        sources = tf.nest.flatten(layer.inbound_nodes[0].inbound_layers)
        xs = [values[source.name] for source in sources]
        merged, rounding = [], True
        if isinstance(layer, layers.InputLayer):
            y = inputs
        elif isinstance(layer, WEIGHTED):
            kernel, bias, merged = fold(model, layer)
            if ranges:
                chosen = {**DEFAULT, **(options or {}).get(layer.name, {})}
                kernel, rounding = quantize_weights(layer, kernel, chosen), chosen['rounding']
            y = apply_layer(layer, xs[0], np.float32(kernel), np.float32(bias))
            y = np.clip(y, 0, 6) if any(isinstance(m, layers.ReLU) for m in merged) else np.asarray(y)
        elif isinstance(layer, layers.Add):
            y = xs[0] + xs[1]
        else:
            y = xs[0].mean(axis=(1, 2))
        if ranges:
            y = quantize_activations(y, *ranges[layer.name], rounding)
        outputs[layer.name] = np.float32(y)
        values.update({member.name: outputs[layer.name] for member in [layer, *merged]})
    return outputs


def sqnr(reference, noisy):
    """Decibels of the mean over activations of signal over noise, as QPANN prints; noiseless activations are left out."""
    signal = np.sum(np.float64(reference) ** 2, axis=0)
    noise = np.sum(np.float64(reference - noisy) ** 2, axis=0)
    return 10 * np.log10(np.mean(signal[noise > 0] / noise[noise > 0]))


def main():
    model = load_model()
    images, labels = pictures('tuning', 400)
    inputs = preprocess(images).numpy()
    calibration = run(model, preprocess(load_pictures('calibration')).numpy())
    ranges = {name: (float(x.min()), float(x.max())) for name, x in calibration.items()}
    reference = run(model, inputs)
    output = model.layers[-1].name
    plain = run(model, inputs, ranges)

    def verdict(result):
        agreement = 100 * np.mean(ranking(reference[output])[:, 0] == ranking(result[output])[:, 0])
        return f'{sqnr(reference[output], result[output]):.1f} dB, {top_k(result[output], labels, 1):.1f} %, {agreement:.1f} %'

    print(f'all layers int8: {verdict(plain)} (SQNR of the logits, top-1, agreement with the Reference)')
    print(f'recreation.yaml: {verdict(run(model, inputs, ranges, SHIPPED))}\n')
    print('| layer | widest / narrowest channel | SQNR, int8 | ' + ' | '.join(CHEAPER) + ' |')
    print('|---' * (3 + len(CHEAPER)) + '|')
    for layer in model.layers:
        if not isinstance(layer, WEIGHTED):
            continue
        channels = channel_ranges(layer, fold(model, layer)[0])
        cells = [f'{channels.max() / channels.min():.1f}', f'{sqnr(reference[layer.name], plain[layer.name]):.1f} dB']
        for change in CHEAPER.values():
            result = run(model, inputs, ranges, {layer.name: change})
            own = sqnr(reference[layer.name], result[layer.name])
            cells.append(f'{own:.1f} dB → {verdict(result)}')
        print(f'| {layer.name} | ' + ' | '.join(cells) + ' |')


if __name__ == '__main__':
    tf.config.threading.set_intra_op_parallelism_threads(1)
    main()
