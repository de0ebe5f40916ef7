"""Cases of FULLY_CONNECTED, with one scale for all weights or one for each output."""

import numpy as np

from tflite_case import (
    ACTIVATION_CODES,
    generator,
    make_case,
    quantized,
    random_data,
    result,
    value_range,
    zero_points,
)
from tflite_cases_conv import PRODUCT_OF_SCALES, SPREAD, fitted_scale, weight_scales, weighted_operands
from tflite_model import TYPE_CODES, Operator

BILLIONS = (-2000000000, 2000000000)


def fully_connected_cases():
    """Cases of FULLY_CONNECTED: weights [out, in]."""
    cases = [dense(name, **settings) for name, settings in CASES]
    return [*cases, *(product_of_scales_case(*settings) for settings in [("int8", False), ("int8", True), ("uint8", False)])]


def newer_fully_connected_cases():
    """Cases that TensorFlow Lite 2.15 computes wrongly."""
    return [dense(name, **settings) for name, settings in NEWER]


def dense(
    name,
    x=(2, 10),
    w=(5, 10),
    dtype="int8",
    activation="none",
    keep_dimensions=False,
    has_bias=True,
    zero_x=-3,
    zero_w=0,
    zero_y=11,
    scale_x=0.0234375123,
    scale_w=0.0071,
    scale_y=None,
    x_range=(None, None),
    w_range=(-127, 127),
    bias_range=(-9000, 9000),
    narrow_bias=False,
):
    """One fully connected layer with random data; an output scale that is not given is fitted."""
    rng = generator(f"fully_connected {dtype} {name}")
    inputs = random_data(rng, x, dtype, *value_range(dtype, x_range))
    weights = random_data(rng, w, "int8" if dtype == "int16" else dtype, *value_range(dtype, w_range))
    if dtype == "float32":
        bias = random_data(rng, (w[0],), dtype)
        operands = [quantized(inputs, 1), quantized(weights, 1, constant=True), quantized(bias, 1, constant=True)]
        output = result(dtype)
    else:
        zero_x, zero_y = zero_points(dtype, zero_x, zero_y)
        zero_w = zero_w + 128 if dtype == "uint8" else zero_w
        scales = weight_scales(rng, scale_w, w[0])
        scale_y = scale_y or fitted_scale(scale_x, scales, w[1], dtype)
        bias = rng.integers(*bias_range, w[0], endpoint=True)
        bias = bias.astype(np.int32) if narrow_bias else bias
        operands = weighted_operands(inputs, scale_x, zero_x, weights, scales, 0, bias, zero_w)
        output = result(dtype, scale_y, zero_y)
    operands = operands if has_bias else operands[:2]
    operator = dense_operator(activation, keep_dimensions, has_bias)
    if narrow_bias:
        operator.options["quantizedBiasType"] = TYPE_CODES["int32"]
    case = make_case(name, {"activation": activation}, operator, operands, output)
    if narrow_bias and not has_bias:
        # No input tells that the options ask for accumulators of 32 bits.
        case["numerics"] = {"rounding": "nearest", "accumulatorBits": 32}
    return case


def dense_operator(activation, keep_dimensions=False, has_bias=True):
    """Version 6 has no bias, version 5 keeps the leading dimensions."""
    options = {
        "fusedActivationFunction": ACTIVATION_CODES[activation],
        "keepNumDims": keep_dimensions,
    }
    version = 6 if not has_bias else 5 if keep_dimensions else None
    return Operator("FULLY_CONNECTED", "FullyConnectedOptions", options, version=version)


