"""Measures the shipped demo with Keras and TensorFlow Lite: the numbers QPANN has to reproduce.

    python tools/demo/measure.py            accuracy, agreement, multiply-accumulates
    python tools/demo/measure.py --layers   also the table of model.layers
"""

import argparse

import numpy as np
import tensorflow as tf

import draw
from train import DEMO, preprocess


def load_pictures(folder):
    """The decoded pictures of a demo folder in file order."""
    return np.stack([draw.decode(path.read_bytes()) for path in sorted((DEMO / folder).glob('*.jpg'))])


def load_labels():
    return np.loadtxt(DEMO / 'labels.txt', dtype=int)


def load_model():
    return tf.keras.models.load_model(DEMO / 'model.h5', compile=False)


def full_int8(model, calibration):
    """The model as a TensorFlow Lite flatbuffer with int8 input, output and operators."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[None]] for sample in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def round_half_away(x):
    """TensorFlow Lite's rounding. It matters: with inputs in -1..1 almost every pixel lies halfway between two steps."""
    return np.trunc(np.float64(x) + np.copysign(0.5, x))


def run_tflite(flatbuffer, inputs):
    """Int8 outputs of the reference kernels, one sample at a time."""
    interpreter = tf.lite.Interpreter(
        model_content=flatbuffer,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
        num_threads=1,
    )
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero_point = source['quantization']
    quantized = np.clip(round_half_away(inputs / np.float32(scale)) + zero_point, -128, 127).astype(np.int8)
    outputs = []
    for sample in quantized:
        interpreter.set_tensor(source['index'], sample[None])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target['index'])[0].astype(int))
    return np.stack(outputs)


def ranking(scores):
    """Classes from likely to unlikely; the lower index wins a tie."""
    return np.argsort(-scores, axis=1, kind='stable')


def top_k(scores, labels, k):
    """Percentage of samples whose label is among the k highest scores."""
    return 100 * np.mean((ranking(scores)[:, :k] == labels[:, None]).any(axis=1))


def layer_macs(layer):
    """Multiply-accumulates of one layer for one sample."""
    if not layer.weights or isinstance(layer, tf.keras.layers.BatchNormalization):
        return 0
    kernel, output = layer.weights[0].shape, layer.output_shape
    if isinstance(layer, tf.keras.layers.Dense):
        return kernel.num_elements()
    channels_in = 1 if isinstance(layer, tf.keras.layers.DepthwiseConv2D) else kernel[2]
    return kernel[0] * kernel[1] * channels_in * int(np.prod(output[1:]))


def print_layers(model):
    print('| index | name | class | output shape | MACs |\n|---|---|---|---|---|')
    for index, layer in enumerate(model.layers):
        shape = layer.output_shape[0] if isinstance(layer.output_shape, list) else layer.output_shape
        size = '×'.join(map(str, shape[1:]))
        print(f'| {index} | {layer.name} | {type(layer).__name__} | {size} | {layer_macs(layer) or ""} |')


def main(with_layers):
    model = load_model()
    inputs, labels = preprocess(load_pictures('images')).numpy(), load_labels()
    reference = model.predict(inputs, verbose=0)
    flatbuffer = full_int8(model, preprocess(load_pictures('calibration')).numpy())
    tflite = run_tflite(flatbuffer, inputs)
    if with_layers:
        print_layers(model)
    print(f'layers {len(model.layers)}, MACs {sum(map(layer_macs, model.layers)):,}, parameters {model.count_params():,}')
    for name, scores in [('Reference', reference), ('TFLite int8', tflite)]:
        print(f'{name}: top-1 {top_k(scores, labels, 1):.1f} %, top-5 {top_k(scores, labels, 5):.1f} %')
    print(f'agreement {100 * np.mean(ranking(reference)[:, 0] == ranking(tflite)[:, 0]):.1f} %')
    pairs, numbers = np.unique(np.stack([labels, ranking(reference)[:, 0]]), axis=1, return_counts=True)
    mistakes = [(n, draw.CLASSES[a], draw.CLASSES[b]) for (a, b), n in zip(pairs.T, numbers) if a != b]
    print('Reference mistakes: ' + ', '.join(f'{n} {a} as {b}' for n, a, b in sorted(mistakes, reverse=True)))


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Measure the demo with Keras and TensorFlow Lite.')
    parser.add_argument('--layers', action='store_true', help='print the table of layers')
    tf.config.threading.set_intra_op_parallelism_threads(1)
    main(parser.parse_args().layers)
