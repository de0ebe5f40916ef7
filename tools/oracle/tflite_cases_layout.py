"""Cases of CONCATENATION, RESHAPE and TRANSPOSE, which put values elsewhere without changing them."""

from tflite_case import all_values, generator, make_case, moved_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator, parameter


def concatenation_cases():
    """Cases of CONCATENATION: all operands share the output's quantization, save in uint8."""
    return [concatenation(name, **settings) for name, settings in CONCATENATION] + [
        concatenation_with_scaling(name, *settings) for name, *settings in CONCATENATION_WITH_SCALING
    ]


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


def concatenation_with_scaling(name, operands, scale, zero):
    """CONCATENATION of uint8 vectors with all values, each with a scale and zero point of its own."""
    values = all_values("uint8")
    operator = Operator("CONCATENATION", "ConcatenationOptions", {"axis": 0, "fusedActivationFunction": 0})
    inputs = [quantized(values, *operand) for operand in operands]
    return make_case(f"{name}, rescaled", {"axis": 0}, operator, inputs, result("uint8", scale, zero))


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
    ("channels", {**CHANNELS, "dtype": "uint8"}),
    ("rank 2", {"shapes": [(3, 4), (3, 1)], "axis": 1, "dtype": "int32"}),
    ("rank 1", {"shapes": [(3,), (1,), (4,)], "axis": 0, "dtype": "int64"}),
    ("rank 5", {"shapes": [(1, 2, 1, 2, 2), (1, 2, 3, 2, 2)], "axis": 2}),
]

CONCATENATION_WITH_SCALING = [
    ("one of two", [(0.0471, 125), (0.0313, 140)], 0.0471, 125),
    ("other zero point", [(0.0471, 125), (0.0471, 124)], 0.0471, 125),
    ("half the scale: ties", [(0.5, 0), (0.5, 3)], 1.0, 0),
    ("quarter: ties, zero points", [(0.25, 128), (0.75, 255)], 1.0, 77),
    ("saturates", [(0.9, 17), (0.7, 255)], 0.03, 0),
    ("scales far apart", [(1e-6, 128), (47.3, 128)], 0.0313, 99),
    ("thirds", [(0.333333, 1), (0.0033, 254)], 0.11111, 255),
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
    ("flatten", {**FLATTEN, "dtype": "uint8"}),
    ("flatten", {**FLATTEN, "dtype": "int32"}),
    ("flatten", {**FLATTEN, "dtype": "int64"}),
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
