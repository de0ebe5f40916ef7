"""The networks of keras_models.py: together they use every layer and option that QPANN imports, and some that it refuses."""

import os

import h5py
import keras
import numpy as np
from keras import layers

IS_KERAS_3 = keras.__version__.startswith("3.")


def functional(x, y, name):
    return keras.Model(x, y, name=name)


def convolutions():
    x = layers.Input((9, 11, 4), name="image")
    y = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="same_strided")(x)
    y = layers.Conv2D(8, (3, 2), padding="same", dilation_rate=(1, 2), name="dilated")(y)
    y = layers.Conv2D(8, 3, padding="same", groups=4, use_bias=False, name="grouped")(y)
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="multiplied")(y)
    y = layers.DepthwiseConv2D(
        3, padding="same", dilation_rate=2, use_bias=False, activation="relu6", name="dilated_depthwise"
    )(y)
    y = layers.DepthwiseConv2D(2, strides=2, padding="valid", name="strided_depthwise")(y)
    y = layers.Conv2D(5, (2, 3), padding="valid", activation="linear", name="valid")(y)
    return functional(x, y, "convolutions")


def separable():
    x = layers.Input((9, 11, 4), name="image")
    y = layers.SeparableConv2D(6, 3, padding="same", use_bias=False, name="bare")(x)
    y = layers.BatchNormalization(name="bn")(y)
    y = layers.SeparableConv2D(5, (2, 2), strides=2, depth_multiplier=2, activation="relu", name="strided")(y)
    y = layers.SeparableConv2D(3, 3, padding="same", dilation_rate=2, activation="tanh", name="dilated")(y)
    return functional(x, y, "separable")


def sequential():
    return keras.Sequential(
        [
            layers.Input((10, 10, 3), name="picture"),
            layers.Rescaling(1 / 127.5, offset=-1, name="rescale"),
            layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="conv"),
            layers.BatchNormalization(name="bn"),
            layers.ReLU(6.0, name="clipped"),
            layers.MaxPooling2D(name="pool"),
            layers.Dropout(0.3, name="drop"),
            layers.Flatten(name="flat"),
            layers.Dense(7, activation="tanh", name="hidden"),
            layers.Dense(5, activation="softmax", name="scores"),
        ],
        name="chain",
    )


def sequential_without_input():
    model = keras.Sequential(
        [layers.Conv2D(3, 3, name="first"), layers.GlobalAveragePooling2D(name="mean")], name="lazy"
    )
    model.build((None, 6, 5, 2))
    return model


def normalizations():
    x = layers.Input((4, 5, 3), name="image")
    adapted = layers.Normalization(name="adapted")
    adapted.adapt(np.random.default_rng(3).normal(1, 2, (6, 4, 5, 3)).astype(np.float32))
    y = adapted(x)
    y = layers.Normalization(mean=[0.5, -0.25, 1.0], variance=[4.0, 0.0625, 2.0], name="given")(y)
    y = layers.Normalization(axis=None, mean=0.5, variance=2.0, name="scalar")(y)
    y = layers.Normalization(mean=[0.5, 0.0, 1.0], variance=[4.0, 0.5, 2.0], invert=True, name="inverted")(y)
    y = layers.Rescaling([0.5, 2.0, 0.25], offset=[0.0, 1.0, -1.0], name="per_channel")(y)
    y = layers.Rescaling(0.1, name="scaled")(y)
    y = layers.Rescaling(1.0, offset=0.5, name="shifted")(y)
    y = layers.Rescaling(1.0, name="unchanged")(y)
    y = layers.BatchNormalization(name="bn")(y)
    y = layers.BatchNormalization(center=False, epsilon=0.01, name="bn_uncentered")(y)
    y = layers.BatchNormalization(scale=False, axis=3, name="bn_unscaled")(y)
    y = layers.GlobalAveragePooling2D(name="mean")(y)
    y = layers.BatchNormalization(center=False, scale=False, name="bn_vector")(y)
    return functional(x, y, "normalizations")


