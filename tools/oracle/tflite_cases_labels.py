"""Cases of ARG_MAX and CAST, which read or write plain numbers."""

import numpy as np

from tflite_case import generator, limits, make_case, quantized, random_data, result, zero_point_of
from tflite_model import TYPE_CODES, Operator, Tensor, parameter


def arg_max_cases():
    """Cases of ARG_MAX."""
    return [arg_max(name, **settings) for name, settings in ARG_MAX]


def cast_cases():
    """Cases of CAST between all types."""
    return [cast(from_dtype, to_dtype) for from_dtype in CAST_VALUES for to_dtype in CAST_VALUES]


def arg_max(name, axis, x=(2, 4, 3), x_range=(None, None), dtype="int8", to_dtype="int32", values=None):
    """Index of the largest of random values; few different ones give ties."""
    data = random_data(generator(f"arg_max {dtype} {name}"), x, dtype, *x_range)
    if values is not None:
        data = np.array(values, dtype=dtype)
    operator = Operator("ARG_MAX", "ArgMaxOptions", {"outputType": TYPE_CODES[to_dtype]}, [parameter(axis)])
    operand = quantized(data, 0.0471, zero_point_of(dtype, -3))
    return make_case(name, {"axis": axis}, operator, [operand], result(to_dtype))


def cast(from_dtype, to_dtype):
    """The values of one type that C++ converts in one way only."""
    values = np.array(CAST_VALUES[from_dtype], dtype=from_dtype)
    if from_dtype == "float32" and to_dtype != "float32":
        low, high = limits(to_dtype)
        values = values[(np.trunc(values) >= low) & (np.trunc(values) < high)]
    options = {"inDataType": TYPE_CODES[from_dtype], "outDataType": TYPE_CODES[to_dtype]}
    operand = Tensor(values.shape, from_dtype, values)
    case = make_case(to_dtype, {}, Operator("CAST", "CastOptions", options), [operand], Tensor((1,), to_dtype))
    return {**case, "name": f"{from_dtype} to {to_dtype}"}


FEW = {"dtype": "int8", "x_range": (-2, 1), "x": (3, 9, 5)}

ARG_MAX = [
    ("last axis", {"axis": 2}),
    ("first axis", {"axis": 0}),
    ("middle axis, int64", {"axis": 1, "to_dtype": "int64"}),
    ("image, channels", {"axis": 3, "x": (1, 3, 4, 7)}),
    ("image, height", {"axis": 1, "x": (1, 3, 4, 7)}),
    ("one class", {"axis": 1, "x": (2, 1)}),
    ("rank 1", {"axis": 0, "x": (40,)}),
    ("100 classes", {"axis": 1, "x": (2, 100)}),
    ("ties, last axis", {"axis": 2, **FEW}),
    ("ties, middle axis", {"axis": 1, **FEW}),
    ("ties of 64", {"axis": 1, "x": (1, 64), "x_range": (0, 0)}),
    ("all -128", {"axis": 1, "x": (1, 17), "x_range": (-128, -128)}),
    ("last axis", {"axis": 2, "dtype": "uint8"}),
    ("ties, 70 classes", {"axis": 1, "x": (2, 70), "dtype": "uint8", "x_range": (250, 255), "to_dtype": "int64"}),
    ("last axis", {"axis": 2, "dtype": "float32"}),
    ("first axis, int64", {"axis": 0, "dtype": "float32", "to_dtype": "int64"}),
    ("ties", {"axis": 1, "dtype": "float32", "values": [[-1, 2.5, 2.5, -3, 2.5], [-0.0, 0.0, -0.0, -1, 0.0], [-9, -8, -7, -7, -8]]}),
    ("last axis", {"axis": 2, "dtype": "int32"}),
]

# The largest integers are text in the JSON: they lie next to the middle between two float32 numbers.
CAST_VALUES = {
    "float32": [0, -0.0, 0.4, -0.4, 0.5, 1.5, -1.5, 2.5, 99.999, -99.999, 127, -128, 255, 300.7, -300.7, 65535, -40000.5, 2.0**30, -(2.0**31), 2.0**40, -(2.0**62)],
    "int8": [-128, -127, -1, 0, 1, 100, 127],
    "uint8": [0, 1, 127, 128, 200, 255],
    "int16": [-32768, -300, -129, -128, -1, 0, 127, 128, 255, 256, 32767],
    "int32": [-(2**31), -(2**24) - 1, -70000, -1, 0, 255, 256, 65535, 65536, 2**24 + 1, 2**24 + 3, 2**30 + 64, 2**30 + 65, 2**31 - 1],
    "int64": [
        -(2**63), -(2**53) - 1, -(2**33), -1, 0, 300, 2**24 + 1, 2**31, 2**32 + 5, 2**53 + 2**29, 2**53 + 2**29 + 1,
        2**53 + 2**29 - 1, 2**60 + 2**36, 2**60 + 2**36 + 1, 2**60 + 2**36 - 1, 2**60 + 3 * 2**36, -(2**60) - 2**36 - 1, 2**63 - 1,
    ],
}
