"""Cases of AVERAGE_POOL_2D and MAX_POOL_2D, whose output has the input's quantization."""

from tflite_case import (
    ACTIVATION_CODES,
    PADDING_CODES,
    generator,
    make_case,
    quantized,
    random_data,
    result,
    value_range,
    zero_points,
)
from tflite_model import Operator


def average_pool_2d_cases():
    """Cases of AVERAGE_POOL_2D: padding does not count."""
    return [pool("average_pool_2d", name, **settings) for name, settings in CASES]


def max_pool_2d_cases():
    """Cases of MAX_POOL_2D."""
    return [pool("max_pool_2d", name, **settings) for name, settings in CASES]


def pool(
    op,
    name,
    x=(1, 5, 7, 2),
    filter=(2, 2),
    strides=(2, 2),
    padding="valid",
    activation="none",
    dtype="int8",
    zero=-3,
    scale=0.0471,
    x_range=(None, None),
):
    """One pooling of random data."""
    rng = generator(f"{op} {dtype} {name}")
    (zero,) = zero_points(dtype, zero)
    operand = quantized(random_data(rng, x, dtype, *value_range(dtype, x_range)), scale, zero)
    attributes = {"padding": padding, "strides": list(strides), "filter": list(filter), "activation": activation}
    options = {
        "padding": PADDING_CODES[padding],
        "strideH": strides[0],
        "strideW": strides[1],
        "filterHeight": filter[0],
        "filterWidth": filter[1],
        "fusedActivationFunction": ACTIVATION_CODES[activation],
    }
    operator = Operator(op.upper(), "Pool2DOptions", options)
    return make_case(name, attributes, operator, [operand], result(dtype, scale, zero))


CASES = [
    ("2x2, stride 2, valid", {}),
    ("2x2, stride 2, same, odd size", {"padding": "same"}),
    ("3x3, stride 1, same", {"filter": (3, 3), "strides": (1, 1), "padding": "same", "zero": 127}),
    ("3x2, strides 1 and 2, same", {"filter": (3, 2), "strides": (1, 2), "padding": "same", "zero": -128}),
    ("2x3, strides 2 and 1, valid", {"filter": (2, 3), "strides": (2, 1)}),
    ("4x2, strides 3 and 3, same", {"filter": (4, 2), "strides": (3, 3), "padding": "same"}),
    ("window larger than the input, same", {"x": (1, 2, 3, 2), "filter": (5, 5), "strides": (1, 1), "padding": "same"}),
    ("whole image, batch 2", {"x": (2, 5, 3, 3), "filter": (5, 3)}),
    ("1x1", {"filter": (1, 1), "strides": (1, 1), "x": (1, 3, 2, 2)}),
    ("gaps between windows", {"filter": (1, 2), "strides": (2, 3), "x": (1, 6, 8, 2)}),
    ("small values: ties of both signs", {"x": (2, 6, 6, 2), "x_range": (-5, 5), "zero": 0}),
    ("relu", {"activation": "relu", "zero": 13}),
    ("relu6", {"activation": "relu6", "zero": -60}),
    ("relu_n1_to_1", {"activation": "relu_n1_to_1", "zero": 7, "x_range": (-50, 40)}),
    ("all -128", {"x": (1, 3, 3, 1), "x_range": (-128, -128), "padding": "same"}),
    ("all 127", {"x": (1, 3, 3, 1), "x_range": (127, 127), "padding": "same"}),
    ("3x3, stride 2, same", {"dtype": "int16", "filter": (3, 3), "padding": "same", "scale": 3e-4}),
    ("small values: ties of both signs", {"dtype": "int16", "x": (2, 6, 6, 2), "x_range": (-5, 5), "scale": 3e-4}),
    ("relu6", {"dtype": "int16", "activation": "relu6", "scale": 3e-4}),
    ("2x2, stride 2, same, odd size", {"dtype": "uint8", "padding": "same"}),
    ("3x3, stride 1, same", {"dtype": "uint8", "filter": (3, 3), "strides": (1, 1), "padding": "same", "zero": 127}),
    ("whole image, batch 2", {"dtype": "uint8", "x": (2, 5, 3, 3), "filter": (5, 3)}),
    ("small values: ties", {"dtype": "uint8", "x": (2, 6, 6, 2), "x_range": (-128, -119), "zero": 0}),
    ("relu", {"dtype": "uint8", "activation": "relu", "zero": 13}),
    ("relu6", {"dtype": "uint8", "activation": "relu6", "zero": -60}),
    ("relu_n1_to_1", {"dtype": "uint8", "activation": "relu_n1_to_1", "zero": 7, "x_range": (-50, 40)}),
    ("all 0", {"dtype": "uint8", "x": (1, 3, 3, 1), "x_range": (-128, -128), "padding": "same"}),
    ("all 255", {"dtype": "uint8", "x": (1, 3, 3, 1), "x_range": (127, 127), "padding": "same"}),
    ("3x3, stride 2, same", {"dtype": "float32", "filter": (3, 3), "padding": "same"}),
    ("2x3, valid, relu", {"dtype": "float32", "filter": (2, 3), "strides": (2, 1), "activation": "relu"}),
    ("4x2, same, relu6", {"dtype": "float32", "filter": (4, 2), "strides": (3, 3), "padding": "same", "activation": "relu6"}),
]
