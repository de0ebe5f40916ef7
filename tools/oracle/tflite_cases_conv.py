"""Cases of CONV_2D and DEPTHWISE_CONV_2D."""

import numpy as np

from tflite_case import (
    ACTIVATION_CODES,
    PADDING_CODES,
    generator,
    limits,
    make_case,
    quantized,
    random_data,
    result,
    value_range,
    zero_points,
)
from tflite_model import TYPE_CODES, Operator, Tensor

SPREAD = [1e-4, 0.0031, 0.027, 0.19, 0.63, 1.0]


def conv_2d_cases():
    """Cases of CONV_2D: weights [out, height, width, in / groups], quantized along axis 0."""
    cases = [convolution("conv_2d", name, **settings) for name, settings in CONV_2D]
    return [*cases, product_of_scales_case("conv_2d")]


def depthwise_conv_2d_cases():
    """Cases of DEPTHWISE_CONV_2D: weights [1, height, width, out], quantized along axis 3."""
    cases = [convolution("depthwise_conv_2d", name, **settings) for name, settings in DEPTHWISE]
    return [*cases, product_of_scales_case("depthwise_conv_2d")]


def convolution(
    op,
    name,
    x=(1, 5, 7, 3),
    w=None,
    dtype="int8",
    padding="same",
    strides=(1, 1),
    dilations=(1, 1),
    activation="none",
    zero_x=-3,
    zero_y=11,
    zero_w=0,
    scale_x=0.0234375123,
    scale_w=None,
    scale_y=None,
    x_range=(None, None),
    w_range=(-127, 127),
    bias_range=(-9000, 9000),
    narrow_bias=False,
):
    """One convolution with random data; scales that are not given are drawn or fitted to it."""
    rng = generator(f"{op} {dtype} {name}")
    axis = 0 if op == "conv_2d" else 3
    weights_dtype = "int8" if dtype == "int16" else dtype
    weights = random_data(rng, w, weights_dtype, *value_range(dtype, w_range))
    inputs = random_data(rng, x, dtype, *value_range(dtype, x_range))
    channels = w[axis]
    if dtype == "float32":
        operands = [
            quantized(inputs, 1),
            quantized(weights, 1, constant=True),
            quantized(random_data(rng, (channels,), dtype), 1, constant=True),
        ]
        output = result(dtype)
    else:
        zero_x, zero_w, zero_y = zero_points(dtype, zero_x, zero_w, zero_y)
        scales = weight_scales(rng, scale_w, channels)
        taps = weights.size // channels
        scale_y = scale_y or fitted_scale(scale_x, scales, taps, dtype)
        bias = rng.integers(*bias_range, channels, endpoint=True)
        bias = bias.astype(np.int32) if narrow_bias else bias
        operands = weighted_operands(inputs, scale_x, zero_x, weights, scales, axis, bias, zero_w)
        output = result(dtype, scale_y, zero_y)
    attributes = {
        "padding": padding,
        "strides": list(strides),
        "dilations": list(dilations),
        "activation": activation,
    }
    operator = convolution_operator(op, attributes, x, w)
    if narrow_bias:
        operator.options["quantizedBiasType"] = TYPE_CODES["int32"]
    return make_case(name, attributes, operator, operands, output)


def convolution_operator(op, attributes, x, w):
    """The operator with TensorFlow Lite's names of the attributes; grouped CONV_2D is version 6."""
    options = {
        "padding": PADDING_CODES[attributes["padding"]],
        "strideH": attributes["strides"][0],
        "strideW": attributes["strides"][1],
        "dilationHFactor": attributes["dilations"][0],
        "dilationWFactor": attributes["dilations"][1],
        "fusedActivationFunction": ACTIVATION_CODES[attributes["activation"]],
    }
    if op == "conv_2d":
        return Operator("CONV_2D", "Conv2DOptions", options, version=6 if x[3] != w[3] else None)
    options["depthMultiplier"] = w[3] // x[3]
    return Operator("DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions", options)


def weight_scales(rng, given, channels):
    """One scale a channel (drawn when none is given), or the one given number for all of them."""
    if given is None:
        return rng.uniform(0.002, 0.02, channels).astype(np.float32)
    if isinstance(given, float):
        return np.array([given], dtype=np.float32)
    return np.array([given[i % len(given)] for i in range(channels)], dtype=np.float32)


