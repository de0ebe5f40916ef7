"""Cases of the modes that TensorFlow Lite lacks: truncation, other bit widths, weight zero points."""

import numpy as np

from tflite_case import generator
from wide_kernels import evaluate


def mode_cases(op):
    """The cases of one operator with the oracle's answers."""
    return [answered(op, name, settings) for name, settings in CASES[op]]


def answered(op, name, settings):
    """One case, made of random data and answered by the oracle."""
    settings = {**DEFAULTS, **SHAPES[op], **settings}
    make = addition if op == "add" else weighted
    case = {"name": name, **make(op, generator(f"modes {op} {name}"), settings)}
    case["outputs"][0]["data"] = [int(value) for value in evaluate(op, case, case["numerics"])]
    return case


def numerics(settings, bits):
    """Rounding, and an accumulator of 64 bits as soon as one width is above 8."""
    return {"rounding": settings["rounding"], "accumulatorBits": 64 if max(bits) > 8 else 32}


def weighted(op, rng, settings):
    """A convolution or a fully connected layer; widths above 8 bits have no zero points."""
    bits_x, bits_w, bits_y = settings["bits"]
    mode = numerics(settings, settings["bits"])
    zero_x, zero_w, zero_y = settings["zeros"] if mode["accumulatorBits"] == 32 else (0, 0, 0)
    axis = {"conv_2d": 0, "depthwise_conv_2d": 3, "fully_connected": 0}[op]
    channels = settings["w"][axis]
    scales = weight_scales(rng, settings, channels, bits_w)
    scale_x = np.float32(3.1 / 2 ** (bits_x - 1))
    x = tensor(random_integers(rng, settings["x"], bits_x), bits_x, [scale_x], [zero_x])
    w = weights(rng, settings["w"], bits_w, scales, zero_w, axis)
    taps = int(np.prod(settings["w"])) // channels
    reach = 3.1 * float(np.median(scales)) * 2 ** (bits_w - 1) * np.sqrt(taps) * settings["reach"]
    scale_y = settings["scale_y"] or np.float32(reach / 2 ** (bits_y - 1))
    bias = rng.integers(-(2 ** (bits_x + bits_w - 3)), 2 ** (bits_x + bits_w - 3), channels)
    inputs = [x, w, bias_tensor(bias, mode, [scale_x * scale for scale in scales])]
    return {
        "attributes": attributes(op, settings),
        "numerics": mode,
        "inputs": inputs[: settings["inputs"]],
        "outputs": [tensor(None, bits_y, [scale_y], [zero_y], shape=output_shape(op, settings))],
    }


def addition(op, rng, settings):
    """An addition; the storage of all three tensors has one type."""
    bits_a, bits_b, bits_y = settings["bits"]
    mode = numerics(settings, settings["bits"])
    zero_a, zero_b, zero_y = settings["zeros"] if mode["accumulatorBits"] == 32 else (0, 0, 0)
    scales = settings["scales"] or (3.1 / 2 ** (bits_a - 1), 2.3 / 2 ** (bits_b - 1), 4.1 / 2 ** (bits_y - 1))
    a = tensor(random_integers(rng, settings["x"], bits_a), bits_a, scales[:1], [zero_a])
    b = tensor(random_integers(rng, settings["w"], bits_b), bits_b, scales[1:2], [zero_b])
    shape = np.broadcast_shapes(settings["x"], settings["w"])
    return {
        "attributes": attributes(op, settings),
        "numerics": mode,
        "inputs": [a, b],
        "outputs": [tensor(None, bits_y, scales[2:], [zero_y], shape=shape)],
    }


def weight_scales(rng, settings, channels, bits):
    """One scale a channel, or one for the tensor."""
    if settings["per_channel"]:
        return (rng.uniform(0.2, 1.4, channels) / 2 ** (bits - 1)).astype(np.float32)
    return [np.float32(settings["scale_w"] or 0.83 / 2 ** (bits - 1))]


def weights(rng, shape, bits, scales, zero, axis):
    """Weights; without a zero point they are symmetric and leave the lowest value out."""
    data = random_integers(rng, shape, bits, symmetric=zero == 0)
    return tensor(data, bits, scales, [zero] * len(scales), axis if len(scales) > 1 else None)


