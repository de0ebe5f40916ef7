"""uint8 MobileNets for validate_zoo.py, as quantization-aware training with TensorFlow 1 made them."""

import numpy as np

from tflite_networks_uint8 import biased, fake, tf, tf1, weights

SHAPE = (1, 96, 96, 3)


def convolution(rng, x, channels, size=1, stride=1, low=0, high=6):
    """With a ReLU6 unless the range goes below 0; weights are centred beside 0."""
    limit = 1.7 / np.sqrt(size * size * int(x.shape[3]))
    y = tf.nn.conv2d(x, weights(rng, (size, size, x.shape[3], channels), -limit, 1.2 * limit), strides=stride, padding="SAME")
    return fake(tf.nn.relu6(biased(rng, y)) if low == 0 else biased(rng, y), low, high)


def depthwise(rng, x, stride):
    y = tf.nn.depthwise_conv2d(x, weights(rng, (3, 3, x.shape[3], 1), -0.5, 0.7), strides=(1, stride, stride, 1), padding="SAME")
    return fake(tf.nn.relu6(biased(rng, y)), 0, 6)


def classified(rng, x):
    x = tf.nn.avg_pool2d(x, int(x.shape[1]), 1, "VALID")
    x = convolution(rng, x, 21, low=-3.2, high=4.1)
    return tf.nn.softmax(tf.reshape(x, (1, -1)))


def mobilenet(x, rng):
    """MobileNet 0.25."""
    x = convolution(rng, x, 8, 3, 2)
    for channels, stride in ((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2), (256, 1)):
        x = convolution(rng, depthwise(rng, x, stride), channels)
    return classified(rng, x)


def mobilenet_v2(x, rng):
    """MobileNetV2 0.35."""
    x = depthwise(rng, convolution(rng, x, 16, 3, 2), 1)
    x = convolution(rng, x, 8, low=-3.7, high=4.2)
    for channels, count, first in ((8, 2, 2), (16, 3, 2), (24, 4, 2), (32, 3, 1), (56, 3, 2), (112, 1, 1)):
        for stride in (first, *[1] * (count - 1)):
            y = depthwise(rng, convolution(rng, x, 6 * int(x.shape[3])), stride)
            y = convolution(rng, y, channels, low=-3.7, high=4.2)
            x = fake(x + y, -4.4, 5.1) if stride == 1 and x.shape == y.shape else y
    return classified(rng, convolution(rng, x, 1280))


UINT8 = {"MobileNet 0.25, uint8": mobilenet, "MobileNetV2 0.35, uint8": mobilenet_v2}


def convert_uint8(name):
    """The bytes of a network as TensorFlow 1's converter makes them, and a picture."""
    rng = np.random.default_rng(3)
    with tf.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf.float32, SHAPE, name="image")
        y = UINT8[name](fake(x, -1, 1), rng)
        converter = tf1.lite.TFLiteConverter.from_session(session, [x], [y])
        converter.inference_type = tf.uint8
        converter.quantized_input_stats = {"image": (127.5, 127.5)}
        return converter.convert(), rng.uniform(-1, 1, SHAPE[1:]).astype(np.float32)