def fitted_scale(scale_x, scales, taps, dtype):
    """An output scale that lets uniform random data fill most of the type's range."""
    spread = 73.0 * np.sqrt(taps) * limits(dtype)[1] * 0.577
    return np.float32(scale_x * float(np.median(scales)) * spread * 1.7 / limits(dtype)[1])


def weighted_operands(inputs, scale_x, zero_x, weights, scales, axis, bias, zero_w=0):
    """Input, weights and bias; one scale means per-tensor weights. 16x8 biases are int64 unless they are given as int32."""
    scale_x = np.float32(scale_x)
    per_channel = len(scales) > 1
    bias = np.asarray(bias)
    bias_dtype = "int64" if inputs.dtype == np.int16 and bias.dtype != np.int32 else "int32"
    bias = bias.astype(bias_dtype)
    return [
        quantized(inputs, scale_x, zero_x),
        Tensor(
            weights.shape,
            str(weights.dtype),
            weights,
            tuple(scales),
            (zero_w,) * len(scales),
            axis if per_channel else None,
            constant=True,
        ),
        Tensor(
            bias.shape,
            bias_dtype,
            bias,
            tuple(scale_x * scale for scale in scales),
            (0,) * len(scales),
            0 if per_channel else None,
            constant=True,
        ),
    ]


def product_of_scales_case(op):
    """Biases that round differently when the product of the scales is taken in float32, as for uint8, and in doubles."""
    scale_x, scale_w, scale_y, bias = PRODUCT_OF_SCALES
    channels = len(bias)
    is_depthwise = op == "depthwise_conv_2d"
    x = (1, 1, 1, channels if is_depthwise else 1)
    w = (1, 1, 1, channels) if is_depthwise else (channels, 1, 1, 1)
    inputs = np.full(x, 128, dtype=np.uint8)
    weights = np.ones(w, dtype=np.uint8)
    scales = np.array([scale_w], dtype=np.float32)
    operands = weighted_operands(inputs, scale_x, 128, weights, scales, None, bias, 128)
    attributes = {"padding": "valid", "strides": [1, 1], "dilations": [1, 1], "activation": "none"}
    operator = convolution_operator(op, attributes, x, w)
    return make_case("the product of scales is taken in float32", attributes, operator, operands, result("uint8", scale_y, 128))


# Found by search: accumulators next to the middle between two results.
PRODUCT_OF_SCALES = (
    0.0231,
    0.0077,
    3700.0,
    [-1986563272, -1653735918, -1154494886, -655253853, -156012821, 176814529, 509641879, 1008882903, 1674537601, 2007364951],
)

