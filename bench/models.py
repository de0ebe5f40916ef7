"""Makes the networks of the benchmark, in every peer's format: python models.py [NETWORK ...]

models/NETWORK/ gets model.h5, float.tflite, int8.tflite, int8-float-io.tflite (for LiteRT.js, which takes no int8), float.onnx,
int8.onnx, tfjs/, one input (input.f32, input.i8: raw values) and info.json. Real converters do the conversions. Seeded; speed does
not depend on the values of weights.
"""
import json
import os
import sys
from pathlib import Path

os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')

import numpy as np
import tensorflow as tf
from PIL import Image

from converters import float_onnx, int8_onnx, tfjs_graph, tflite

HERE = Path(__file__).parent
DATA = Path(os.environ.get('QPANN_DATA', HERE.parent.parent / 'shared' / 'data'))
SEED = 1
CALIBRATION = 32


def mobilenet_v2():
    """MobileNetV2-1.0 with random weights: statistics of batch normalizations as its inputs have them, logits that differ."""
    random = np.random.default_rng(SEED)
    tf.keras.utils.set_random_seed(SEED)
    model = tf.keras.applications.MobileNetV2((224, 224, 3), weights=None)
    samples = noise(random, model, 16)
    norms = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.BatchNormalization)]
    for norm in norms:
        channels = norm.gamma.shape
        norm.gamma.assign(random.uniform(0.7, 1.3, channels))
        norm.beta.assign(random.normal(0, 0.3, channels))
        norm.momentum = 0
    model(samples, training=True)
    for norm in norms:
        norm.momentum = 0.999
    head = model.layers[-1]
    features = tf.keras.Model(model.input, head.input)(samples).numpy()
    kernel = random.normal(0, 1, head.kernel.shape)
    head.kernel.assign(3 * kernel / (features @ kernel).std())
    return model, noise(random, model, CALIBRATION)


def photos_of(file, folder, preprocess):
    """A network of QPANN_DATA with photos from there as samples."""
    model = tf.keras.models.load_model(DATA / 'models' / file, compile=False)
    size = model.input_shape[1:3]
    paths = sorted((DATA / folder / 'images').iterdir())
    chosen = [paths[i * len(paths) // CALIBRATION] for i in range(CALIBRATION)]
    pixels = [np.asarray(Image.open(path).convert('RGB').resize(size, Image.BILINEAR), np.float32) for path in chosen]
    return model, preprocess(np.stack(pixels))


def noise(random, model, count):
    return random.uniform(-1, 1, (count, *model.input_shape[1:])).astype(np.float32)


NETWORKS = {
    'mobilenet_v2': mobilenet_v2,
    'mobilenet_v1_025': lambda: photos_of('mobilenet_v1_025_224.h5', 'imagenet', lambda x: x / 127.5 - 1),
    'resnet8': lambda: photos_of('resnet8_cifar10.h5', 'cifar10', lambda x: x),
}


def write(name):
    model, samples = NETWORKS[name]()
    folder = HERE / 'models' / name
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / 'model.h5', include_optimizer=False)
    (folder / 'float.tflite').write_bytes(tflite(model))
    integer = tflite(model, samples)
    (folder / 'int8.tflite').write_bytes(integer)
    (folder / 'int8-float-io.tflite').write_bytes(tflite(model, samples, tf.float32))
    float_onnx(model, folder / 'float.onnx')
    int8_onnx(folder / 'float.onnx', folder / 'int8.onnx', samples)
    tfjs_graph(model, folder / 'tfjs')
    interpreter = tf.lite.Interpreter(model_content=integer)
    [source], [target] = interpreter.get_input_details(), interpreter.get_output_details()
    scale, zero_point = source['quantization']
    sample = samples[:1]
    sample.tofile(folder / 'input.f32')
    quantized = np.clip(np.round(sample / scale) + zero_point, -128, 127).astype(np.int8)
    quantized.tofile(folder / 'input.i8')
    scale, zero_point = target['quantization']
    info = {'shape': list(sample.shape), 'classes': int(target['shape'][-1]), 'scale': scale, 'zeroPoint': zero_point}
    (folder / 'info.json').write_text(json.dumps(info) + '\n')
    print(f'{name}: {model.count_params()} parameters')


if __name__ == '__main__':
    for name in sys.argv[1:] or NETWORKS:
        if name != 'mobilenet_v2' and not (DATA / 'models').is_dir():
            print(f'{name}: skipped, QPANN_DATA names no folder with models')
        else:
            write(name)
