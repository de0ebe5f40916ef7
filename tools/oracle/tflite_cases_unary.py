"""Cases of SOFTMAX, LOGISTIC, TANH and the rectifiers; int8 functions see all 256 values."""

import numpy as np

from tflite_case import all_values, generator, make_case, quantized, random_data, result, value_range, zero_points
from tflite_model import Operator

OUTPUTS = {
    "softmax": {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0), "float32": (None, 0)},
    "logistic": {"int8": (1 / 256, -128), "uint8": (1 / 256, 0), "int16": (1 / 32768, 0), "float32": (None, 0)},
    "tanh": {"int8": (1 / 128, 0), "uint8": (1 / 128, 128), "int16": (1 / 32768, 0), "float32": (None, 0)},
}

# Every 131st int16 value, and those around zero.
INT16_SWEEP = np.concatenate([all_values("int16", 131)[0], np.arange(-20, 21, dtype=np.int16)])[None, :]


def softmax_cases():
    """Cases of SOFTMAX; the output's quantization is fixed."""
    return [softmax(name, **settings) for name, settings in SOFTMAX]


def logistic_cases():
    """Cases of LOGISTIC; the output's quantization is fixed."""
    return [sigmoid("logistic", name, **settings) for name, settings in [*SIGMOIDS, *LOGISTIC_HALVES]]


def tanh_cases():
    """Cases of TANH; the output's quantization is fixed."""
    return [sigmoid("tanh", name, **settings) for name, settings in [*SIGMOIDS, *TANH_HALVES]]


def relu_cases():
    """Cases of RELU, RELU6 and LEAKY_RELU."""
    return [rectifier(name, **settings) for name, settings in RELU]


def softmax(name, x=(3, 10), beta=1.0, dtype="int8", scale=0.1, zero=-3, x_range=(None, None), data=None):
    """One softmax along the last axis."""
    rng = generator(f"softmax {dtype} {name}")
    values = random_data(rng, x, dtype, *value_range(dtype, x_range)) if data is None else np.array(data, dtype=dtype)
    operand = quantized(values, scale, *zero_points(dtype, zero))
    operator = Operator("SOFTMAX", "SoftmaxOptions", {"beta": beta})
    attributes = {"beta": float(np.float32(beta))}
    return make_case(name, attributes, operator, [operand], result(dtype, *OUTPUTS["softmax"][dtype]))


def sigmoid(op, name, dtype="int8", scale=0.05, zero=-3, x=None):
    """LOGISTIC or TANH of all 8-bit values, a sweep of int16 values or random real ones."""
    if dtype in ("int8", "uint8"):
        values = all_values(dtype)
    elif dtype == "int16":
        values = INT16_SWEEP
    else:
        values = random_data(generator(f"{op} {name}"), x, dtype)
    operand = quantized(values, scale, *zero_points(dtype, zero))
    return make_case(name, {}, Operator(op.upper()), [operand], result(dtype, *OUTPUTS[op][dtype]))


CLAMPS = {(0, None): "RELU", (0, 6): "RELU6", (0, 1): "RELU_0_TO_1", (-1, 1): "RELU_N1_TO_1"}


def rectifier(
    name, slope=None, minimum=0, maximum=None, dtype="int8", zeros=(-3, -128), scales=(0.0471, 0.0313), data=None
):
    """A clamp between a minimum and a maximum, LEAKY_RELU when there is a slope."""
    if data is None:
        sweep = {"int8": all_values, "uint8": lambda: all_values("uint8", 3), "int16": lambda: INT16_SWEEP}
        draw = lambda: random_data(generator(f"relu {name}"), (1, 3, 4, 3), dtype)
        data = sweep.get(dtype, draw)()
    zeros = zero_points(dtype, *zeros)
    if slope is not None:
        operator = Operator("LEAKY_RELU", "LeakyReluOptions", {"alpha": slope})
    else:
        operator = Operator(CLAMPS[minimum, maximum])
    attributes = {"max": maximum, "negativeSlope": float(np.float32(slope or 0)), "threshold": minimum}
    if minimum != 0:
        attributes["min"] = minimum
    operand = quantized(data, scales[0], zeros[0])
    return make_case(name, attributes, operator, [operand], result(dtype, scales[1], zeros[1]))


EXTREMES = [[-128] * 5, [127] * 5, [-128, -128, 127, -128, 127], [127, 126, 125, -128, 0], [0, 1, 0, -1, 0]]