CONV_2D = [
    ("3x3, same, odd size", {"w": (4, 3, 3, 3)}),
    ("3x3, valid", {"w": (4, 3, 3, 3), "padding": "valid", "zero_x": 127, "zero_y": -128}),
    ("strides 1 and 2, same", {"w": (3, 3, 3, 3), "strides": (1, 2), "zero_x": -128}),
    ("strides 2 and 1, valid", {"w": (3, 3, 3, 3), "strides": (2, 1), "padding": "valid"}),
    ("strides 3 and 3, same, even kernel 2x2", {"x": (1, 7, 8, 2), "w": (3, 2, 2, 2), "strides": (3, 3)}),
    ("even kernel 4x2, same, stride 2", {"x": (1, 6, 5, 2), "w": (3, 4, 2, 2), "strides": (2, 2)}),
    ("dilation 2, same", {"x": (1, 6, 7, 2), "w": (3, 3, 3, 2), "dilations": (2, 2)}),
    ("dilations 2 and 1, valid", {"x": (1, 6, 7, 2), "w": (3, 2, 3, 2), "dilations": (2, 1), "padding": "valid"}),
    ("kernel larger than the input, same", {"x": (1, 2, 3, 2), "w": (3, 5, 5, 2)}),
    ("1x1, batch 2", {"x": (2, 3, 3, 4), "w": (5, 1, 1, 4)}),
    ("1x1, stride 2, valid", {"x": (1, 5, 4, 4), "w": (5, 1, 1, 4), "strides": (2, 2), "padding": "valid"}),
    ("groups 2", {"x": (1, 4, 4, 4), "w": (6, 3, 3, 2)}),
    ("groups 3, one input channel each", {"x": (1, 4, 3, 3), "w": (6, 2, 2, 1)}),
    ("weight scales from 1e-4 to 1", {"w": (6, 3, 3, 3), "scale_w": SPREAD}),
    ("one weight scale for the tensor", {"w": (4, 3, 3, 3), "scale_w": 0.0173}),
    ("relu, zero point inside the range", {"w": (4, 3, 3, 3), "activation": "relu", "zero_y": -40}),
    ("relu6, zero point inside the range", {"w": (4, 3, 3, 3), "activation": "relu6", "zero_y": -20, "scale_y": 0.071}),
    ("relu_n1_to_1", {"w": (4, 3, 3, 3), "activation": "relu_n1_to_1", "zero_y": 5, "scale_y": 0.033}),
    ("multiplier above 1, saturates", {"w": (4, 3, 3, 3), "scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.11,
                                       "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1", {"w": (4, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.125,
                      "x_range": (-7, 2), "w_range": (-4, 4), "bias_range": (-30, 30)}),
    ("multiplier 1/2, ties", {"w": (4, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-9, 3), "w_range": (-4, 4), "bias_range": (-50, 50)}),
    ("multiplier 1/64, ties", {"x": (1, 6, 6, 1), "w": (4, 1, 1, 1), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 8.0,
                               "w_range": (32, 32), "bias_range": (-99, 99), "zero_y": 0}),
    ("shift -1, multiplier 0.3", {"w": (4, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.41666666,
                                  "x_range": (-9, 3), "w_range": (-4, 4), "bias_range": (-50, 50)}),
    ("multiplier below 2^-31 flushes to 0", {"w": (2, 3, 3, 3), "scale_x": 1e-5, "scale_w": 1e-5, "scale_y": 0.9,
                                             "bias_range": (-1000000000, 1000000000)}),
    ("multiplier 2^-29, large bias", {"w": (6, 3, 3, 3), "scale_x": 2.0**-14, "scale_w": 2.0**-15, "scale_y": 1.0,
                                      "bias_range": (-2000000000, 2000000000)}),
    ("large bias", {"w": (6, 3, 3, 3), "scale_y": 4000.0, "bias_range": (-2000000000, 2000000000)}),
    ("all inputs -128, all weights -127", {"w": (2, 3, 3, 3), "x_range": (-128, -128), "w_range": (-127, -127), "zero_x": 127, "scale_y": 1.7}),
    ("all inputs 127, all weights 127", {"w": (2, 3, 3, 3), "x_range": (127, 127), "w_range": (127, 127), "zero_x": -128, "scale_y": 1.7}),
    ("same, odd size, weight scales from 1e-4 to 1", {"dtype": "int16", "w": (6, 3, 3, 3), "scale_w": SPREAD, "scale_x": 3e-4}),
    ("strides 2 and 1, relu", {"dtype": "int16", "w": (4, 3, 2, 3), "strides": (2, 1), "activation": "relu", "scale_x": 3e-4}),
    ("multiplier 1/2, ties", {"dtype": "int16", "w": (4, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-99, 99), "w_range": (-4, 4), "bias_range": (-50, 50)}),
    ("multiplier just below 1, large data", {"dtype": "int16", "w": (4, 1, 1, 3), "scale_x": 1.0, "scale_w": 1.0, "scale_y": 1.00000012,
                                             "x_range": (-99, 99), "bias_range": (-9000, 9000)}),
    ("accumulators beyond 32 bits", {"dtype": "int16", "w": (3, 3, 3, 3), "scale_x": 3e-4, "scale_y": 2.5,
                                     "bias_range": (-40000000000, 40000000000)}),
    ("groups 2, relu6", {"dtype": "int16", "x": (1, 4, 4, 4), "w": (4, 3, 3, 2), "activation": "relu6", "scale_x": 3e-4, "scale_y": 3e-4}),
    ("int32 bias, weight scales from 1e-4 to 1", {"dtype": "int16", "narrow_bias": True, "w": (6, 3, 3, 3), "scale_w": SPREAD, "scale_x": 3e-4}),
    ("int32 bias, multiplier 1/2, ties", {"dtype": "int16", "narrow_bias": True, "w": (4, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                                          "x_range": (-99, 99), "w_range": (-4, 4), "bias_range": (-50, 50)}),
    ("int32 bias, large bias", {"dtype": "int16", "narrow_bias": True, "w": (6, 1, 1, 3), "scale_x": 3e-4, "scale_y": 0.11,
                                "bias_range": (-2000000000, 2000000000)}),
    ("3x3, same, odd size", {"dtype": "uint8", "w": (4, 3, 3, 3), "scale_w": 0.0173}),
    ("weight zero point 0, relu", {"dtype": "uint8", "w": (4, 3, 3, 3), "scale_w": 0.0173, "zero_w": -128, "activation": "relu",
                                   "zero_y": -128, "scale_y": 0.41}),
    ("weight zero point 255", {"dtype": "uint8", "w": (4, 2, 2, 3), "scale_w": 0.0173, "zero_w": 127, "w_range": (None, None),
                               "zero_x": -128, "scale_y": 0.71}),
    ("relu6, weight zero point 151", {"dtype": "uint8", "w": (3, 3, 3, 3), "strides": (2, 2), "padding": "valid", "scale_w": 0.0031,
                                      "zero_w": 23, "w_range": (None, None), "activation": "relu6", "zero_y": -128, "scale_y": 6 / 255}),
    ("even kernel 4x2, same, stride 2", {"dtype": "uint8", "x": (1, 6, 5, 2), "w": (3, 4, 2, 2), "strides": (2, 2), "scale_w": 0.0173}),
    ("dilations 2 and 1, valid", {"dtype": "uint8", "x": (1, 6, 7, 2), "w": (3, 2, 3, 2), "dilations": (2, 1), "padding": "valid", "scale_w": 0.0173}),
    ("groups 2, batch 2", {"dtype": "uint8", "x": (2, 3, 3, 4), "w": (4, 2, 2, 2), "scale_w": 0.0173}),
    ("multiplier above 1, saturates", {"dtype": "uint8", "w": (4, 3, 3, 3), "scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.11,
                                       "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1/64, ties", {"dtype": "uint8", "x": (1, 6, 6, 1), "w": (4, 1, 1, 1), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 8.0,
                               "w_range": (32, 32), "bias_range": (-99, 99), "zero_y": 0}),
    ("multiplier below 2^-31 flushes to 0", {"dtype": "uint8", "w": (2, 3, 3, 3), "scale_x": 1e-5, "scale_w": 1e-5, "scale_y": 0.9,
                                             "bias_range": (-1000000000, 1000000000)}),
    ("all inputs 255, all weights 255", {"dtype": "uint8", "w": (2, 3, 3, 3), "x_range": (127, 127), "w_range": (127, 127), "zero_x": -128,
                                         "zero_w": -128, "scale_w": 0.0173, "scale_y": 4.7}),
    ("3x3, same, stride 2", {"dtype": "float32", "w": (4, 3, 3, 3), "strides": (2, 2)}),
    ("even kernel 4x2, valid, relu", {"dtype": "float32", "w": (3, 4, 2, 3), "padding": "valid", "activation": "relu"}),
    ("groups 3, dilation 2, relu6", {"dtype": "float32", "x": (1, 6, 5, 3), "w": (3, 2, 3, 1), "dilations": (2, 2), "activation": "relu6"}),
]

DEPTHWISE = [
    ("3x3, same, odd size", {"w": (1, 3, 3, 3)}),
    ("3x3, valid, stride 2", {"w": (1, 3, 3, 3), "padding": "valid", "strides": (2, 2), "zero_x": 127, "zero_y": -128}),
    ("depth multiplier 2", {"w": (1, 3, 3, 6), "zero_x": -128}),
    ("depth multiplier 3, strides 3 and 3", {"x": (1, 7, 8, 2), "w": (1, 3, 3, 6), "strides": (3, 3)}),
    ("even kernel 4x2, same, stride 2, batch 2", {"x": (2, 6, 5, 2), "w": (1, 4, 2, 2), "strides": (2, 2)}),
    ("even kernel 2x2, same", {"x": (1, 5, 4, 3), "w": (1, 2, 2, 3)}),
    ("dilation 2, same", {"x": (1, 6, 7, 2), "w": (1, 3, 3, 2), "dilations": (2, 2)}),
    ("dilations 1 and 2, valid", {"x": (1, 6, 7, 2), "w": (1, 3, 2, 2), "dilations": (1, 2), "padding": "valid"}),
    ("kernel larger than the input, same", {"x": (1, 2, 3, 2), "w": (1, 5, 5, 2)}),
    ("1x1, one input channel, depth multiplier 3", {"x": (1, 3, 3, 1), "w": (1, 1, 1, 3)}),
    ("weight scales from 1e-4 to 1", {"x": (1, 5, 5, 6), "w": (1, 3, 3, 6), "scale_w": SPREAD}),
    ("one weight scale for the tensor", {"w": (1, 3, 3, 3), "scale_w": 0.0173}),
    ("relu, zero point inside the range", {"w": (1, 3, 3, 3), "activation": "relu", "zero_y": -40}),
    ("relu6, zero point inside the range", {"w": (1, 3, 3, 3), "activation": "relu6", "zero_y": -20, "scale_y": 0.051}),
    ("relu_n1_to_1", {"w": (1, 3, 3, 3), "activation": "relu_n1_to_1", "zero_y": 5, "scale_y": 0.023}),
    ("multiplier above 1, saturates", {"w": (1, 3, 3, 3), "scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.071,
                                       "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1/2, ties", {"w": (1, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-9, 3), "w_range": (-9, 9), "bias_range": (-50, 50)}),
    ("multiplier below 2^-31 flushes to 0", {"w": (1, 3, 3, 3), "scale_x": 1e-5, "scale_w": 1e-5, "scale_y": 0.9}),
    ("large bias", {"x": (1, 4, 4, 6), "w": (1, 3, 3, 6), "scale_y": 4000.0, "bias_range": (-2000000000, 2000000000)}),
    ("all inputs -128, all weights -127", {"w": (1, 3, 3, 3), "x_range": (-128, -128), "w_range": (-127, -127), "zero_x": 127, "scale_y": 1.7}),
    ("same, odd size, weight scales from 1e-4 to 1", {"dtype": "int16", "x": (1, 5, 5, 6), "w": (1, 3, 3, 6), "scale_w": SPREAD, "scale_x": 3e-4}),
    ("depth multiplier 2, stride 2, relu", {"dtype": "int16", "w": (1, 3, 2, 6), "strides": (2, 2), "activation": "relu", "scale_x": 3e-4}),
    ("dilation 2, relu6", {"dtype": "int16", "x": (1, 6, 6, 2), "w": (1, 3, 3, 2), "dilations": (2, 2), "activation": "relu6",
                           "scale_x": 3e-4, "scale_y": 3e-4}),
    ("multiplier 1/2, ties", {"dtype": "int16", "w": (1, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-99, 99), "w_range": (-9, 9), "bias_range": (-50, 50)}),
    ("3x3, same, odd size", {"dtype": "uint8", "w": (1, 3, 3, 3), "scale_w": 0.0173}),
    ("depth multiplier 2, weight zero point 0", {"dtype": "uint8", "w": (1, 3, 3, 6), "scale_w": 0.0173, "zero_w": -128, "scale_y": 0.31}),
    ("weight zero point 255, stride 2, valid", {"dtype": "uint8", "w": (1, 3, 3, 3), "strides": (2, 2), "padding": "valid", "scale_w": 0.0173,
                                                "zero_w": 127, "w_range": (None, None), "zero_x": -128, "scale_y": 0.43}),
    ("relu6, weight zero point 151", {"dtype": "uint8", "x": (2, 5, 4, 3), "w": (1, 2, 2, 3), "scale_w": 0.0047, "zero_w": 23,
                                      "w_range": (None, None), "activation": "relu6", "zero_y": -128, "scale_y": 6 / 255}),
    ("dilations 1 and 2, same, relu", {"dtype": "uint8", "x": (1, 6, 7, 2), "w": (1, 3, 2, 2), "dilations": (1, 2), "scale_w": 0.0173,
                                       "activation": "relu", "zero_y": -40}),
    ("multiplier above 1, saturates", {"dtype": "uint8", "w": (1, 3, 3, 3), "scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.071,
                                       "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1/2, ties", {"dtype": "uint8", "w": (1, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25,
                              "x_range": (-9, 3), "w_range": (-9, 9), "bias_range": (-50, 50)}),
    ("large bias", {"dtype": "uint8", "x": (1, 4, 4, 6), "w": (1, 3, 3, 6), "scale_w": 0.0173, "scale_y": 4000.0,
                    "bias_range": (-2000000000, 2000000000)}),
    ("3x3, same, stride 2", {"dtype": "float32", "w": (1, 3, 3, 3), "strides": (2, 2)}),
    ("depth multiplier 2, valid, relu", {"dtype": "float32", "w": (1, 4, 2, 6), "padding": "valid", "activation": "relu"}),
    ("dilation 2, relu6", {"dtype": "float32", "x": (1, 6, 5, 3), "w": (1, 3, 3, 3), "dilations": (2, 2), "activation": "relu6"}),
]
