"""Cases of RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR, whose output has the input's quantization."""

from tflite_case import generator, make_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator, parameter


def resize_bilinear_cases():
    """Cases of RESIZE_BILINEAR: int8 and int16 are mixed in integers, uint8 in floats."""
    return [resize("resize_bilinear", name, **settings) for name, settings in [*CASES, *BILINEAR]]


def resize_nearest_neighbor_cases():
    """Cases of RESIZE_NEAREST_NEIGHBOR."""
    return [resize("resize_nearest_neighbor", name, **settings) for name, settings in [*CASES, *NEAREST]]


def resize(op, name, x, size, align=False, half=False, dtype="int8", zero=-3, x_range=(None, None)):
    """One resize of random data to [height, width]."""
    scale, zero = 0.0471, zero_point_of(dtype, zero)
    data = random_data(generator(f"{op} {dtype} {name}"), x, dtype, *x_range)
    options = {"alignCorners": align, "halfPixelCenters": half}
    words = "".join(word.capitalize() for word in op.split("_"))
    version = 3 if half else {"int8": 2, "int16": 3}.get(dtype, 1)
    operator = Operator(op.upper(), f"{words}Options", options, [parameter(size)], version)
    attributes = {"size": list(size), "alignCorners": align, "halfPixelCenters": half}
    return make_case(name, attributes, operator, [quantized(data, scale, zero)], result(dtype, scale, zero))


SIZES = {
    "3x4 to 6x8": ((1, 3, 4, 2), (6, 8)),
    "5x3 to 7x8": ((1, 5, 3, 2), (7, 8)),
    "7x9 to 3x4": ((1, 7, 9, 2), (3, 4)),
    "2x5 to 5x2, batch 2": ((2, 2, 5, 1), (5, 2)),
    "1x1 to 3x3": ((1, 1, 1, 3), (3, 3)),
    "4x4 to 1x1": ((1, 4, 4, 2), (1, 1)),
    "1x6 to 2x1": ((1, 1, 6, 2), (2, 1)),
    "3x3 to 3x3": ((1, 3, 3, 2), (3, 3)),
}
MODES = {"": {}, ", corners aligned": {"align": True}, ", half pixel centers": {"half": True}}

CASES = [
    (f"{name}{mode}", {"x": x, "size": size, "dtype": dtype, **flags})
    for dtype in ("int8", "uint8", "int16", "float32")
    for name, (x, size) in SIZES.items()
    for mode, flags in MODES.items()
    if dtype in ("int8", "uint8") or name.startswith(("3x4", "7x9"))
]

BILINEAR = [
    ("2x2 to 4x4: ties", {"x": (1, 2, 2, 8), "size": (4, 4), "x_range": (-5, 4)}),
    ("2x2 to 4x4, half pixel centers: ties", {"x": (1, 2, 2, 8), "size": (4, 4), "half": True, "x_range": (-5, 4)}),
    ("3x3 to 5x5, corners aligned: ties", {"x": (1, 3, 3, 8), "size": (5, 5), "align": True, "x_range": (-5, 4)}),
    ("2x2 to 4x4: ties", {"x": (1, 2, 2, 8), "size": (4, 4), "dtype": "uint8", "x_range": (0, 9)}),
    ("2x2 to 4x4, half pixel centers: ties", {"x": (1, 2, 2, 8), "size": (4, 4), "half": True, "dtype": "uint8", "x_range": (0, 9)}),
    ("2x2 to 5x5, extremes", {"x": (1, 2, 2, 3), "size": (5, 5), "half": True, "x_range": (127, 127), "zero": 127}),
    ("2x2 to 5x5, extremes", {"x": (1, 2, 2, 3), "size": (5, 5), "half": True, "x_range": (255, 255), "dtype": "uint8"}),
    ("2x2 to 4x4: ties", {"x": (1, 2, 2, 8), "size": (4, 4), "dtype": "int16", "x_range": (-5, 4)}),
    ("5x4 to 7x31", {"x": (1, 5, 4, 1), "size": (7, 31)}),
    ("13x11 to 6x5", {"x": (1, 13, 11, 1), "size": (6, 5)}),
]

NEAREST = [
    ("3x4 to 7x9, corners aligned and half pixel centers", {"x": (1, 3, 4, 2), "size": (7, 9), "align": True, "half": True}),
    ("7x9 to 3x4, corners aligned and half pixel centers", {"x": (1, 7, 9, 2), "size": (3, 4), "align": True, "half": True}),
    ("5x4 to 7x31", {"x": (1, 5, 4, 1), "size": (7, 31)}),
    ("13x11 to 6x5", {"x": (1, 13, 11, 1), "size": (6, 5)}),
]
