"""Cases of SUM. The reference resolver reads int8 as uint8, and adds int16 up in int16."""

from tflite_case import generator, make_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator, parameter


def sum_cases():
    """Cases of SUM; int16 ones must have one quantization."""
    return [total(name, **settings) for name, settings in SUM]


def total(name, x=(2, 5, 3, 4), axes=(1, 2), keep=False, dtype="int8", zeros=(-3, 11), scales=(0.0471, 0.29), x_range=(None, None)):
    """One sum of random data; scales and zero points are those of the input and the output."""
    zeros = [zero_point_of(dtype, zero) for zero in zeros]
    data = random_data(generator(f"sum {dtype} {name}"), x, dtype, *x_range)
    operator = Operator("SUM", "ReducerOptions", {"keepDims": keep}, [parameter(axes)])
    attributes = {"axes": list(axes), "keepDims": keep}
    return make_case(name, attributes, operator, [quantized(data, scales[0], zeros[0])], result(dtype, scales[1], zeros[1]))


EQUAL = {"scales": (0.0471, 0.0471), "zeros": (-3, -3)}
TIES = {"x": (4, 2, 2, 6), "scales": (0.5, 1.0), "x_range": (100, 127)}

SUM = [
    ("spatial, dropped", {}),
    ("spatial, kept", {"keep": True}),
    ("channels, kept", {"keep": True, "axes": (3,)}),
    ("height, dropped", {"axes": (1,)}),
    ("axes 0, 2 and 3, dropped", {"axes": (0, 2, 3), "scales": (0.0471, 0.9)}),
    ("all axes, dropped", {"axes": (0, 1, 2, 3), "scales": (0.0471, 0.9)}),
    ("rank 2, negative axis", {"x": (5, 7), "axes": (-1,)}),
    ("one element", {"x": (1, 1, 1, 9)}),
    ("not negative", {"x_range": (0, 90), "zeros": (40, -20)}),
    ("all -128", {"x": (1, 3, 3, 2), "x_range": (-128, -128), "zeros": (-128, -128)}),
    ("all 127", {"x": (1, 3, 3, 2), "x_range": (127, 127), "zeros": (-128, 127)}),
    ("same quantization", EQUAL),
    ("half the scale: ties", TIES),
    ("saturates", {"scales": (0.9, 0.03)}),
    ("scales far apart", {"scales": (1e-4, 7.0)}),
    ("spatial, dropped", {"dtype": "uint8"}),
    ("channels, kept", {"dtype": "uint8", "keep": True, "axes": (3,), "zeros": (-128, 127)}),
    ("all axes, dropped", {"dtype": "uint8", "axes": (0, 1, 2, 3), "scales": (0.0471, 0.9), "zeros": (0, 0)}),
    ("same quantization", {"dtype": "uint8", **EQUAL}),
    ("half the scale: ties", {"dtype": "uint8", **TIES, "x_range": (120, 140), "zeros": (2, -9)}),
    ("saturates", {"dtype": "uint8", "scales": (0.9, 0.03)}),
    ("multiplier above 1", {"dtype": "uint8", "x": (2, 2, 1, 5), "scales": (0.9, 0.31), "x_range": (115, 135)}),
    ("spatial, dropped", {"dtype": "int16", **EQUAL, "x_range": (-900, 900)}),
    ("channels, kept, wraps around", {"dtype": "int16", **EQUAL, "keep": True, "axes": (3,)}),
    ("spatial, dropped", {"dtype": "float32"}),
    ("channels, kept", {"dtype": "float32", "keep": True, "axes": (3,)}),
    ("all axes, dropped", {"dtype": "float32", "axes": (0, 1, 2, 3)}),
]
