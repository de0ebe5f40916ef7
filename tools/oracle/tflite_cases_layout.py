"""Cases of CONCATENATION, RESHAPE and TRANSPOSE, which put values elsewhere without changing them."""

from tflite_case import generator, make_case, moved_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator, parameter


def concatenation_cases():
    """Cases of CONCATENATION: all operands share the output's quantization."""
    return [concatenation(name, **settings) for name, settings in CONCATENATION]


def reshape_cases():
    """Cases of RESHAPE."""
    return [reshape(name, **settings) for name, settings in RESHAPE]


def transpose_cases():
    """Cases of TRANSPOSE."""
    return [transpose(name, **settings) for name, settings in TRANSPOSE]


def reshape(name, x, shape, **settings):
    """RESHAPE to a full shape."""
    operator = Operator("RESHAPE", "ReshapeOptions", {"newShape": shape}, [parameter(shape)])
    return moved_case("reshape", name, {"shape": shape}, operator, x, **settings)


def transpose(name, permutation, x=(2, 3, 4, 5), **settings):
    """TRANSPOSE of up to six dimensions."""
    operator = Operator("TRANSPOSE", "TransposeOptions", {}, [parameter(permutation)])
    return moved_case("transpose", name, {"permutation": permutation}, operator, x, **settings)


def concatenation(name, shapes, axis, dtype="int8", zero=-3):
    """CONCATENATION of tensors with one quantization."""
    rng = generator(f"concatenation {dtype} {name}")
    scale, zero = 0.0471, zero_point_of(dtype, zero)
    operands = [quantized(random_data(rng, shape, dtype), scale, zero) for shape in shapes]
    operator = Operator("CONCATENATION", "ConcatenationOptions", {"axis": axis, "fusedActivationFunction": 0})
    return make_case(name, {"axis": axis}, operator, operands, result(dtype, scale, zero))


CHANNELS = {"shapes": [(1, 3, 4, 2), (1, 3, 4, 3)], "axis": 3}

CONCATENATION = [
    ("channels", CHANNELS),
    ("three, last axis counted from the end", {"shapes": [(1, 2, 3, 2), (1, 2, 3, 1), (1, 2, 3, 4)], "axis": -1, "zero": 127}),
    ("height", {"shapes": [(1, 2, 4, 2), (1, 3, 4, 2)], "axis": 1, "zero": -128}),
    ("width", {"shapes": [(2, 2, 1, 2), (2, 2, 3, 2)], "axis": 2}),
    ("batch", {"shapes": [(1, 2, 2, 2), (2, 2, 2, 2)], "axis": 0}),
    ("rank 2", {"shapes": [(3, 4), (3, 1)], "axis": 1}),
    ("one operand", {"shapes": [(2, 3)], "axis": 1}),
    ("channels", {**CHANNELS, "dtype": "int16"}),
    ("channels", {**CHANNELS, "dtype": "float32"}),
    ("width", {"shapes": [(2, 2, 1, 2), (2, 2, 3, 2)], "axis": 2, "dtype": "float32"}),
]

FLATTEN = {"x": (1, 3, 4, 2), "shape": [1, 24]}

RESHAPE = [
    ("flatten", FLATTEN),
    ("to an image", {"x": (2, 12), "shape": [2, 2, 3, 2], "zero": 127}),
    ("add dimensions of 1", {"x": (5,), "shape": [1, 1, 5, 1], "zero": -128}),
    ("drop dimensions of 1", {"x": (1, 1, 1, 6), "shape": [6]}),
    ("same shape", {"x": (2, 3), "shape": [2, 3]}),
    ("batch changes", {"x": (2, 3, 4), "shape": [6, 4]}),
    ("flatten", {**FLATTEN, "dtype": "int16"}),
    ("flatten", {**FLATTEN, "dtype": "float32"}),
]

TRANSPOSE = [
    ("channels first", {"permutation": [0, 3, 1, 2]}),
    ("channels last", {"permutation": [0, 2, 3, 1]}),
    ("height and width", {"permutation": [0, 2, 1, 3], "zero": 127}),
    ("reversed", {"permutation": [3, 2, 1, 0], "zero": -128}),
    ("nothing", {"permutation": [0, 1, 2, 3]}),
    ("rank 1", {"permutation": [0], "x": (5,)}),
    ("rank 2", {"permutation": [1, 0], "x": (4, 7)}),
    ("rank 3", {"permutation": [2, 0, 1], "x": (3, 4, 5)}),
    ("rank 5", {"permutation": [4, 1, 3, 0, 2], "x": (2, 3, 1, 4, 2)}),
    ("rank 6", {"permutation": [5, 3, 0, 4, 1, 2], "x": (2, 3, 1, 2, 2, 3)}),
    ("dimensions of 1", {"permutation": [2, 0, 3, 1], "x": (1, 6, 1, 5)}),
    ("rotated", {"permutation": [3, 0, 1, 2], "dtype": "uint8", "zero": 9}),
    ("rotated", {"permutation": [3, 0, 1, 2], "dtype": "int16"}),
    ("rotated", {"permutation": [3, 0, 1, 2], "dtype": "float32"}),
    ("rank 2", {"permutation": [1, 0], "x": (3, 5), "dtype": "float32"}),
    ("rank 3", {"permutation": [2, 0, 1], "x": (2, 3, 4), "dtype": "int32"}),
    ("rank 3", {"permutation": [2, 0, 1], "x": (2, 3, 4), "dtype": "int64"}),
]
