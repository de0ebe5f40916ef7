"""The networks that validate_convert.py converts: those of docs/validation.md, and well-known architectures with random weights."""

import numpy as np

from validate_networks import NETWORKS, tf

layers = tf.keras.layers


def mobilenet_v2():
    return tf.keras.applications.MobileNetV2((96, 96, 3), alpha=0.35, weights=None, classes=20)


def mobilenet_v3():
    return tf.keras.applications.MobileNetV3Small((96, 96, 3), weights=None, classes=20)


def resnet50():
    return tf.keras.applications.ResNet50(input_shape=(64, 64, 3), weights=None, classes=20)


def ds_cnn():
    """MLPerf Tiny's keyword spotter."""
    x = layers.Input((49, 10, 1))
    y = layers.Conv2D(64, (10, 4), strides=2, padding="same")(x)
    for block in range(5):
        if block > 0:
            y = layers.DepthwiseConv2D(3, padding="same")(y)
            y = layers.Activation("relu")(layers.BatchNormalization()(y))
            y = layers.Conv2D(64, 1, padding="same")(y)
        y = layers.Activation("relu")(layers.BatchNormalization()(y))
    y = layers.Dropout(0.4)(y)
    y = layers.AveragePooling2D((25, 5))(y)
    return tf.keras.Model(x, layers.Dense(12, activation="softmax")(layers.Flatten()(y)))


def autoencoder():
    """MLPerf Tiny's anomaly detector."""
    x = y = layers.Input((640,))
    for units in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        y = layers.Activation("relu")(layers.BatchNormalization()(layers.Dense(units)(y)))
    return tf.keras.Model(x, layers.Dense(640)(y))


ARCHITECTURES = {
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3": mobilenet_v3,
    "resnet50": resnet50,
    "ds_cnn": ds_cnn,
    "autoencoder": autoencoder,
}
NAMES = [*NETWORKS, *ARCHITECTURES]


def random_network(name):
    """An architecture whose weights and statistics come from a seed."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(1)
    return randomized(ARCHITECTURES[name]())


def randomized(model):
    """The model with seeded biases and statistics, so that its activations spread as a trained network's."""
    random = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            count = layer.moving_mean.shape[0]
            scale, offset = random.uniform(0.5, 1.5, count), random.normal(0, 0.3, count)
            trained = [scale] * layer.scale + [offset] * layer.center
            layer.set_weights([*trained, random.normal(0, 0.3, count), random.uniform(0.3, 2, count)])
        elif hasattr(layer, "bias") and layer.bias is not None:
            layer.bias.assign(random.normal(0, 0.1, layer.bias.shape))
    return model


def load(name, folder):
    """A network, the file that holds it, its calibration samples and the samples to compare on."""
    if name in ARCHITECTURES:
        model = random_network(name)
        path = folder / f"{name}.h5"
        model.save(path, include_optimizer=False)
        shape = model.input_shape[1:]
        samples = np.random.default_rng(2).uniform(-1, 1, (60, *shape)).astype(np.float32)
        return model, path, samples[:20], samples[20:]
    network = NETWORKS[name]
    calibration = network.inputs(network.calibration)
    every = max(1, len(calibration) // 100)
    return network.load(), network.model, calibration[::every][:100], network.inputs(network.images)