SOFTMAX = [
    ("10 classes", {}),
    ("1 class", {"x": (4, 1)}),
    ("2 classes", {"x": (20, 2)}),
    ("1001 classes", {"x": (2, 1001), "scale": 0.06}),
    ("1001 classes, small scale", {"x": (1, 1001), "scale": 0.01}),
    ("rank 4", {"x": (1, 2, 3, 5), "zero": 127}),
    ("beta 10", {"beta": 10.0, "scale": 0.0031}),
    ("beta 0.3", {"beta": 0.3}),
    ("beta 100, large scale", {"beta": 100.0, "scale": 2.0}),
    ("tiny scale", {"scale": 1e-4, "x": (2, 7)}),
    ("large scale", {"scale": 0.7}),
    ("scale a power of two", {"scale": 0.125, "x": (4, 6)}),
    ("extreme inputs", {"data": EXTREMES, "scale": 0.08, "zero": 0}),
    ("all 256 values", {"data": all_values(), "scale": 0.031}),
    ("10 classes", {"dtype": "int16", "scale": 3e-4}),
    ("2 classes, scale 1", {"dtype": "int16", "x": (10, 2), "scale": 1.0, "x_range": (-12, 12)}),
    ("1001 classes, beta 0.7", {"dtype": "int16", "x": (1, 1001), "beta": 0.7, "scale": 3e-4}),
    ("extreme inputs", {"dtype": "int16", "data": [[-32768, 32767, 0], [32767] * 3, [-32768] * 3], "scale": 2e-4}),
    ("1 class", {"dtype": "int16", "x": (3, 1), "scale": 3e-4}),
    ("10 classes", {"dtype": "uint8"}),
    ("1001 classes", {"dtype": "uint8", "x": (1, 1001), "scale": 0.06}),
    ("rank 4", {"dtype": "uint8", "x": (1, 2, 3, 5), "zero": 127}),
    ("beta 100, large scale", {"dtype": "uint8", "beta": 100.0, "scale": 2.0}),
    ("beta 0.3, tiny scale", {"dtype": "uint8", "beta": 0.3, "scale": 1e-4, "x": (2, 7)}),
    ("extreme inputs", {"dtype": "uint8", "data": np.array(EXTREMES) + 128, "scale": 0.08}),
    ("all 256 values", {"dtype": "uint8", "data": all_values("uint8"), "scale": 0.031}),
    ("10 classes", {"dtype": "float32"}),
    ("2 classes, beta 0.3", {"dtype": "float32", "x": (6, 2), "beta": 0.3}),
    ("rank 4, beta 10", {"dtype": "float32", "x": (1, 2, 2, 5), "beta": 10.0}),
]

SIGMOIDS = [
    ("scale 0.05, all values", {}),
    ("scale 0.0235, zero point -128, all values", {"scale": 0.0235, "zero": -128}),
    ("scale 0.1, zero point 127, all values", {"scale": 0.1, "zero": 127}),
    ("scale 0.001, all values", {"scale": 0.001, "zero": 9}),
    ("scale 1, all values", {"scale": 1.0, "zero": 0}),
    ("scale 1/16, all values", {"scale": 0.0625, "zero": 0}),
    ("scale 0.05, all values", {"dtype": "uint8"}),
    ("scale 0.0235, zero point 0, all values", {"dtype": "uint8", "scale": 0.0235, "zero": -128}),
    ("scale 0.1, zero point 255, all values", {"dtype": "uint8", "scale": 0.1, "zero": 127}),
    ("scale 1/16, all values", {"dtype": "uint8", "scale": 0.0625, "zero": 0}),
    ("scale 2^-12", {"dtype": "int16", "scale": 2.0**-12}),
    ("scale 2^-13", {"dtype": "int16", "scale": 2.0**-13}),
    ("scale 2^-15", {"dtype": "int16", "scale": 2.0**-15}),
    ("scale 2^-10", {"dtype": "int16", "scale": 2.0**-10}),
    ("scale 0.0003", {"dtype": "int16", "scale": 0.0003}),
    ("scale 0.0000713", {"dtype": "int16", "scale": 0.0000713}),
    ("rank 4", {"dtype": "float32", "x": (1, 3, 4, 5)}),
    ("rank 2", {"dtype": "float32", "x": (2, 7)}),
]

# Found by search: some value's result lies so near a middle that float32 and double round differently.
LOGISTIC_HALVES = [
    ("near a half, scale 0.0115, all values", {"scale": 0.011474640108644962, "zero": 53}),
    ("near a half, scale 0.0685, all values", {"scale": 0.0685313493013382, "zero": -45}),
    ("near a half, scale 0.0275, all values", {"scale": 0.027464399114251137, "zero": -33}),
]

TANH_HALVES = [
    ("near a half, scale 0.0228, all values", {"scale": 0.022789254784584045, "zero": 49}),
    ("near a half, scale 0.0856, all values", {"scale": 0.08558086305856705, "zero": -11}),
    ("near a half, scale 0.0221, all values", {"scale": 0.022128600627183914, "zero": -9}),
]

SOME = all_values(step=4)