CASES = [
    ("batch 2", {}),
    ("input zero point 127, output zero point -128", {"zero_x": 127, "zero_y": -128}),
    ("without bias", {"has_bias": False, "zero_x": -128}),
    ("rank 3, dimensions kept", {"x": (2, 3, 10), "keep_dimensions": True}),
    ("rank 4, dimensions kept, without bias", {"x": (1, 2, 2, 10), "keep_dimensions": True, "has_bias": False}),
    ("rank 4, flattened to the width of the weights", {"x": (2, 1, 2, 5)}),
    ("one input, one output", {"x": (3, 1), "w": (1, 1)}),
    ("weight zero point 7", {"zero_w": 7}),
    ("relu, zero point inside the range", {"activation": "relu", "zero_y": -40}),
    ("relu6, zero point inside the range", {"activation": "relu6", "zero_y": -20, "scale_y": 0.05}),
    ("relu_n1_to_1", {"activation": "relu_n1_to_1", "zero_y": 5, "scale_y": 0.023}),
    ("multiplier above 1, saturates", {"scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.071,
                                       "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1/2, ties", {"x": (8, 4), "w": (5, 4), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-9, 3), "w_range": (-9, 9), "bias_range": (-50, 50)}),
    ("multiplier 1/64, ties", {"x": (40, 1), "w": (3, 1), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 8.0,
                               "w_range": (32, 32), "bias_range": (-99, 99), "zero_y": 0}),
    ("multiplier below 2^-31 flushes to 0", {"scale_x": 1e-5, "scale_w": 1e-5, "scale_y": 0.9, "bias_range": BILLIONS}),
    ("large bias", {"scale_y": 4000.0, "bias_range": BILLIONS}),
    ("a scale for each output", {"scale_w": [0.0043, 0.0179, 0.0071]}),
    ("weight scales from 1e-4 to 1, relu", {"w": (6, 10), "scale_w": SPREAD, "activation": "relu", "zero_y": -40}),
    ("a scale for each output, without bias", {"has_bias": False, "scale_w": [0.0043, 0.0179, 0.0071]}),
    ("all inputs -128, all weights -127", {"x_range": (-128, -128), "w_range": (-127, -127), "zero_x": 127, "scale_y": 0.61}),
    ("a scale for each output", {"dtype": "int16", "scale_w": [0.0043, 0.0179, 0.0071], "scale_x": 3e-4}),
    ("batch 3", {"dtype": "int16", "x": (3, 10), "scale_x": 3e-4}),
    ("without bias, relu", {"dtype": "int16", "has_bias": False, "activation": "relu", "scale_x": 3e-4}),
    ("rank 3, dimensions kept", {"dtype": "int16", "x": (2, 3, 10), "keep_dimensions": True, "scale_x": 3e-4}),
    ("multiplier 1/2, ties", {"dtype": "int16", "x": (8, 4), "w": (5, 4), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-99, 99), "w_range": (-9, 9), "bias_range": (-50, 50)}),
    ("accumulators beyond 32 bits", {"dtype": "int16", "scale_x": 3e-4, "scale_y": 2.5,
                                     "bias_range": (-40000000000, 40000000000)}),
    ("int32 bias", {"dtype": "int16", "narrow_bias": True, "scale_x": 3e-4}),
    ("int32 bias, a scale for each output", {"dtype": "int16", "narrow_bias": True, "scale_w": [0.0043, 0.0179, 0.0071], "scale_x": 3e-4}),
    ("int32 bias, multiplier 1/2, ties", {"dtype": "int16", "narrow_bias": True, "x": (8, 4), "w": (5, 4), "scale_x": 0.5, "scale_w": 0.25,
                                          "scale_y": 0.25, "x_range": (-99, 99), "w_range": (-9, 9), "bias_range": (-50, 50)}),
    ("options for an int32 bias, without one", {"dtype": "int16", "narrow_bias": True, "has_bias": False, "x": (12, 10), "scale_x": 3e-4}),
    ("int32 bias, large bias", {"dtype": "int16", "narrow_bias": True, "scale_x": 3e-4, "scale_y": 0.11, "bias_range": BILLIONS}),
    ("batch 2", {"dtype": "uint8"}),
    ("weight zero point 0, without bias", {"dtype": "uint8", "zero_w": -128, "has_bias": False, "scale_y": 0.09}),
    ("weight zero point 255, relu", {"dtype": "uint8", "zero_w": 127, "w_range": (None, None), "zero_x": -128, "zero_y": -128, "activation": "relu", "scale_y": 0.09}),
    ("weight zero point 151, relu6", {"dtype": "uint8", "zero_w": 23, "w_range": (None, None), "zero_y": -128, "activation": "relu6", "scale_y": 6 / 255}),
    ("rank 3, dimensions kept", {"dtype": "uint8", "x": (2, 3, 10), "keep_dimensions": True}),
    ("multiplier above 1, saturates", {"dtype": "uint8", "scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.071,
                                       "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1/64, ties", {"dtype": "uint8", "x": (40, 1), "w": (3, 1), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 8.0,
                               "w_range": (32, 32), "bias_range": (-99, 99), "zero_y": 0}),
    ("large bias", {"dtype": "uint8", "scale_y": 4000.0, "bias_range": BILLIONS}),
    ("batch 2", {"dtype": "float32"}),
    ("rank 3, dimensions kept, relu", {"dtype": "float32", "x": (2, 2, 10), "keep_dimensions": True, "activation": "relu"}),
    ("without bias, relu6", {"dtype": "float32", "has_bias": False, "activation": "relu6"}),
]


NEWER = [
    ("rank 3, dimensions kept, a scale for each output", {"x": (2, 3, 10), "keep_dimensions": True, "scale_w": [0.0043, 0.0179, 0.0071]}),
    ("rank 4, dimensions kept, weight scales from 1e-4 to 1, relu6", {"x": (1, 2, 2, 10), "w": (6, 10), "keep_dimensions": True, "scale_w": SPREAD,
                                                                     "activation": "relu6", "zero_y": -20}),
    ("rank 3, dimensions kept, a scale for each output", {"dtype": "int16", "x": (2, 3, 10), "keep_dimensions": True,
                                                          "scale_w": [0.0043, 0.0179, 0.0071], "scale_x": 3e-4}),
]


def product_of_scales_case(dtype, per_output):
    """Biases that round differently when the product of the scales is taken in float32 and in doubles."""
    scale_x, scale_w, scale_y, bias = PRODUCT_OF_SCALES
    scales = np.full(len(bias) if per_output else 1, scale_w, dtype=np.float32)
    (zero,) = zero_points(dtype, 0)
    inputs = np.full((1, 2), zero, dtype=dtype)
    weights = np.ones((len(bias), 2), dtype=dtype)
    operands = weighted_operands(inputs, scale_x, zero, weights, scales, 0, bias, zero)
    name = "scales of the outputs: a double product" if per_output else "scale of the tensor: a float32 product"
    return make_case(name, {"activation": "none"}, dense_operator("none"), operands, result(dtype, scale_y, zero))
