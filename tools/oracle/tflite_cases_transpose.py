"""Cases of TRANSPOSE_CONV."""

from tflite_case import (
    ACTIVATION_CODES,
    PADDING_CODES,
    generator,
    make_case,
    quantized,
    random_data,
    result,
    zero_point_of,
)
from tflite_cases_conv import SPREAD, fitted_scale, weight_scales
from tflite_model import TYPE_CODES, Operator, Tensor, parameter

WEIGHT_TYPES = {"float32": "float32", "uint8": "uint8"}


def transpose_conv_cases():
    """Cases of TRANSPOSE_CONV: weights [out, height, width, in], quantized along axis 0; uint8 ones have one scale."""
    return [transposed(name, **settings) for name, settings in TRANSPOSE_CONV]


def transposed(
    name,
    x=(1, 3, 3, 3),
    w=(3, 3, 3, 3),
    size=None,
    dtype="int8",
    padding="same",
    strides=(2, 2),
    activation="none",
    with_bias=True,
    zero_x=-3,
    zero_w=0,
    zero_y=11,
    scale_x=0.0234375123,
    scale_w=None,
    scale_y=None,
    x_range=(None, None),
    w_range=(-127, 127),
    bias_range=(-9000, 9000),
    wide_bias="int64",
):
    """One transposed convolution of random data. `size` is the output's, the smallest for the padding when not given."""
    rng = generator(f"transpose_conv {dtype} {name}")
    size = size or smallest_size(x, w, strides, padding)
    weight_type = WEIGHT_TYPES.get(dtype, "int8")
    weights = random_data(rng, w, weight_type, *(w_range if weight_type == "int8" else (None, None)))
    inputs = random_data(rng, x, dtype, *x_range)
    if dtype == "float32":
        operands = [quantized(inputs, 1), quantized(weights, 1, constant=True)]
        bias = quantized(random_data(rng, (w[0],), dtype), 1, constant=True)
        output = result(dtype)
    else:
        scales = weight_scales(rng, scale_w or (0.0117 if dtype == "uint8" else None), w[0])
        scale_y = scale_y or fitted_scale(scale_x, scales, weights.size // w[0] // strides[0] // strides[1] or 1, dtype)
        zero_w = zero_point_of(dtype, zero_w)
        axis = 0 if len(scales) > 1 else None
        operands = [
            quantized(inputs, scale_x, zero_point_of(dtype, zero_x)),
            Tensor(w, weight_type, weights, tuple(scales), (zero_w,) * len(scales), axis, constant=True),
        ]
        bias_type = wide_bias if dtype == "int16" else "int32"
        values = rng.integers(*bias_range, w[0], endpoint=True).astype(bias_type)
        bias = Tensor(values.shape, bias_type, values, tuple(scales * scale_x), (0,) * len(scales), axis, constant=True)
        output = result(dtype, scale_y, zero_point_of(dtype, zero_y))
    attributes = {
        "padding": padding,
        "strides": list(strides),
        "outputSize": list(size),
        "activation": activation,
    }
    operator = transposed_operator(attributes, [x[0], *size, w[0]], dtype, with_bias)
    numerics = {}
    if dtype == "int16" and wide_bias == "int32":
        operator.options["quantizedBiasType"] = TYPE_CODES[wide_bias]
        numerics = {"numerics": {"rounding": "nearest", "accumulatorBits": 32}}
    return make_case(name, attributes, operator, operands + [bias] * with_bias, output) | numerics


def smallest_size(x, w, strides, padding):
    """Height and width of the smallest output that Keras makes."""
    if padding == "same":
        return x[1] * strides[0], x[2] * strides[1]
    return (x[1] - 1) * strides[0] + w[1], (x[2] - 1) * strides[1] + w[2]


def transposed_operator(attributes, shape, dtype, with_bias):
    """The operator; it takes the output's shape first and the weights before the input."""
    options = {
        "padding": PADDING_CODES[attributes["padding"]],
        "strideH": attributes["strides"][0],
        "strideW": attributes["strides"][1],
        "fusedActivationFunction": ACTIVATION_CODES[attributes["activation"]],
    }
    first = {"int8": 2, "int16": 3}.get(dtype, 1)
    version = 4 if attributes["activation"] != "none" else max(first, 3 if with_bias else 1)
    order = [3, 1, 0, 2] if with_bias else [2, 1, 0]
    return Operator("TRANSPOSE_CONV", "TransposeConvOptions", options, [parameter(shape)], version, order)


SPREAD_6 = {"w": (6, 3, 3, 3), "scale_w": SPREAD}
TIES = {"w": (4, 2, 2, 3), "scale_x": 0.5, "scale_w": 0.25, "scale_y": 0.25, "x_range": (-9, 3), "w_range": (-4, 4), "bias_range": (-50, 50)}

TRANSPOSE_CONV = [
    ("3x3, stride 2, same", {}),
    ("3x3, stride 2, same, odd output", {"size": (5, 5)}),
    ("3x3, stride 2, same, no bias", {"with_bias": False, "zero_x": 127}),
    ("3x3, stride 2, valid", {"padding": "valid", "zero_x": -128, "zero_y": -128}),
    ("3x3, stride 2, valid, larger output", {"padding": "valid", "size": (8, 8)}),
    ("2x2, stride 2, valid: no overlap", {"w": (3, 2, 2, 3), "padding": "valid"}),
    ("2x2, stride 2, same", {"w": (3, 2, 2, 3), "zero_y": 127}),
    ("4x4, stride 2, same", {"w": (3, 4, 4, 3), "x": (1, 4, 3, 3)}),
    ("even kernel 4x2, strides 1 and 3, same", {"w": (2, 4, 2, 3), "strides": (1, 3)}),
    ("even kernel 2x4, strides 3 and 1, valid", {"w": (2, 2, 4, 3), "strides": (3, 1), "padding": "valid"}),
    ("stride 3 over a 2x2 kernel leaves gaps, same", {"w": (2, 2, 2, 3), "strides": (3, 3), "x": (1, 2, 3, 3)}),
    ("stride 3 over a 2x2 kernel leaves gaps, valid, no bias", {"w": (2, 2, 2, 3), "strides": (3, 3), "padding": "valid", "with_bias": False}),
    ("5x5, stride 1, same", {"w": (2, 5, 5, 3), "strides": (1, 1)}),
    ("kernel larger than the output, same", {"w": (2, 7, 7, 3), "strides": (1, 1), "x": (1, 2, 3, 3)}),
    ("1x1, batch 2", {"w": (5, 1, 1, 3), "strides": (1, 1), "x": (2, 3, 2, 3)}),
    ("one pixel, one channel", {"x": (1, 1, 1, 1), "w": (3, 3, 3, 1), "padding": "valid"}),
    ("weight scales from 1e-4 to 1", SPREAD_6),
    ("one weight scale for the tensor", {"scale_w": 0.0173}),
    ("relu, zero point inside the range", {"activation": "relu", "zero_y": -40}),
    ("relu6, zero point inside the range", {"activation": "relu6", "zero_y": -20, "scale_y": 0.071}),
    ("relu_n1_to_1, no bias", {"activation": "relu_n1_to_1", "zero_y": 5, "scale_y": 0.033, "with_bias": False}),
    ("multiplier above 1, saturates", {"scale_x": 0.9, "scale_w": 0.8, "scale_y": 0.11, "x_range": (-4, 2), "w_range": (-2, 2), "bias_range": (-30, 30)}),
    ("multiplier 1/2, ties", TIES),
    ("multiplier below 2^-31 flushes to 0", {"w": (2, 3, 3, 3), "scale_x": 1e-5, "scale_w": 1e-5, "scale_y": 0.9}),
    ("large bias", {**SPREAD_6, "scale_y": 4000.0, "bias_range": (-2000000000, 2000000000)}),
    ("all inputs -128, all weights -127", {"w": (2, 3, 3, 3), "x_range": (-128, -128), "w_range": (-127, -127), "zero_x": 127, "scale_y": 1.7}),
    ("3x3, stride 2, same", {"dtype": "uint8", "zero_w": 9}),
    ("4x2, strides 2 and 3, valid, no bias", {"dtype": "uint8", "w": (3, 4, 2, 3), "strides": (2, 3), "padding": "valid", "with_bias": False, "zero_w": -128}),
    ("product of scales in float32", {"dtype": "uint8", "w": (6, 3, 3, 3), "scale_x": 0.00392156901, "scale_w": 0.0061734971, "scale_y": 0.0047058823, "zero_w": 0}),
    ("relu6, zero points at the ends", {"dtype": "uint8", "activation": "relu6", "zero_x": 127, "zero_w": 127, "zero_y": -128, "scale_y": 0.051}),
    ("3x3, stride 2, same, weight scales from 1e-4 to 1", {"dtype": "int16", **SPREAD_6, "scale_x": 3e-4}),
    ("2x2, stride 2, valid, no bias", {"dtype": "int16", "w": (3, 2, 2, 3), "padding": "valid", "with_bias": False, "scale_x": 3e-4}),
    ("4x4, stride 2, same, relu", {"dtype": "int16", "w": (3, 4, 4, 3), "activation": "relu", "scale_x": 3e-4}),
    ("32-bit bias and accumulators", {"dtype": "int16", "wide_bias": "int32", "scale_x": 3e-4}),
    ("multiplier 1/2, ties", {"dtype": "int16", **TIES, "x_range": (-99, 99)}),
    ("accumulators beyond 32 bits", {"dtype": "int16", "w": (3, 3, 3, 3), "scale_x": 3e-4, "scale_y": 2.5, "bias_range": (-40000000000, 40000000000)}),
    ("3x3, stride 2, same", {"dtype": "float32"}),
    ("4x2, strides 2 and 3, valid, relu", {"dtype": "float32", "w": (3, 4, 2, 3), "strides": (2, 3), "padding": "valid", "activation": "relu"}),
    ("3x3, stride 2, same, odd output, no bias, relu6", {"dtype": "float32", "size": (5, 5), "with_bias": False, "activation": "relu6"}),
]
