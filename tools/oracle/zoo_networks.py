"""The networks of validate_zoo.py: architectures of keras.applications and MLPerf Tiny's four reference networks, with random weights."""

from convert_networks import autoencoder, ds_cnn, layers, randomized
from validate_networks import tf

applications = tf.keras.applications


def resnet8():
    """MLPerf Tiny's image classifier."""
    x = layers.Input((32, 32, 3))

    def convolved(y, filters, size=3, strides=1):
        return layers.Conv2D(filters, size, strides=strides, padding="same")(y)

    y = layers.Activation("relu")(layers.BatchNormalization()(convolved(x, 16)))
    for filters, strides in ((16, 1), (32, 2), (64, 2)):
        z = layers.Activation("relu")(layers.BatchNormalization()(convolved(y, filters, strides=strides)))
        z = layers.BatchNormalization()(convolved(z, filters))
        y = y if strides == 1 else convolved(y, filters, 1, strides)
        y = layers.Activation("relu")(layers.Add()([y, z]))
    y = layers.Flatten()(layers.AveragePooling2D(8)(y))
    return tf.keras.Model(x, layers.Dense(10, activation="softmax")(y))


def application(name, size, **options):
    """A network of keras.applications for square pictures."""
    return lambda: getattr(applications, name)(input_shape=(size, size, 3), weights=None, classes=20, **options)


# Each builder, and the limits of its inputs.
SIGNED, PIXELS = (-1, 1), (0, 255)
NETWORKS = {
    "person detection": (application("MobileNet", 96, alpha=0.25), SIGNED),
    "keyword spotting": (ds_cnn, SIGNED),
    "ResNet8": (resnet8, SIGNED),
    "autoencoder": (autoencoder, SIGNED),
    "MobileNet 0.25": (application("MobileNet", 224, alpha=0.25), SIGNED),
    "MobileNetV2 0.35": (application("MobileNetV2", 96, alpha=0.35), SIGNED),
    "MobileNetV2": (application("MobileNetV2", 96), SIGNED),
    "MobileNetV3Small": (application("MobileNetV3Small", 96), PIXELS),
    "MobileNetV3Small minimalistic": (application("MobileNetV3Small", 96, minimalistic=True), PIXELS),
    "MobileNetV3Large": (application("MobileNetV3Large", 96), PIXELS),
    "MobileNetV3Large minimalistic": (application("MobileNetV3Large", 96, minimalistic=True), PIXELS),
    "EfficientNetB0": (application("EfficientNetB0", 96), PIXELS),
    "EfficientNetV2B0": (application("EfficientNetV2B0", 96), PIXELS),
    "ResNet50": (application("ResNet50", 64), SIGNED),
    "ResNet50V2": (application("ResNet50V2", 64), SIGNED),
    "DenseNet121": (application("DenseNet121", 64), SIGNED),
    "InceptionV3": (application("InceptionV3", 96), SIGNED),
    "Xception": (application("Xception", 71), SIGNED),
    "NASNetMobile": (application("NASNetMobile", 64), SIGNED),
}


def build(name):
    """A network whose weights and statistics come from a seed."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(1)
    return randomized(NETWORKS[name][0]())
