"""Networks of the blocks that newer classifiers and segmentation heads consist of."""

import tensorflow as tf
from tensorflow.keras import layers


def hard_sigmoid(x):
    """As MobileNetV3 in keras.applications writes it."""
    return layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)


def hard_swish(x):
    return layers.Multiply()([x, hard_sigmoid(x)])


def squeeze_and_excite(x, gate, squeeze):
    """Channels weighted by a gate that sees the mean of the image."""
    y = layers.GlobalAveragePooling2D(keepdims=True)(x)
    y = layers.Conv2D(4, 1, activation=squeeze)(y)
    y = layers.Conv2D(x.shape[-1], 1)(y)
    return layers.Multiply()([x, gate(y)])


def gated():
    """A block of MobileNetV3: hard-swish, squeeze and excite with a hard sigmoid, residual sum."""
    x = layers.Input((9, 10, 3), batch_size=1, name="image")
    y = hard_swish(layers.BatchNormalization()(layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(x)))
    z = hard_swish(layers.BatchNormalization()(layers.Conv2D(10, 1, use_bias=False)(y)))
    z = layers.DepthwiseConv2D(5, padding="same", use_bias=False)(z)
    z = hard_swish(layers.BatchNormalization()(z))
    z = squeeze_and_excite(z, hard_sigmoid, "relu")
    z = layers.BatchNormalization()(layers.Conv2D(6, 1, use_bias=False)(z))
    y = layers.Add()([y, z])
    y = layers.GlobalAveragePooling2D(keepdims=True)(y)
    y = hard_swish(layers.Conv2D(8, 1)(y))
    y = layers.Flatten()(layers.Conv2D(5, 1)(y))
    return tf.keras.Model(x, layers.Softmax()(y))


def swished():
    """A block of EfficientNet: swish, squeeze and excite with a sigmoid, residual sum."""
    x = layers.Input((9, 10, 3), batch_size=1, name="image")
    y = layers.Rescaling(0.5, offset=0.1)(x)
    y = layers.ZeroPadding2D(((0, 1), (1, 1)))(y)
    y = layers.Conv2D(6, 3, strides=2, padding="valid", use_bias=False)(y)
    y = layers.Activation("swish")(layers.BatchNormalization()(y))
    z = layers.Conv2D(10, 1, use_bias=False)(y)
    z = layers.Activation("swish")(layers.BatchNormalization()(z))
    z = layers.DepthwiseConv2D(3, padding="same", use_bias=False)(z)
    z = layers.Activation("swish")(layers.BatchNormalization()(z))
    z = squeeze_and_excite(z, layers.Activation("sigmoid"), "swish")
    z = layers.BatchNormalization()(layers.Conv2D(6, 1, use_bias=False)(z))
    y = layers.Add()([y, z])
    y = layers.GlobalAveragePooling2D()(y)
    return tf.keras.Model(x, layers.Dense(5, activation="softmax")(y))


def upsampling():
    """A head that makes images larger: transposed convolutions and both resizes, with a branch from a finer level."""
    x = layers.Input((6, 8, 3), name="image")
    y = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu")(x)
    z = layers.Conv2DTranspose(4, 3, strides=2, padding="same", use_bias=False)(y)
    z = layers.ReLU(6.0)(layers.BatchNormalization()(z))
    z = layers.Concatenate()([z, layers.UpSampling2D(2, interpolation="bilinear")(y)])
    z = layers.PReLU(shared_axes=[1, 2])(layers.Conv2D(4, 1)(z))
    z = layers.Conv2DTranspose(3, (2, 4), strides=(1, 2), padding="same")(z)
    z = layers.UpSampling2D((2, 1))(z)
    z = tf.compat.v1.image.resize_bilinear(z, (11, 13), align_corners=True)
    return tf.keras.Model(x, layers.Conv2DTranspose(2, 2, strides=1, padding="valid")(z))


def rows():
    """Rows that are normalized and added up: slopes, lengths, sums, logarithms of a softmax."""
    x = layers.Input((5, 6, 3), batch_size=1, name="image")
    y = layers.PReLU()(layers.Conv2D(8, 3, padding="same")(x))
    y = tf.math.l2_normalize(y, axis=-1)
    y = layers.Conv2D(6, 1)(y)
    y = tf.reduce_sum(y, axis=[1, 2])
    return tf.keras.Model(x, tf.nn.log_softmax(layers.Dense(7)(y)))