def activations():
    x = layers.Input((3, 3, 2), name="image")
    leaky = {"negative_slope" if IS_KERAS_3 else "alpha": 0.125}
    branches = [
        layers.ReLU(name="relu")(x),
        layers.ReLU(max_value=1.0, negative_slope=0.25, threshold=0.5, name="relu_general")(x),
        layers.LeakyReLU(name="leaky_default", **leaky)(x),
        layers.Softmax(name="softmax")(x),
        layers.Activation("relu", name="activation_relu")(x),
        layers.Activation("relu6", name="activation_relu6")(x),
        layers.Activation("linear", name="activation_linear")(x),
        layers.Activation("softmax", name="activation_softmax")(x),
        layers.Activation("sigmoid", name="activation_sigmoid")(x),
        layers.Activation("tanh", name="activation_tanh")(x),
        layers.Activation("leaky_relu", name="activation_leaky_relu")(x),
        layers.Activation(keras.activations.sigmoid, name="activation_function")(x),
        layers.Conv2D(2, 1, activation=layers.ReLU(max_value=0.5, name="inner"), name="conv_layer")(x),
        layers.Conv2D(2, 1, activation="leaky_relu", name="conv_leaky_relu")(x),
        layers.Conv2D(2, 1, activation="sigmoid", name="conv_sigmoid")(x),
        layers.DepthwiseConv2D(1, activation="tanh", name="depthwise_tanh")(x),
        layers.Dense(2, activation="softmax", name="dense_softmax")(x),
        layers.Dense(2, activation=keras.activations.relu, name="dense_function")(x),
    ]
    return functional(x, layers.Concatenate(name="all")(branches), "activations")


def gates():
    x = layers.Input((3, 4, 2), name="image")
    newer = ["hard_silu", "hard_swish", "log_softmax"] if IS_KERAS_3 else []
    names = ["swish", "silu", "hard_sigmoid", *newer]
    branches = [
        *(layers.Activation(name, name=f"activation_{name}")(x) for name in names),
        *(layers.Conv2D(2, 1, activation=name, name=f"conv_{name}")(x) for name in names),
        layers.PReLU(shared_axes=[1, 2], name="prelu_channels")(x),
        layers.PReLU(shared_axes=[2], name="prelu_rows")(x),
        layers.PReLU(name="prelu_elements")(x),
        layers.UnitNormalization(name="unit")(x),
        layers.UnitNormalization(axis=3, name="unit_axis")(x),
    ]
    return functional(x, layers.Concatenate(name="all")(branches), "gates")


def operators():
    keras.backend.clear_session()
    x = layers.Input((3, 4, 2), name="image")
    y = layers.Conv2D(2, 1, name="conv")(x)
    gate = layers.ReLU(6.0, name="gate")(y + 3.0) * (1 / 6)
    branches = [2.0 + y, y * 0.5, 0.25 * y, y - 1.0, 1.0 - y, y + x, y * x, x - y, y * gate]
    return functional(x, layers.Concatenate(name="all")(branches), "operators")


def upsampling():
    x = layers.Input((3, 4, 3), name="image")
    transposed = [
        layers.Conv2DTranspose(2, 3, strides=2, padding="same", activation="relu", name="same"),
        layers.Conv2DTranspose(2, 2, strides=2, padding="same", use_bias=False, name="even"),
        layers.Conv2DTranspose(2, 3, strides=2, padding="same", output_padding=1, name="padded"),
        layers.Conv2DTranspose(2, 1, strides=2, padding="valid", activation="relu6", name="gaps"),
    ]
    y = layers.Concatenate(name="all")([layer(x) for layer in transposed])
    y = layers.Conv2DTranspose(3, (2, 3), strides=(1, 2), padding="valid", name="valid")(y)
    y = layers.Conv2DTranspose(2, 3, strides=2, padding="valid", output_padding=(0, 1), name="larger")(y)
    y = layers.UpSampling2D((1, 2), name="nearest")(y)
    y = layers.UpSampling2D(2, interpolation="bilinear", name="bilinear")(y)
    y = layers.Resizing(13, 17, name="resized")(y)
    y = layers.Resizing(5, 7, interpolation="nearest", name="resized_nearest")(y)
    return functional(x, y, "upsampling")


def functions():
    x = layers.Input((3, 4, 2), name="image")
    branches = [
        layers.ELU(name="elu")(x),
        layers.ELU(alpha=0.25, name="elu_quarter")(x),
        layers.Activation("elu", name="activation_elu")(x),
        layers.Activation("exponential", name="activation_exponential")(x),
        layers.Activation("hard_tanh" if IS_KERAS_3 else "tanh", name="activation_tanh")(x),
        layers.Conv2D(2, 1, activation=layers.ELU(alpha=0.5, name="inner"), name="conv_layer")(x),
        layers.Conv2D(2, 1, activation="elu", name="conv_elu")(x),
        layers.Dense(2, activation="exponential", name="dense_exponential")(x),
    ]
    largest = layers.Maximum(name="largest")(branches[:4])
    smallest = layers.Minimum(name="smallest")(branches[4:])
    row = layers.Conv2D(2, (3, 1), name="row")(x)
    broadcast = layers.Maximum(name="largest_of_two")([smallest, row])
    return functional(x, layers.Concatenate(name="all")([*branches, largest, smallest, broadcast]), "functions")


