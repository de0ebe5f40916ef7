"""Cases of MAXIMUM, MINIMUM, DIV and SQUARED_DIFFERENCE."""

import numpy as np

from tflite_case import ACTIVATION_CODES, generator, make_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator

IMAGE = (1, 4, 4, 3)


def maximum_cases():
    """Cases of MAXIMUM."""
    return [choice("maximum", name, **settings) for name, settings in CHOICES]


def minimum_cases():
    """Cases of MINIMUM."""
    return [choice("minimum", name, **settings) for name, settings in CHOICES]


def squared_difference_cases():
    """Cases of SQUARED_DIFFERENCE."""
    return [squared_difference(name, **settings) for name, settings in DIFFERENCES]


def div_cases():
    """Cases of DIV, whose quantized kernel takes uint8 alone."""
    return [div(name, **settings) for name, settings in QUOTIENTS]


def choice(op, name, a=IMAGE, b=IMAGE, dtype="int8", zero=-3, scale=0.0471, constant=False, data=None):
    """The larger or smaller of two tensors with one quantization."""
    rng = generator(f"{op} {dtype} {name}")
    first, second = data or (random_data(rng, a, dtype), random_data(rng, b, dtype))
    zero = zero_point_of(dtype, zero)
    operands = [
        quantized(np.array(first, dtype), scale, zero),
        quantized(np.array(second, dtype), scale, zero, constant=constant),
    ]
    operator = Operator(op.upper(), "MaximumMinimumOptions", version=version_of(dtype, a, b))
    return make_case(name, {}, operator, operands, result(dtype, scale, zero))


def version_of(dtype, a, b):
    """Version 3 broadcasts more than four dimensions."""
    if a != b and max(len(a), len(b)) > 4 and dtype != "int16":
        return 3
    return None


def squared_difference(
    name,
    a=IMAGE,
    b=IMAGE,
    dtype="int8",
    zeros=(-3, 17, -128),
    scales=(0.0471, 0.0313, 0.5),
    ranges=((None, None), (None, None)),
    constant=False,
):
    """The squared difference of two random tensors; whole numbers small enough for a square of 32 bits."""
    rng = generator(f"squared_difference {dtype} {name}")
    first, second = random_data(rng, a, dtype, *ranges[0]), random_data(rng, b, dtype, *ranges[1])
    if dtype == "int32":
        first, second = first % 20000, second % 20000
    operands = [
        quantized(first, scales[0], zeros[0]),
        quantized(second, scales[1], zeros[1], constant=constant),
    ]
    operator = Operator("SQUARED_DIFFERENCE", "SquaredDifferenceOptions")
    return make_case(name, {}, operator, operands, result(dtype, scales[2], zeros[2]))


def div(
    name,
    a=IMAGE,
    b=IMAGE,
    dtype="uint8",
    activation="none",
    zeros=(0, 0, 0),
    scales=(0.0471, 0.0313, 0.05),
    constant=False,
    data=None,
):
    """A quotient of random tensors; quantized divisors are neither 0 nor the zero point, which TensorFlow Lite refuses."""
    rng = generator(f"div {dtype} {name}")
    first, second = data or (random_data(rng, a, dtype), random_data(rng, b, dtype))
    first, second = np.array(first, dtype), np.array(second, dtype)
    if data is None:
        second[second == 0] = 1
        second[second == (zeros[1] if dtype == "uint8" else 0)] = 3
    operands = [
        quantized(first, scales[0], zeros[0]),
        quantized(second, scales[1], zeros[1], constant=constant),
    ]
    broadcasts = a != b and max(len(a), len(b)) > 4
    options = {"fusedActivationFunction": ACTIVATION_CODES[activation]}
    operator = Operator("DIV", "DivOptions", options, version=2 if broadcasts else 1)
    return make_case(name, {"activation": activation}, operator, operands, result(dtype, scales[2], zeros[2]))


SHAPES = [
    ("same shapes", {}),
    ("constant [3]", {"b": (3,), "constant": True}),
    ("constant []", {"b": (), "constant": True}),
    ("first [1]", {"a": (1,), "b": (2, 3, 4)}),
    ("both broadcast", {"a": (2, 1, 3, 1), "b": (1, 4, 1, 2)}),
]

CHOICES = [
    *SHAPES,
    ("ranks 5 and 2", {"a": (2, 1, 2, 3, 2), "b": (3, 1)}),
    ("zero point 127", {"zero": 127, "a": (5, 7), "b": (5, 7)}),
    *[(name, {**settings, "dtype": dtype}) for dtype in ("uint8", "int16") for name, settings in (SHAPES[1], SHAPES[4])],
    *[(name, {**settings, "dtype": "float32"}) for name, settings in SHAPES],
    (
        "zeros, large and tiny",
        {"dtype": "float32", "a": (6,), "b": (6,), "data": ([0.0, -0.0, 3e38, -3e38, 1e-40, 1], [-0.0, 0.0, 1, 1, 0, 1])},
    ),
    ("ranks 5 and 2", {"dtype": "float32", "a": (2, 1, 2, 3, 2), "b": (3, 1)}),
    *[("both broadcast", {"dtype": dtype, "a": (1, 3, 1), "b": (4, 1, 2)}) for dtype in ("int32", "int64")],
]

