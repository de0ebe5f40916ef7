"""Writes fixtures/tflite/*-uint8: networks as quantization-aware training with TensorFlow 1 made them, with every tensor of one run.

    python tools/oracle/tflite_networks_uint8.py

The graphs have fake quantization with given ranges instead of trained ones; TensorFlow 1's converter (`inference_type = uint8`)
makes uint8 activations and weights of them, with zero points, and int32 biases. `tflite_networks.py` says what the JSON holds.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from tflite_networks import FIXTURES, save

tf1 = tf.compat.v1


def fake(tensor, low, high):
    """Fake quantization to 8 bits."""
    return tf.quantization.fake_quant_with_min_max_args(tensor, low, high)


def weights(rng, shape, low, high):
    """Random weights between two bounds that are not symmetric, so that their zero point is none of 0, 128 and 255."""
    return fake(tf.constant(rng.uniform(low, high, shape).astype(np.float32)), low, high)


def biased(rng, tensor):
    """A random bias on each channel."""
    return tf.nn.bias_add(tensor, tf.constant(rng.normal(0, 0.3, tensor.shape[-1]).astype(np.float32)))


def mobile(x, rng):
    """Convolutions with fused activations, a residual sum, a pooling, a dense layer and a softmax."""
    y = tf.nn.conv2d(x, weights(rng, (3, 3, 3, 8), -0.6, 0.4), strides=2, padding="SAME")
    y = fake(tf.nn.relu6(biased(rng, y)), 0, 6)
    z = tf.nn.depthwise_conv2d(y, weights(rng, (3, 3, 8, 1), -0.3, 0.5), strides=(1, 1, 1, 1), padding="SAME")
    z = fake(tf.nn.relu(biased(rng, z)), 0, 4.5)
    z = tf.nn.conv2d(z, weights(rng, (1, 1, 8, 8), -0.5, 0.3), strides=1, padding="SAME")
    z = fake(biased(rng, z), -3.1, 4.2)
    y = fake(y + z, -2.7, 8.3)
    y = tf.nn.depthwise_conv2d(y, weights(rng, (3, 3, 8, 2), -0.2, 0.4), strides=(1, 2, 2, 1), padding="VALID")
    y = fake(tf.nn.relu6(biased(rng, y)), 0, 6)
    y = tf.nn.avg_pool2d(y, 2, 1, "VALID")
    y = tf.reshape(y, (1, -1))
    y = tf.matmul(y, weights(rng, (int(y.shape[1]), 10), -0.2, 0.3))
    y = fake(biased(rng, y), -4.4, 5.6)
    return tf.nn.softmax(y)


def merges(x, rng):
    """Branches: sum, difference, product, concatenation, maximum, mean, padding, logistic and tanh."""
    a = tf.nn.conv2d(x, weights(rng, (3, 3, 4, 4), -0.5, 0.4), strides=1, padding="SAME")
    a = fake(tf.nn.leaky_relu(fake(biased(rng, a), -3.3, 2.9), 0.2), -0.7, 2.9)
    b = tf.nn.conv2d(x, weights(rng, (1, 1, 4, 4), -0.9, 0.8), strides=1, padding="SAME")
    b = fake(biased(rng, b), -2.2, 2.6)
    y = tf.concat([fake(a + b, -2.4, 4.8), fake(a - b, -2.4, 4.8), fake(a * b, -2.4, 4.8)], 3)
    y = tf.pad(y, [[0, 0], [0, 1], [1, 0], [0, 0]])
    y = tf.nn.max_pool2d(y, 3, 2, "SAME")
    y = fake(tf.nn.relu(y), 0, 4.1)
    z = fake(tf.reduce_mean(y, [1, 2]), 0, 2.3)
    z = tf.matmul(z, weights(rng, (12, 9), -0.7, 0.9))
    z = fake(biased(rng, z), -2.1, 3.3)
    gate = tf.sigmoid(z)
    return fake(gate * tf.tanh(z), -0.6, 0.9)


NETWORKS = {"mobile": (mobile, (1, 13, 12, 3)), "merges": (merges, (1, 8, 8, 4))}


def convert(build, shape):
    """The bytes of a network as TensorFlow 1's converter makes them."""
    with tf.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf.float32, shape, name="image")
        y = build(fake(x, -1, 1), np.random.default_rng(3))
        converter = tf1.lite.TFLiteConverter.from_session(session, [x], [y])
        converter.inference_type = tf.uint8
        converter.quantized_input_stats = {"image": (127.5, 127.5)}
        return converter.convert()


if __name__ == "__main__":
    for name, (build, shape) in NETWORKS.items():
        save(f"{name}-uint8", convert(build, shape))
