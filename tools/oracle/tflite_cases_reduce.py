"""Cases of MEAN, REDUCE_MAX and REDUCE_PROD."""

from tflite_case import generator, make_case, quantized, random_data, result, value_range, zero_points
from tflite_model import Operator, parameter

IMAGE = (2, 5, 3, 4)


def mean_cases():
    """Cases of MEAN; `same` output scales and spatial axes with kept dimensions take other paths."""
    return [reduction("mean", name, **settings) for name, settings in MEAN]


def reduce_max_cases():
    """Cases of REDUCE_MAX; its output must have the input's quantization."""
    return [reduction("reduce_max", name, **settings) for name, settings in REDUCE_MAX]


def reduce_prod_cases():
    """Cases of REDUCE_PROD, which converters use for numbers of elements."""
    return [reduction("reduce_prod", name, **settings) for name, settings in REDUCE_PROD]


def reduction(
    op, name, x=IMAGE, axes=(1, 2), keep=False, dtype="int8", zeros=(-3, -3), scales=(0.0471, 0.0471), x_range=(None, None)
):
    """One reduction of random data; scales and zero points are those of the input and the output."""
    rng = generator(f"{op} {dtype} {name}")
    zeros = zero_points(dtype, *zeros)
    operand = quantized(random_data(rng, x, dtype, *value_range(dtype, x_range)), scales[0], zeros[0])
    output = result(dtype, scales[1], zeros[1])
    operator = Operator(op.upper(), "ReducerOptions", {"keepDims": keep}, [parameter(axes)])
    return make_case(name, {"axes": list(axes), "keepDims": keep}, operator, [operand], output)


REQUANTIZED = {"zeros": (-3, 40), "scales": (0.0471, 0.0313)}