def merges():
    x = layers.Input((4, 6, 2), name="image")
    y = layers.Rescaling(0.25, name="small")(x)
    a = layers.Conv2D(3, 1, name="a")(y)
    b = layers.Conv2D(3, 1, name="b")(y)
    c = layers.DepthwiseConv2D(3, padding="same", name="c")(y)
    d = layers.Conv2D(3, 1, name="d")(c)
    total = layers.Add(name="sum_of_four")([a, b, d, a])
    pair = layers.Add(name="sum_of_two")([total, b])
    product = layers.Multiply(name="product")([pair, d, b])
    gate = layers.GlobalAveragePooling2D(keepdims=True, name="squeeze")(product)
    gated = layers.Multiply(name="gated")([product, gate])
    difference = layers.Subtract(name="difference")([gated, a])
    channels = layers.Concatenate(name="channels")([difference, c])
    rows = layers.Concatenate(axis=1, name="rows")([channels, channels, channels])
    columns = layers.Concatenate(axis=-2, name="columns")([rows, rows])
    return functional(x, columns, "merges")


def shapes():
    x = layers.Input((7, 9, 2), name="image")
    y = layers.ZeroPadding2D(name="pad_all")(x)
    y = layers.ZeroPadding2D(((0, 2), (3, 1)), name="pad_sides")(y)
    y = layers.Cropping2D(((1, 0), (0, 2)), name="crop_sides")(y)
    y = layers.Cropping2D(1, name="crop_all")(y)
    pools = [
        layers.MaxPooling2D(name="max")(y),
        layers.MaxPooling2D((3, 2), strides=2, padding="same", name="max_same")(y),
        layers.AveragePooling2D(3, strides=(2, 2), padding="same", name="average_same")(y),
        layers.AveragePooling2D((2, 3), strides=(1, 2), name="average_valid")(y),
    ]
    outputs = [layers.Flatten(name=f"flat_{i}")(pool) for i, pool in enumerate(pools)]
    outputs.append(layers.GlobalAveragePooling2D(name="global_average")(y))
    outputs.append(layers.GlobalMaxPooling2D(name="global_max")(y))
    kept = layers.GlobalMaxPooling2D(keepdims=True, name="global_max_kept")(y)
    outputs.append(layers.Reshape((2,), name="squeezed")(kept))
    rows = layers.Reshape((-1, 4), name="rows")(pools[0])
    outputs.append(layers.Flatten(name="flat_rows")(rows))
    return functional(x, layers.Concatenate(axis=1, name="all")(outputs), "shapes")


def dense_ranks():
    x = layers.Input((3, 4, 5), name="image")
    y = layers.Dense(6, activation="relu", name="pixels")(x)
    y = layers.SpatialDropout2D(0.2, name="spatial_dropout")(y)
    y = layers.GaussianNoise(0.1, name="noise")(y)
    y = layers.GaussianDropout(0.1, name="gaussian_dropout")(y)
    y = layers.Reshape((12, -1), name="sequence")(y)
    y = layers.Dense(4, use_bias=False, name="steps")(y)
    y = layers.Flatten(name="flat")(y)
    y = layers.Dense(3, name="vector")(y)
    y = layers.ActivityRegularization(l2=0.1, name="penalty")(y)
    y = layers.Dropout(0.5, name="last")(y)
    return functional(x, y, "dense_ranks")


def vector():
    return keras.Sequential([layers.Input((6,), name="features"), layers.Dense(4, name="dense")], name="vector")


def any_size():
    x = layers.Input((None, None, 3), name="image")
    y = layers.Conv2D(4, 3, padding="same", name="conv")(x)
    return functional(x, layers.GlobalMaxPooling2D(name="max")(y), "any_size")


def long_names():
    """Written with a low limit, so that Keras splits the attributes weight_names and layer_names in several."""
    if IS_KERAS_3:
        from keras.src.legacy.saving import legacy_h5_format as writer
    else:
        from keras.src.saving.legacy import hdf5_format as writer
    writer.HDF5_OBJECT_HEADER_LIMIT = 64
    x = layers.Input((2, 2, 3), name="image")
    separator = "_" if IS_KERAS_3 else "/"
    y = layers.BatchNormalization(name=f"blocks{separator}first_normalization")(x)
    return functional(x, layers.Conv2D(2, 1, name="blocks")(y), "long_names")


GOOD = {
    "convolutions": convolutions,
    "separable": separable,
    "sequential": sequential,
    "sequential_without_input": sequential_without_input,
    "normalizations": normalizations,
    "activations": activations,
    "gates": gates,
    "functions": functions,
    "merges": merges,
    "operators": operators,
    "shapes": shapes,
    "dense_ranks": dense_ranks,
    "upsampling": upsampling,
    "vector": vector,
    "any_size": any_size,
    "long_names": long_names,
}


