"""Networks of tflite_networks.py that consist of functions of one value, comparisons and quotients."""

import tensorflow as tf
from tensorflow.keras import layers


def functions():
    """Absolute value, exponential, roots, a negation, a quotient; maxima and minima that share their parameters."""
    x = layers.Input((6, 5, 3), batch_size=1, name="image")
    a = layers.Conv2D(4, 3, padding="same")(x)
    b = layers.Conv2D(4, 1)(x)
    magnitude = tf.abs(a)
    largest = layers.Maximum()([a, b])
    smallest = tf.minimum(layers.Conv2D(4, 1)(largest), tf.constant([0.1, 0.2, -0.3, 0.4]))
    scaled = tf.math.rsqrt(magnitude + 0.05) * tf.exp(0.5 * a)
    y = (tf.sqrt(magnitude) - tf.negative(smallest)) / (magnitude + 0.5)
    return tf.keras.Model(x, layers.Conv2D(3, 1)(layers.Concatenate()([y, scaled, largest])))


def differences():
    """Squared differences, a layer normalization and clamps to ±1, fused and not; 16-bit kernels do not exist."""
    x = layers.Input((5, 4, 6), batch_size=1, name="image")
    y = tf.clip_by_value(layers.Conv2D(6, 3)(x), -1.0, 1.0)
    y = tf.math.squared_difference(y, tf.reduce_mean(y, axis=-1, keepdims=True))
    y = layers.LayerNormalization()(layers.Conv2D(6, 1)(y))
    y = tf.clip_by_value(tf.maximum(y, -1.5), -1.0, 1.0)
    return tf.keras.Model(x, layers.Conv2D(2, 1)(y))


def units():
    """Exponential linear units, which int8 networks keep in float."""
    x = layers.Input((5, 4, 3), batch_size=1, name="image")
    y = layers.ELU()(2.0 * x - 0.5)
    return tf.keras.Model(x, layers.ELU()(1.5 * y * x))