DIFFERENCES = [
    *SHAPES,
    ("typical", {"b": (1, 4, 4, 1), "zeros": (-65, -96, -128), "scales": (0.031199, 0.012279, 0.096785)}),
    ("zero points at the ends", {"zeros": (-128, 127, -128), "scales": (0.0471, 0.0313, 1.1)}),
    ("saturates", {"zeros": (-128, 127, 0), "scales": (0.0471, 0.0313, 0.02)}),
    ("scales far apart", {"zeros": (0, 0, -128), "scales": (0.001, 3.0, 900.0)}),
    ("scales a million times apart", {"zeros": (0, 0, -128), "scales": (31.7, 0.0000313, 70000.0)}),
    ("equal scales: ties", {"zeros": (0, 0, -128), "scales": (0.5, 0.5, 0.5), "ranges": ((-20, 20), (-20, 20))}),
    ("large output scale: nothing is left", {"zeros": (3, 5, 7), "scales": (0.001, 0.001, 9.0)}),
    ("largest square", {"a": (1, 2), "b": (1, 2), "zeros": (127, -128, -128), "scales": (1.0, 1.0, 900.0), "ranges": ((-128, -128), (127, 127))}),
    *[(name, {**settings, "dtype": "float32"}) for name, settings in (SHAPES[0], SHAPES[1], SHAPES[4])],
    ("both broadcast", {"dtype": "int32", "a": (1, 3, 1), "b": (4, 1, 2)}),
]

QUOTIENTS = [
    *[(name, {**settings, "zeros": (128, 0, 128)}) for name, settings in SHAPES],
    ("ranks 5 and 2", {"a": (2, 1, 2, 3, 2), "b": (3, 1), "zeros": (128, 100, 128)}),
    ("all unsigned", {"scales": (0.0471, 0.0313, 0.05)}),
    ("negative divisors", {"zeros": (3, 255, 130), "scales": (0.0471, 0.0313, 0.03)}),
    ("signed divisors", {"zeros": (100, 128, 128), "scales": (0.0471, 0.0313, 0.1)}),
    ("relu", {"activation": "relu", "zeros": (128, 128, 100), "scales": (0.05, 0.05, 0.05)}),
    ("relu6", {"activation": "relu6", "zeros": (128, 128, 100), "scales": (0.05, 0.05, 0.05)}),
    ("relu_n1_to_1", {"activation": "relu_n1_to_1", "zeros": (128, 128, 100), "scales": (0.05, 0.05, 0.013)}),
    ("small output scale", {"scales": (1.0, 1.0, 1 / 255)}),
    ("powers of two: ties", {"zeros": (128, 128, 128), "scales": (0.5, 0.25, 0.125)}),
    ("quotients below half a step", {"zeros": (0, 0, 7), "scales": (0.01, 0.5, 0.5)}),
    ("quotients below half a step, signed", {"zeros": (128, 128, 128), "scales": (0.01, 0.5, 0.5)}),
    ("dividends of -2^n", {"a": (1, 8), "b": (1, 8), "zeros": (255, 0, 128), "scales": (1.0, 1.0, 0.1), "data": ([[254, 253, 251, 247, 239, 223, 191, 127]], [[1, 3, 7, 11, 13, 17, 19, 23]])}),
    *[(name, {**settings, "dtype": "float32"}) for name, settings in SHAPES],
    ("both broadcast, relu6", {"dtype": "float32", "a": (2, 1, 3, 1), "b": (1, 4, 1, 2), "activation": "relu6"}),
    ("both broadcast", {"dtype": "int32", "a": (1, 3, 1), "b": (4, 1, 2)}),
    ("both broadcast, relu6", {"dtype": "int32", "a": (1, 3, 1), "b": (4, 1, 2), "activation": "relu6"}),
    ("truncates", {"dtype": "int32", "a": (1, 6), "b": (1, 6), "data": ([[7, -7, 7, -7, 0, 5]], [[2, 2, -2, -2, 3, 6]])}),
    ("by zero", {"dtype": "float32", "a": (4,), "b": (4,), "data": ([1, -1, 2, -3], [0.0, 0.0, -1e-40, 1e-40])}),
    ("by zero, relu6", {"dtype": "float32", "a": (3,), "b": (3,), "activation": "relu6", "data": ([1, -1, 2], [0.0, 0.0, -1e-40])}),
]
