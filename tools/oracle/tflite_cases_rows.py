"""Cases of LOG_SOFTMAX and L2_NORMALIZATION, which work on rows and fix their output's quantization."""

import numpy as np

from tflite_case import all_values, generator, make_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator

OUTPUTS = {
    "log_softmax": {"int8": (16 / 256, 127), "uint8": (16 / 256, 255), "float32": (None, 0)},
    "l2_normalization": {"int8": (1 / 128, 0), "uint8": (1 / 128, 128), "float32": (None, 0)},
}


def log_softmax_cases():
    """Cases of LOG_SOFTMAX."""
    return [rows("log_softmax", name, **settings) for name, settings in LOG_SOFTMAX]


def l2_normalization_cases():
    """Cases of L2_NORMALIZATION."""
    return [rows("l2_normalization", name, **settings) for name, settings in L2_NORMALIZATION]


def rows(op, name, x=(3, 10), dtype="int8", scale=0.1, zero=-3, x_range=(None, None), data=None):
    """One operator along the last axis."""
    rng = generator(f"{op} {dtype} {name}")
    values = random_data(rng, x, dtype, *x_range) if data is None else np.array(data, dtype=dtype)
    operand = quantized(values, scale, zero_point_of(dtype, zero))
    options = "L2NormOptions" if op == "l2_normalization" else "LogSoftmaxOptions"
    return make_case(name, {}, Operator(op.upper(), options), [operand], result(dtype, *OUTPUTS[op][dtype]))


EXTREMES = [[-128] * 5, [127] * 5, [-128, -128, 127, -128, 127], [127, 126, 125, -128, 0], [0, 1, 0, -1, 0]]
UNSIGNED_EXTREMES = [[value + 128 for value in row] for row in EXTREMES]

LOG_SOFTMAX = [
    ("10 classes", {}),
    ("1 class", {"x": (4, 1)}),
    ("2 classes", {"x": (20, 2)}),
    ("1001 classes", {"x": (1, 1001), "scale": 0.06}),
    ("1001 classes, small scale", {"x": (1, 1001), "scale": 0.01}),
    ("3000 equal classes", {"x": (1, 3000), "x_range": (5, 5)}),
    ("rank 4", {"x": (1, 2, 3, 5), "zero": 127}),
    ("rank 1", {"x": (9,), "zero": -128}),
    ("tiny scale", {"scale": 1e-4, "x": (2, 7)}),
    ("scale 1/16", {"scale": 0.0625, "x": (4, 6)}),
    ("scale 0.7", {"scale": 0.7}),
    ("scale 0.12, all values", {"data": all_values(), "scale": 0.12}),
    ("scale 2^-5, all values", {"data": all_values(), "scale": 0.03125}),
    ("large scale", {"scale": 40.0, "x": (3, 6)}),
    ("extreme inputs", {"data": EXTREMES, "scale": 0.08, "zero": 0}),
    ("10 classes", {"dtype": "uint8"}),
    ("1001 classes", {"dtype": "uint8", "x": (1, 1001), "scale": 0.06}),
    ("rank 4", {"dtype": "uint8", "x": (1, 2, 3, 5), "zero": 127}),
    ("scale 0.12, all values", {"dtype": "uint8", "data": all_values("uint8"), "scale": 0.12}),
    ("extreme inputs", {"dtype": "uint8", "data": UNSIGNED_EXTREMES, "scale": 0.08, "zero": 0}),
    ("10 classes", {"dtype": "float32"}),
    ("rank 4", {"dtype": "float32", "x": (1, 2, 2, 5)}),
    ("1 class", {"dtype": "float32", "x": (3, 1)}),
]

L2_NORMALIZATION = [
    ("10 values", {}),
    ("1 value", {"x": (9, 1)}),
    ("2 values", {"x": (20, 2), "zero": 0}),
    ("1001 values", {"x": (1, 1001)}),
    ("5000 large values", {"x": (1, 5000), "x_range": (100, 127), "zero": -128}),
    ("rank 4", {"x": (1, 2, 3, 5), "zero": 127}),
    ("rank 1", {"x": (9,), "zero": -128}),
    ("all zero", {"data": [[7] * 6], "zero": 7}),
    ("one step from zero", {"data": [[7, 8, 7], [7, 7, 6], [8, 8, 7], [6, 8, 9]], "zero": 7}),
    ("small values", {"x": (12, 4), "x_range": (-4, 4), "zero": 0}),
    ("one large value", {"data": [[0, 0, 127, 0], [-128, 0, 1, 0], [127, 1, -1, 2]], "zero": 0}),
    ("equal values", {"data": [[5] * 16, [-5] * 16, [5, -5] * 8], "zero": 0}),
    ("all values", {"data": all_values(), "zero": 0}),
    ("extreme inputs", {"data": EXTREMES, "zero": 127}),
    ("10 values", {"dtype": "uint8"}),
    ("2 values", {"dtype": "uint8", "x": (20, 2), "zero": 0}),
    ("rank 4", {"dtype": "uint8", "x": (1, 2, 3, 5), "zero": 127}),
    ("all zero", {"dtype": "uint8", "data": [[7] * 6], "zero": -121}),
    ("one step from zero", {"dtype": "uint8", "data": [[7, 8, 7], [7, 7, 6], [8, 8, 7], [6, 8, 9]], "zero": -121}),
    ("extreme inputs", {"dtype": "uint8", "data": UNSIGNED_EXTREMES, "zero": 0}),
    ("10 values", {"dtype": "float32"}),
    ("rank 4", {"dtype": "float32", "x": (1, 2, 2, 5)}),
    ("all zero", {"dtype": "float32", "data": [[0.0] * 5, [1e-8, 0.0, 0.0, 0.0, -1e-9]]}),
]