def random_integers(rng, shape, bits, symmetric=False):
    """Uniform integers of a width."""
    high = 2 ** (bits - 1) - 1
    return rng.integers(-high if symmetric else -high - 1, high, shape, endpoint=True)


def tensor(data, bits, scales, zeros, axis=None, shape=None):
    """The JSON object of a tensor of a width, in int8 or int16 storage."""
    return {
        "dtype": "int8" if bits <= 8 else "int16",
        "shape": list(shape if data is None else data.shape),
        "scales": [float(np.float32(scale)) for scale in scales],
        "zeroPoints": list(zeros),
        "axis": axis,
        "bits": bits,
        "data": None if data is None else data.reshape(-1).tolist(),
    }


def bias_tensor(data, mode, scales):
    """The JSON object of a bias, as wide as the accumulator."""
    return {
        "dtype": f"int{mode['accumulatorBits']}",
        "shape": list(data.shape),
        "scales": [float(np.float32(scale)) for scale in scales],
        "zeroPoints": [0] * len(scales),
        "axis": 0 if len(scales) > 1 else None,
        "data": data.tolist(),
    }


def attributes(op, settings):
    """QPANN's attributes of the operator."""
    if op in ("add", "fully_connected"):
        return {"activation": settings["activation"]}
    names = ("padding", "strides", "dilations", "activation")
    return {name: settings[name] for name in names}


