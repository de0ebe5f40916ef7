"""Writes fixtures/tflite for Keras networks that move values: split, stacked, sliced, transposed, padded, in blocks, labelled.

    python tools/oracle/tflite_networks_layout.py [network ...]

The batch size is free unless a network says otherwise, so converters compute shapes at run time. `tflite_networks.py` says what
the JSON holds.
"""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

from tflite_networks import convert, prepared, save


def splits():
    """SPLIT, SPLIT_V and concatenations of the parts."""
    x = layers.Input((6, 5, 6), name="image")
    y = layers.Conv2D(6, 3, padding="same", activation="relu")(x)
    a, b, c = tf.split(y, 3, axis=3)
    parts = tf.split(layers.Concatenate()([c, a, b]), [1, 3, -1], axis=2)
    parts = [layers.Flatten()(layers.Conv2D(channels, 1)(part)) for channels, part in enumerate(parts, 1)]
    return tf.keras.Model(x, layers.Add()([layers.Dense(5)(part) for part in parts]))


def stacks():
    """UNPACK and PACK."""
    x = layers.Input((6, 5, 4), name="image")
    rows = tf.unstack(layers.Conv2D(3, 2, activation="relu")(x), axis=1)
    y = tf.stack([rows[4], rows[1], rows[0], rows[3]], axis=2)
    return tf.keras.Model(x, layers.Dense(5)(layers.Flatten()(layers.Conv2D(4, 2)(y))))


def shapes():
    """Reshapings that depend on the batch, permutations, dimensions that come and go, and a dense layer over pixels."""
    x = layers.Input((4, 6, 3), name="image")
    y = layers.Dense(4)(x)
    y = layers.Permute((3, 1, 2))(y)
    y = layers.Reshape((-1, 6))(y)
    batch = tf.shape(y)[0]
    y = tf.reshape(y, tf.stack([batch, 8, 6 * 2, 1]))
    y = tf.squeeze(tf.expand_dims(y, 1), [1, 4])
    y = layers.Conv1D(3, 3, activation="relu")(y)
    y = tf.gather(y, [5, 0, 0, 3], axis=1)
    y = tf.transpose(y, [0, 2, 1])
    y = tf.reshape(y, [-1, y.shape[1] * y.shape[2]])
    return tf.keras.Model(x, layers.Softmax()(layers.Dense(7)(y)))


def slices():
    """Slices with strides of both signs, single elements, an ellipsis and new dimensions."""
    x = layers.Input((7, 8, 5), name="image")
    y = layers.Conv2D(6, 1, activation="relu6")(x)
    a = y[:, ::2, 1:-1:3, :]
    b = y[:, -1:-5:-1, ::-3, 1:]
    c = y[..., 2]
    d = y[:, 3, :, tf.newaxis, ::-2]
    e = y[:, -6:100, 2, -3:]
    parts = [layers.Flatten()(part) for part in (a, b, c, d, e)]
    return tf.keras.Model(x, layers.Dense(4)(layers.Concatenate()(parts)))


def tiles():
    """Mirrored paddings, dilated convolutions, blocks of pixels to and from batches."""
    x = layers.Input((5, 4, 3), name="image")
    y = tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 0]], "REFLECT")
    y = layers.Conv2D(8, 3, dilation_rate=2, padding="same", activation="relu")(y)
    y = layers.DepthwiseConv2D(3, dilation_rate=(2, 2))(y)
    y = tf.pad(y, [[0, 0], [1, 1], [0, 3], [0, 0]], "SYMMETRIC")
    z = tf.space_to_batch(y, [2, 3], [[1, 1], [0, 0]])
    z = layers.Conv2D(4, 2, padding="same")(z)
    z = tf.batch_to_space(z, [2, 3], [[2, 0], [1, 1]])
    return tf.keras.Model(x, layers.Conv2D(2, 3, strides=3)(z))


def blocks():
    """Blocks of pixels to and from channels, a padding with a number, upsampling."""
    x = layers.Input((4, 3, 3), name="image")
    y = layers.Conv2D(8, 2, activation="relu")(x)
    y = tf.nn.depth_to_space(y, 2)
    y = tf.pad(y, [[0, 0], [1, 1], [0, 2], [0, 0]], constant_values=0.375)
    y = tf.nn.space_to_depth(y, 2)
    y = layers.UpSampling2D(2)(y)
    return tf.keras.Model(x, layers.Conv2D(2, 3, strides=3)(y))


def labels():
    """A classifier that ends in the index of its class, as a number."""
    x = layers.Input((5, 5, 2), name="image")
    y = layers.Conv2D(9, 3, strides=2)(x)
    y = layers.Dense(3)(tf.transpose(y, [0, 3, 1, 2]))
    y = tf.argmax(y, axis=1, output_type=tf.int32)
    return tf.keras.Model(x, tf.cast(y, tf.float32))


def classes():
    """A classifier that ends in the index of its class."""
    x = layers.Input((5, 5, 2), name="image")
    y = layers.Flatten()(layers.Conv2D(9, 3, strides=2)(x))
    return tf.keras.Model(x, tf.argmax(layers.Softmax()(layers.Dense(11)(y)), axis=-1))


def lookup():
    """A row of a table for each class that was found, at run time."""
    x = layers.Input((5, 4, 3), name="image")
    y = layers.Conv2D(6, 2)(x)
    table = np.linspace(-1, 2, 24, dtype=np.float32).reshape(6, 4)
    y = tf.gather(tf.constant(table), tf.argmax(y, axis=3))
    return tf.keras.Model(x, layers.Conv2D(2, 3)(y))


def bytes():
    """Pixels as bytes, which the network itself makes reals of."""
    x = layers.Input((4, 4, 3), dtype=tf.uint8, name="image")
    y = layers.Rescaling(1 / 127.5, offset=-1)(tf.cast(x, tf.float32))
    return tf.keras.Model(x, layers.Dense(3)(layers.Flatten()(layers.Conv2D(4, 3)(y))))


ALL = ("float", "int8", "16x8")

# The converter makes no int16 ARG_MAX or DEPTH_TO_SPACE, and of an int8 UNPACK not the same file every time.
KINDS = {
    splits: ALL,
    stacks: ("float", "16x8"),
    shapes: ALL,
    slices: ALL,
    tiles: ALL,
    blocks: ALL[:2],
    labels: ALL[:2],
    classes: ALL[:2],
    lookup: ALL[:2],
    bytes: ALL[:1],
}

if __name__ == "__main__":
    for network, kinds in KINDS.items():
        for kind in kinds if network.__name__ in (sys.argv[1:] or network.__name__) else ():
            save(f"{network.__name__}-{kind}", convert(prepared(network), kind))