def small(name="small"):
    x = layers.Input((2, 2, 3), name="image")
    return functional(x, layers.Dense(2, name="dense")(x), name)


def save(path, model):
    model.save(path, include_optimizer=False)


def weights_only(path):
    weights = path.replace(".h5", ".weights.h5")
    small().save_weights(weights)
    os.replace(weights, path)


def unsupported(path):
    x = layers.Input((2, 2, 3), name="image")
    save(path, functional(x, layers.GroupNormalization(1, name="grouped")(x), "unsupported"))


def custom(path):
    class Dense(layers.Layer):
        def call(self, x):
            return x

    x = layers.Input((2, 2, 3), name="image")
    save(path, functional(x, Dense(name="home_made")(x), "custom"))


def operator(path):
    x = layers.Input((2, 2, 3), name="image")
    save(path, functional(x, layers.Dense(2, name="dense")(x**2.0), "operator"))


def shared(path):
    x = layers.Input((2, 2, 3), name="image")
    twice = layers.Dense(3, name="twice")
    save(path, functional(x, twice(twice(x)), "shared"))


def nested(path):
    inner = keras.Sequential([layers.Input((2, 2, 3)), layers.Dense(3, name="inner_dense")], name="backbone")
    x = layers.Input((2, 2, 3), name="image")
    save(path, functional(x, layers.Dense(2, name="head")(inner(x)), "nested"))


def nested_sequential(path):
    inner = keras.Sequential([layers.Input((2, 2, 3)), layers.Dense(3, name="inner_dense")], name="backbone")
    save(path, keras.Sequential([layers.Input((2, 2, 3)), inner], name="nested_sequential"))


def multi_input(path):
    a, b = layers.Input((2, 2, 3), name="left"), layers.Input((2, 2, 3), name="right")
    save(path, functional([a, b], layers.Add(name="add")([a, b]), "multi_input"))


def multi_output(path):
    x = layers.Input((2, 2, 3), name="image")
    outputs = [layers.Dense(2, name="first")(x), layers.Dense(3, name="second")(x)]
    save(path, functional(x, outputs, "multi_output"))


def channels_first(path):
    x = layers.Input((3, 4, 4), name="image")
    save(path, functional(x, layers.ZeroPadding2D(data_format="channels_first", name="pad")(x), "channels_first"))


def mixed_precision(path):
    x = layers.Input((2, 2, 3), name="image")
    save(path, functional(x, layers.Dense(2, dtype="mixed_float16", name="half")(x), "mixed_precision"))


def training_batch_norm(path):
    x = layers.Input((2, 2, 3), name="image")
    save(path, functional(x, layers.BatchNormalization(name="bn")(x, training=True), "training"))


def nan_weights(path):
    model = small("nan_weights")
    kernel = np.zeros((3, 2), np.float32)
    kernel[1, 1] = np.nan
    model.get_layer("dense").set_weights([kernel, np.zeros(2, np.float32)])
    save(path, model)


def edited(path, edit):
    """A good file whose kernel is then replaced."""
    save(path, small("edited"))
    with h5py.File(path, "r+") as file:
        group = file["model_weights/dense"]
        names = [name.decode() if isinstance(name, bytes) else name for name in group.attrs["weight_names"]]
        edit(group, next(name for name in names if "kernel" in name))


def wrong_shape(path):
    def edit(group, name):
        del group[name]
        group[name] = np.zeros((4, 2), np.float32)

    edited(path, edit)


def missing_weight(path):
    def edit(group, name):
        del group[name]

    edited(path, edit)


def float16_weight(path):
    def edit(group, name):
        del group[name]
        group[name] = np.zeros((3, 2), np.float16)

    edited(path, edit)


def compressed_weight(path):
    def edit(group, name):
        del group[name]
        group.create_dataset(name, data=np.zeros((3, 2), np.float32), compression="gzip")

    edited(path, edit)


def newer_format(path):
    """Not written by Keras: HDF5's latest file format."""
    with h5py.File(path, "w", libver="latest") as file:
        file.attrs["model_config"] = "{}"


BAD = {
    "weights_only": weights_only,
    "unsupported": unsupported,
    "custom": custom,
    "operator": operator,
    "shared": shared,
    "nested": nested,
    "nested_sequential": nested_sequential,
    "multi_input": multi_input,
    "multi_output": multi_output,
    "channels_first": channels_first,
    "mixed_precision": mixed_precision,
    "training_batch_norm": training_batch_norm,
    "nan_weights": nan_weights,
    "wrong_shape": wrong_shape,
    "missing_weight": missing_weight,
    "float16_weight": float16_weight,
    "compressed_weight": compressed_weight,
    "newer_format": newer_format,
}
