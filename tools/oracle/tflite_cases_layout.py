"""Cases of PAD, SLICE, CONCATENATION and RESHAPE, which move values without changing them."""

from tflite_case import generator, make_case, quantized, random_data, result
from tflite_model import Operator, parameter


def pad_cases():
    """Cases of PAD: pads with the zero point."""
    return [pad(name, **settings) for name, settings in PAD]


def slice_cases():
    """Cases of SLICE."""
    return [cut(name, **settings) for name, settings in SLICE]


def concatenation_cases():
    """Cases of CONCATENATION: int8 and int16 operands share the output's quantization."""
    return [concatenation(name, **settings) for name, settings in CONCATENATION]


def reshape_cases():
    """Cases of RESHAPE."""
    return [reshape(name, **settings) for name, settings in RESHAPE]


def moved(op, name, shape, dtype, zero, attributes, operator, output_shape=(1,)):
    """One operator that keeps its input's quantization."""
    scale, zero = 0.0471, zero if dtype == "int8" else 0
    data = random_data(generator(f"{op} {dtype} {name}"), shape, dtype)
    return make_case(name, attributes, operator, [quantized(data, scale, zero)], result(dtype, scale, zero, output_shape))


def pad(name, paddings, x=(1, 3, 4, 2), dtype="int8", zero=-3):
    """PAD; five dimensions need version 4."""
    version = 4 if len(x) > 4 else None
    operator = Operator("PAD", "PadOptions", {}, [parameter(paddings)], version)
    return moved("pad", name, x, dtype, zero, {"paddings": paddings}, operator)


def cut(name, begin, size, x=(2, 4, 5, 3), dtype="int8", zero=-3):
    """SLICE with sizes already resolved."""
    operator = Operator("SLICE", "SliceOptions", {}, [parameter(begin), parameter(size)])
    return moved("slice", name, x, dtype, zero, {"begin": begin, "size": size}, operator, tuple(size))


def reshape(name, x, shape, dtype="int8", zero=-3):
    """RESHAPE to a full shape."""
    operator = Operator("RESHAPE", "ReshapeOptions", {"newShape": shape}, [parameter(shape)])
    return moved("reshape", name, x, dtype, zero, {"shape": shape}, operator)


def concatenation(name, shapes, axis, dtype="int8", zero=-3):
    """CONCATENATION of tensors with one quantization."""
    rng = generator(f"concatenation {dtype} {name}")
    scale, zero = 0.0471, zero if dtype == "int8" else 0
    operands = [quantized(random_data(rng, shape, dtype), scale, zero) for shape in shapes]
    operator = Operator("CONCATENATION", "ConcatenationOptions", {"axis": axis, "fusedActivationFunction": 0})
    return make_case(name, {"axis": axis}, operator, operands, result(dtype, scale, zero))


AROUND = [[0, 0], [1, 1], [1, 1], [0, 0]]
UNEVEN = [[0, 0], [0, 1], [2, 3], [0, 0]]

PAD = [
    ("one around the image", {"paddings": AROUND}),
    ("uneven", {"paddings": UNEVEN, "zero": 127}),
    ("all dimensions", {"paddings": [[1, 0], [0, 1], [1, 2], [2, 1]], "zero": -128}),
    ("nothing", {"paddings": [[0, 0]] * 4}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "zero": 0}),
    ("rank 5", {"paddings": [[0, 0], [1, 0], [0, 1], [1, 1], [0, 0]], "x": (1, 2, 2, 2, 2)}),
    ("uneven", {"paddings": UNEVEN, "dtype": "int16"}),
    ("uneven", {"paddings": UNEVEN, "dtype": "float32"}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "dtype": "float32"}),
]

SLICE = [
    ("middle", {"begin": [0, 1, 2, 0], "size": [2, 2, 3, 3]}),
    ("one channel", {"begin": [0, 0, 0, 1], "size": [2, 4, 5, 1]}),
    ("second half of the channels", {"begin": [0, 0, 0, 3], "size": [1, 3, 3, 3], "x": (1, 3, 3, 6)}),
    ("last element", {"begin": [1, 3, 4, 2], "size": [1, 1, 1, 1], "zero": 127}),
    ("everything", {"begin": [0, 0, 0, 0], "size": [2, 4, 5, 3]}),
    ("rank 2", {"begin": [1, 2], "size": [3, 3], "x": (4, 6), "zero": -128}),
    ("middle", {"begin": [0, 1, 2, 0], "size": [2, 2, 3, 3], "dtype": "int16"}),
    ("middle", {"begin": [0, 1, 2, 0], "size": [2, 2, 3, 3], "dtype": "float32"}),
]

CONCATENATION = [
    ("channels", {"shapes": [(1, 3, 4, 2), (1, 3, 4, 3)], "axis": 3}),
    ("three, last axis counted from the end", {"shapes": [(1, 2, 3, 2), (1, 2, 3, 1), (1, 2, 3, 4)], "axis": -1, "zero": 127}),
    ("height", {"shapes": [(1, 2, 4, 2), (1, 3, 4, 2)], "axis": 1, "zero": -128}),
    ("width", {"shapes": [(2, 2, 1, 2), (2, 2, 3, 2)], "axis": 2}),
    ("batch", {"shapes": [(1, 2, 2, 2), (2, 2, 2, 2)], "axis": 0}),
    ("rank 2", {"shapes": [(3, 4), (3, 1)], "axis": 1}),
    ("one operand", {"shapes": [(2, 3)], "axis": 1}),
    ("channels", {"shapes": [(1, 3, 4, 2), (1, 3, 4, 3)], "axis": 3, "dtype": "int16"}),
    ("channels", {"shapes": [(1, 3, 4, 2), (1, 3, 4, 3)], "axis": 3, "dtype": "float32"}),
    ("width", {"shapes": [(2, 2, 1, 2), (2, 2, 3, 2)], "axis": 2, "dtype": "float32"}),
]

RESHAPE = [
    ("flatten", {"x": (1, 3, 4, 2), "shape": [1, 24]}),
    ("to an image", {"x": (2, 12), "shape": [2, 2, 3, 2], "zero": 127}),
    ("add dimensions of 1", {"x": (5,), "shape": [1, 1, 5, 1], "zero": -128}),
    ("drop dimensions of 1", {"x": (1, 1, 1, 6), "shape": [6]}),
    ("same shape", {"x": (2, 3), "shape": [2, 3]}),
    ("batch changes", {"x": (2, 3, 4), "shape": [6, 4]}),
    ("flatten", {"x": (1, 3, 4, 2), "shape": [1, 24], "dtype": "int16"}),
    ("flatten", {"x": (1, 3, 4, 2), "shape": [1, 24], "dtype": "float32"}),
]