MEAN = [
    ("spatial, kept, same quantization", {"keep": True}),
    ("spatial, kept, other quantization", {"keep": True, **REQUANTIZED}),
    ("spatial, kept, axes 2 and 1", {"keep": True, "axes": (2, 1), **REQUANTIZED}),
    ("spatial, kept, other zero point", {"keep": True, "zeros": (-20, 30)}),
    ("spatial, kept, 7x7", {"keep": True, "x": (1, 7, 7, 5), "zeros": (-128, -128), **{"scales": (0.0235, 0.0117)}}),
    ("spatial, kept, 1x1", {"keep": True, "x": (1, 1, 1, 9), **REQUANTIZED}),
    ("spatial, kept, 2x2: ties", {"keep": True, "x": (4, 2, 2, 12), "zeros": (0, 0), "x_range": (-9, 9)}),
    ("spatial, kept, 2x2, half the scale: ties", {"keep": True, "x": (4, 2, 2, 12), "zeros": (-1, 2), "scales": (0.5, 1.0), "x_range": (-20, 20)}),
    ("spatial, kept, saturates", {"keep": True, "scales": (0.9, 0.03)}),
    ("spatial, dropped, same quantization", {}),
    ("spatial, dropped, same quantization, 2x2: ties", {"x": (4, 2, 2, 12), "zeros": (5, 5), "x_range": (-9, 9)}),
    ("spatial, dropped, other quantization", REQUANTIZED),
    ("spatial, dropped, other zero point", {"zeros": (-20, 30)}),
    ("spatial, dropped, 7x7, other quantization", {"x": (1, 7, 7, 5), "zeros": (-128, -128), "scales": (0.0235, 0.0117)}),
    ("spatial, dropped, 2x2, half the scale: ties", {"x": (4, 2, 2, 12), "zeros": (-1, 2), "scales": (0.5, 1.0), "x_range": (-20, 20)}),
    ("spatial, dropped, saturates", {"scales": (0.9, 0.03)}),
    ("channels, kept, same quantization", {"keep": True, "axes": (3,)}),
    ("channels, kept, other quantization", {"keep": True, "axes": (3,), **REQUANTIZED}),
    ("height, dropped, other quantization", {"axes": (1,), **REQUANTIZED}),
    ("axes 0, 2 and 3, dropped, other quantization", {"axes": (0, 2, 3), **REQUANTIZED}),
    ("all axes, dropped, same quantization", {"axes": (0, 1, 2, 3)}),
    ("rank 3, axis 1, dropped, other quantization", {"x": (2, 7, 5), "axes": (1,), **REQUANTIZED}),
    ("spatial, kept, all -128", {"keep": True, "x": (1, 3, 3, 2), "x_range": (-128, -128), "zeros": (127, -128)}),
    ("spatial, dropped, all 127", {"x": (1, 3, 3, 2), "x_range": (127, 127), "zeros": (-128, 127)}),
    ("spatial, kept, same quantization", {"dtype": "int16", "keep": True}),
    ("spatial, kept, other quantization", {"dtype": "int16", "keep": True, "scales": (0.000471, 0.000313)}),
    ("spatial, dropped, same quantization", {"dtype": "int16"}),
    ("spatial, dropped, other quantization", {"dtype": "int16", "scales": (0.000471, 0.000313)}),
    ("spatial, kept, 2x2, half the scale: ties", {"dtype": "int16", "keep": True, "x": (4, 2, 2, 6), "scales": (0.5, 1.0), "x_range": (-40, 40)}),
    ("spatial, kept, same quantization", {"dtype": "uint8", "keep": True}),
    ("spatial, kept, other quantization", {"dtype": "uint8", "keep": True, **REQUANTIZED}),
    ("spatial, kept, other zero point", {"dtype": "uint8", "keep": True, "zeros": (-20, 30)}),
    ("spatial, kept, 7x7", {"dtype": "uint8", "keep": True, "x": (1, 7, 7, 5), "zeros": (-128, -128), "scales": (0.0235, 0.0117)}),
    ("spatial, kept, 2x2: ties", {"dtype": "uint8", "keep": True, "x": (4, 2, 2, 12), "zeros": (0, 0), "x_range": (-9, 9)}),
    ("spatial, kept, 2x2, half the scale: ties", {"dtype": "uint8", "keep": True, "x": (4, 2, 2, 12), "zeros": (-1, 2), "scales": (0.5, 1.0), "x_range": (-20, 20)}),
    ("spatial, kept, saturates", {"dtype": "uint8", "keep": True, "scales": (0.9, 0.03)}),
    ("spatial, dropped, same quantization", {"dtype": "uint8"}),
    ("spatial, dropped, same quantization, 2x2: ties", {"dtype": "uint8", "x": (4, 2, 2, 12), "zeros": (5, 5), "x_range": (-9, 9)}),
    ("spatial, dropped, other quantization", {"dtype": "uint8", **REQUANTIZED}),
    ("spatial, dropped, other zero point", {"dtype": "uint8", "zeros": (-20, 30)}),
    ("spatial, dropped, 7x7, other quantization", {"dtype": "uint8", "x": (1, 7, 7, 5), "zeros": (-128, -128), "scales": (0.0235, 0.0117)}),
    ("spatial, dropped, 2x2, half the scale: ties", {"dtype": "uint8", "x": (4, 2, 2, 12), "zeros": (-1, 2), "scales": (0.5, 1.0), "x_range": (-20, 20)}),
    ("channels, kept, other quantization", {"dtype": "uint8", "keep": True, "axes": (3,), **REQUANTIZED}),
    ("axes 0, 2 and 3, dropped, other quantization", {"dtype": "uint8", "axes": (0, 2, 3), **REQUANTIZED}),
    ("all axes, dropped, same quantization", {"dtype": "uint8", "axes": (0, 1, 2, 3)}),
    ("spatial, dropped, all 255", {"dtype": "uint8", "x": (1, 3, 3, 2), "x_range": (127, 127), "zeros": (-128, 127)}),
    ("spatial, kept", {"dtype": "float32", "keep": True}),
    ("spatial, dropped", {"dtype": "float32"}),
    ("channels, kept", {"dtype": "float32", "keep": True, "axes": (3,)}),
]

REDUCE_MAX = [
    ("spatial, kept", {"keep": True}),
    ("spatial, dropped", {}),
    ("channels, kept", {"keep": True, "axes": (3,)}),
    ("axes 0 and 3, dropped", {"axes": (0, 3)}),
    ("all axes, dropped", {"axes": (0, 1, 2, 3)}),
    ("rank 2, axis 0", {"x": (5, 6), "axes": (0,), "zeros": (127, 127)}),
    ("all -128", {"x": (1, 2, 2, 3), "x_range": (-128, -128)}),
    ("spatial, dropped", {"dtype": "int16"}),
    ("spatial, dropped", {"dtype": "uint8"}),
    ("axes 0 and 3, kept, all 0", {"dtype": "uint8", "axes": (0, 3), "keep": True, "x_range": (-128, -128)}),
    ("spatial, kept", {"dtype": "float32", "keep": True}),
    ("channels, dropped", {"dtype": "float32", "axes": (3,)}),
]

REDUCE_PROD = [
    ("all axes", {"x": (3,), "axes": (0,), "dtype": "int32", "x_range": (-99, 99)}),
    ("one axis, kept", {"x": (4, 3, 2), "axes": (-2,), "keep": True, "dtype": "int32", "x_range": (-99, 99)}),
    ("two axes, dropped", {"x": (4, 3, 2), "axes": (0, 2), "dtype": "int32", "x_range": (-9, 9)}),
    ("two axes, dropped", {"x": (4, 3, 2), "axes": (0, 2), "dtype": "int64", "x_range": (-9, 9)}),
    ("two axes, dropped", {"x": (2, 3, 4), "axes": (1, 2), "dtype": "float32"}),
]