RELU = [
    ("relu, other quantization", {}),
    ("relu, same quantization", {"zeros": (-3, -3), "scales": (0.0471, 0.0471)}),
    ("relu, zero points inside the range", {"zeros": (20, -40), "scales": (0.0471, 0.0613)}),
    ("relu, saturates", {"zeros": (-128, -128), "scales": (0.0471, 0.0113)}),
    ("relu, half the scale: ties", {"zeros": (0, 0), "scales": (0.5, 1.0)}),
    ("relu, twice the scale", {"zeros": (0, -128), "scales": (1.0, 0.5)}),
    ("relu, ratio of scales in float32", {"zeros": (-128, -128), "scales": (0.04282919317483902, 0.04346843436360359)}),
    ("relu, ratio of scales in float32, above 1", {"zeros": (-50, -128), "scales": (0.04149575158953667, 0.03516589105129242)}),
    ("relu6, other quantization", {"maximum": 6, "scales": (0.0471, 0.0235)}),
    ("relu6, same quantization", {"maximum": 6, "zeros": (-3, -3), "scales": (0.0671, 0.0671)}),
    ("relu6, zero points inside the range", {"maximum": 6, "zeros": (20, -40), "scales": (0.0813, 0.0471)}),
    ("leaky 0.1", {"slope": 0.1, "zeros": (-3, -60), "scales": (0.0471, 0.0313)}),
    ("leaky 0.3, same quantization", {"slope": 0.3, "zeros": (7, 7), "scales": (0.0471, 0.0471)}),
    ("leaky 0.5, ties", {"slope": 0.5, "zeros": (0, 0), "scales": (0.5, 0.5)}),
    ("leaky 0.25, half the scale: ties", {"slope": 0.25, "zeros": (5, -9), "scales": (0.5, 1.0)}),
    ("leaky 1.5", {"slope": 1.5, "zeros": (7, 30), "scales": (0.0471, 0.0613)}),
    ("leaky, ratio of scales in float32", {"slope": 0.8754479885101318, "zeros": (127, 127), "scales": (0.04662904888391495, 0.022041741758584976)}),
    ("leaky, ratio of scales in float32, other slope", {"slope": 0.6600417494773865, "zeros": (127, 127), "scales": (0.023350192233920097, 0.01413686852902174)}),
    ("leaky 0.01", {"slope": 0.01, "zeros": (127, 100), "scales": (0.0235, 0.0113)}),
    ("relu, other quantization", {"dtype": "int16", "scales": (0.000471, 0.000313)}),
    ("relu6, same quantization", {"dtype": "int16", "maximum": 6, "scales": (0.000471, 0.000471)}),
    ("leaky 0.3", {"dtype": "int16", "slope": 0.3, "scales": (0.000471, 0.000613)}),
    ("relu, other quantization", {"dtype": "uint8"}),
    ("relu, zero points inside the range", {"dtype": "uint8", "zeros": (20, -40), "scales": (0.0471, 0.0613)}),
    ("relu, half the scale: ties", {"dtype": "uint8", "zeros": (0, 0), "scales": (0.5, 1.0)}),
    ("relu6, zero points inside the range", {"dtype": "uint8", "maximum": 6, "zeros": (20, -40), "scales": (0.0813, 0.0471)}),
    ("leaky 0.1", {"dtype": "uint8", "slope": 0.1, "zeros": (-3, -60), "scales": (0.0471, 0.0313)}),
    ("leaky 0.25, half the scale: ties", {"dtype": "uint8", "slope": 0.25, "zeros": (5, -9), "scales": (0.5, 1.0)}),
    ("leaky 1.5", {"dtype": "uint8", "slope": 1.5, "zeros": (7, 30), "scales": (0.0471, 0.0613)}),
    ("relu", {"dtype": "float32"}),
    ("relu6", {"dtype": "float32", "maximum": 6}),
    ("leaky 0.1", {"dtype": "float32", "slope": 0.1}),
    ("relu_n1_to_1, other quantization", {"minimum": -1, "maximum": 1, "zeros": (-65, -1), "scales": (0.0156, 0.0078002), "data": SOME}),
    ("relu_n1_to_1, same quantization", {"minimum": -1, "maximum": 1, "zeros": (20, 20), "scales": (0.0471, 0.0471), "data": SOME}),
    ("relu_n1_to_1, bounds between steps", {"minimum": -1, "maximum": 1, "zeros": (-3, 5), "scales": (0.31, 0.4), "data": SOME}),
    ("relu_n1_to_1, bounds outside the range", {"minimum": -1, "maximum": 1, "zeros": (100, -128), "scales": (0.002, 0.0021), "data": SOME}),
    ("relu_n1_to_1", {"dtype": "uint8", "minimum": -1, "maximum": 1, "zeros": (-65, -1), "scales": (0.0156, 0.0078002)}),
    ("relu_n1_to_1", {"dtype": "float32", "minimum": -1, "maximum": 1}),
    ("relu_0_to_1", {"maximum": 1, "zeros": (-65, -120), "scales": (0.0156, 0.0047), "data": SOME}),
    ("relu_0_to_1", {"dtype": "uint8", "maximum": 1, "zeros": (-65, -120), "scales": (0.0156, 0.0047)}),
    ("relu_0_to_1", {"dtype": "float32", "maximum": 1}),
]