def output_shape(op, settings):
    """The shape that SAME and VALID padding give, or that of a dense layer."""
    x, w = settings["x"], settings["w"]
    if op == "fully_connected":
        return [x[0], w[0]]
    sizes = []
    for axis in (0, 1):
        reach = (w[1 + axis] - 1) * settings["dilations"][axis]
        used = x[1 + axis] - (reach if settings["padding"] == "valid" else 0)
        sizes.append(-(-used // settings["strides"][axis]))
    return [x[0], *sizes, w[0] if op == "conv_2d" else w[3]]


DEFAULTS = {
    "bits": (8, 8, 8),
    "rounding": "nearest",
    "zeros": (-3, 0, 11),
    "activation": "none",
    "padding": "same",
    "strides": [1, 1],
    "dilations": [1, 1],
    "per_channel": False,
    "scale_w": None,
    "scale_y": None,
    "scales": None,
    "reach": 0.6,
    "inputs": 3,
}

SHAPES = {
    "conv_2d": {"x": (1, 5, 4, 3), "w": (4, 3, 3, 3)},
    "depthwise_conv_2d": {"x": (1, 5, 6, 4), "w": (1, 3, 3, 4)},
    "fully_connected": {"x": (4, 12), "w": (6, 12)},
    "add": {"x": (1, 4, 4, 3), "w": (1, 4, 4, 3)},
}

FLOOR = {"rounding": "floor"}
SMALL_ZEROS = {"zeros": (-1, 0, 2)}

WEIGHTED = [
    ("floor, 8 bits", FLOOR),
    ("floor, 8 bits, relu6", {**FLOOR, "activation": "relu6", "zeros": (5, 0, -60)}),
    ("floor, 8 bits, multiplier 2^-7", {**FLOOR, "scale_w": 3.1 / 128, "scale_y": 3.1**2 / 128}),
    ("floor, multiplier above 1", {**FLOOR, "bits": (3, 2, 8), "zeros": (-1, 0, 11), "scale_y": 0.12}),
    ("weights of 2 bits", {"bits": (8, 2, 8)}),
    ("weights of 4 bits", {"bits": (8, 4, 8)}),
    ("floor, weights of 5 bits, relu", {**FLOOR, "bits": (8, 5, 8), "activation": "relu"}),
    ("weights of 8 bits, zero point 9", {"zeros": (-3, 9, 11)}),
    ("weights of 4 bits, zero point -5", {"bits": (8, 4, 8), "zeros": (-3, -5, 11)}),
    ("floor, weights of 3 bits, zero point 3", {**FLOOR, "bits": (8, 3, 8), "zeros": (-128, 3, 127)}),
    ("activations of 4 bits", {"bits": (4, 8, 4), **SMALL_ZEROS}),
    ("activations of 6 bits, relu6", {"bits": (6, 8, 6), "zeros": (7, 0, -11), "activation": "relu6"}),
    ("all of 2 bits", {"bits": (2, 2, 2), "zeros": (-1, 0, 0), "reach": 0.4}),
    ("floor, all of 3 bits", {**FLOOR, "bits": (3, 3, 3), "zeros": (1, 0, -2)}),
    ("from 8 to 5 bits", {"bits": (8, 8, 5), "zeros": (-3, 0, 2)}),
    ("floor, from 5 to 8 bits, weights of 7", {**FLOOR, "bits": (5, 7, 8)}),
    ("16 bits, weights of 8", {"bits": (16, 8, 16)}),
    ("floor, 16 bits, weights of 8", {**FLOOR, "bits": (16, 8, 16)}),
    ("16 bits, weights of 16", {"bits": (16, 16, 16)}),
    ("floor, 16 bits, weights of 16, relu", {**FLOOR, "bits": (16, 16, 16), "activation": "relu"}),
    ("12 bits, weights of 10", {"bits": (12, 10, 12), "activation": "relu6"}),
    ("8 bits, weights of 12", {"bits": (8, 12, 8)}),
    ("floor, 10 bits, weights of 4", {**FLOOR, "bits": (10, 4, 10)}),
    ("from 16 to 8 bits", {"bits": (16, 8, 8)}),
    ("floor, from 4 to 16 bits, weights of 16", {**FLOOR, "bits": (4, 16, 16)}),
]

PER_CHANNEL = [
    ("floor, 8 bits, a scale for each channel", {**FLOOR, "per_channel": True}),
    ("weights of 4 bits, a scale for each channel", {"bits": (8, 4, 8), "per_channel": True}),
    ("floor, 16 bits, weights of 8, a scale for each channel", {**FLOOR, "bits": (16, 8, 16), "per_channel": True}),
]

WINDOWS = [
    ("floor, stride 2, valid", {**FLOOR, "strides": [2, 1], "padding": "valid"}),
    ("floor, dilation 2, weights of 4 bits", {**FLOOR, "bits": (8, 4, 8), "dilations": [1, 2], "strides": [1, 1]}),
]

ADD = [
    ("floor, 8 bits", FLOOR),
    ("floor, 8 bits, relu", {**FLOOR, "activation": "relu", "zeros": (5, 40, -60)}),
    ("floor, 8 bits, scales 1000 times apart", {**FLOOR, "scales": (0.0471, 47.3, 40.0)}),
    ("floor, 8 bits, equal scales, half of them out", {**FLOOR, "zeros": (0, 0, 0), "scales": (0.5, 0.5, 1.0)}),
    ("floor, 8 bits, broadcast [3]", {**FLOOR, "w": (3,)}),
    ("floor, output scale below the inputs'", {**FLOOR, "bits": (3, 3, 8), "zeros": (-1, 0, 7), "scales": (0.0471, 0.0313, 0.0014)}),
    ("4 bits", {"bits": (4, 4, 4), "zeros": (-2, 3, 1)}),
    ("floor, 2 bits", {**FLOOR, "bits": (2, 2, 2), "zeros": (-1, 0, 1)}),
    ("floor, 3 and 8 bits to 5", {**FLOOR, "bits": (3, 8, 5), "zeros": (-1, 20, 3)}),
    ("6 bits, relu6", {"bits": (6, 6, 6), "zeros": (-9, 3, -20), "activation": "relu6"}),
    ("16 bits", {"bits": (16, 16, 16)}),
    ("floor, 16 bits", {**FLOOR, "bits": (16, 16, 16)}),
    ("floor, 12 bits, relu", {**FLOOR, "bits": (12, 12, 12), "activation": "relu"}),
    ("10 and 16 bits to 12", {"bits": (10, 16, 12)}),
    ("floor, 16 bits, scales 1000 times apart", {**FLOOR, "bits": (16, 16, 16), "scales": (0.00171, 1.73, 1.7)}),
]

CASES = {
    "conv_2d": [*WEIGHTED, *PER_CHANNEL, *WINDOWS, ("floor, groups 3", {**FLOOR, "w": (6, 2, 2, 1)})],
    "depthwise_conv_2d": [*WEIGHTED, *PER_CHANNEL, *WINDOWS, ("floor, depth multiplier 2", {**FLOOR, "w": (1, 3, 2, 8)})],
    "fully_connected": [*WEIGHTED, *PER_CHANNEL, ("floor, without bias", {**FLOOR, "inputs": 2})],
    "add": ADD,
}
