"""Cases of ADD, SUB and MUL."""

import numpy as np

from tflite_case import (
    ACTIVATION_CODES,
    generator,
    make_case,
    quantized,
    random_data,
    result,
    value_range,
    zero_points,
)
from tflite_model import Operator

OPTIONS = {"add": "AddOptions", "sub": "SubOptions", "mul": "MulOptions"}

IMAGE = (1, 4, 4, 3)


def add_cases():
    """Cases of ADD."""
    return [binary("add", name, **settings) for name, settings in [*COMMON, *SUMS, *SHIFTED]]


def sub_cases():
    """Cases of SUB."""
    broadcast = ("by shifts, second broadcast", {**BY_SHIFTS, "b": (4, 1), "scales": (2.0**-13, 2.0**-12, 2.0**-12)})
    return [binary("sub", name, **settings) for name, settings in [*COMMON, *SUMS, *SHIFTED, broadcast]]


def mul_cases():
    """Cases of MUL."""
    return [binary("mul", name, **settings) for name, settings in [*COMMON, *PRODUCTS]] + [product_of_scales_case()]


def binary(
    op,
    name,
    a=IMAGE,
    b=IMAGE,
    dtype="int8",
    activation="none",
    zeros=(-3, 17, 5),
    scales=None,
    ranges=((None, None), (None, None)),
    constant=False,
    by_shifts=False,
):
    """One operation of two random tensors; the scales are those of both operands and the output."""
    rng = generator(f"{op} {dtype} {name}")
    first = random_data(rng, a, dtype, *value_range(dtype, ranges[0]))
    second = random_data(rng, b, dtype, *value_range(dtype, ranges[1]))
    zeros = zero_points(dtype, *zeros)
    scales = scales or default_scales(op, dtype)
    operands = [
        quantized(first, scales[0], zeros[0]),
        quantized(second, scales[1], zeros[1], constant=constant),
    ]
    return binary_case(op, name, activation, operands, result(dtype, scales[2], zeros[2]), by_shifts)


def default_scales(op, dtype):
    """Scales of both inputs and of an output whose range holds most results."""
    is_narrow = dtype in ("int8", "uint8")
    first, second = (0.0471, 0.0313) if is_narrow else (0.000171, 0.000313)
    if op == "mul":
        return first, second, first * second * (64 if is_narrow else 16384)
    return first, second, (first + second) * 0.75


def binary_case(op, name, activation, operands, output, by_shifts=False):
    """The operator's version follows TensorFlow's rule for MUL with a factor of 1 or more."""
    options = {"fusedActivationFunction": ACTIVATION_CODES[activation]}
    if op != "mul":
        options["potScaleInt16"] = bool(by_shifts)
    version = None
    if op == "mul" and output.dtype == "int8":
        factor = operands[0].scales[0] * operands[1].scales[0] / output.scales[0]
        version = 3 if factor >= 1 else None
    operator = Operator(op.upper(), OPTIONS[op], options, version=version)
    attributes = {"activation": activation, **({"byShifts": True} if by_shifts is True else {})}
    return make_case(name, attributes, operator, operands, output)


PLAIN_RANGES = ((-9999, 9999), (-9999, 9999))

COMMON = [
    ("same shapes", {}),
    ("relu, zero point inside the range", {"activation": "relu", "zeros": (-3, 17, -40)}),
    ("relu6, zero point inside the range", {"activation": "relu6", "zeros": (-3, 17, -60), "scales": (0.0471, 0.0313, 0.041)}),
    ("relu_n1_to_1", {"activation": "relu_n1_to_1", "scales": (0.0471, 0.0313, 0.02)}),
    ("constant [1,1,1,3]", {"b": (1, 1, 1, 3), "constant": True}),
    ("constant [3]", {"b": (3,), "constant": True}),
    ("constant [1]", {"b": (1,), "constant": True}),
    ("second [1,4,1,1]", {"b": (1, 4, 1, 1)}),
    ("both broadcast", {"a": (2, 1, 3, 1), "b": (1, 4, 1, 2)}),
    ("first [1]", {"a": (1,), "b": (2, 3, 4)}),
    ("rank 2", {"a": (5, 7), "b": (5, 7)}),
    ("saturates", {"scales": (0.9, 0.7, 0.3)}),
    ("all -128", {"ranges": ((-128, -128), (-128, -128)), "a": (1, 1, 1, 3), "b": (1, 1, 1, 3), "zeros": (127, 127, 0)}),
    ("-128 and 127", {"ranges": ((-128, -128), (127, 127)), "a": (1, 1, 1, 3), "b": (1, 1, 1, 3), "zeros": (127, -128, 0)}),
    ("same shapes", {"dtype": "int16"}),
    ("constant [3], relu", {"dtype": "int16", "b": (3,), "constant": True, "activation": "relu", "ranges": ((None, None), (-9000, 9000))}),
    ("both broadcast, relu6", {"dtype": "int16", "a": (2, 1, 3, 1), "b": (1, 4, 1, 2), "activation": "relu6"}),
    ("same shapes", {"dtype": "uint8"}),
    ("relu6, zero point inside the range", {"dtype": "uint8", "activation": "relu6", "zeros": (-3, 17, -60), "scales": (0.0471, 0.0313, 0.041)}),
    ("relu_n1_to_1", {"dtype": "uint8", "activation": "relu_n1_to_1", "scales": (0.0471, 0.0313, 0.02)}),
    ("constant [3], relu", {"dtype": "uint8", "b": (3,), "constant": True, "activation": "relu", "zeros": (-3, 17, -40)}),
    ("second [1]", {"dtype": "uint8", "b": (1,)}),
    ("both broadcast", {"dtype": "uint8", "a": (2, 1, 3, 1), "b": (1, 4, 1, 2)}),
    ("first of rank 1, second of rank 5", {"dtype": "uint8", "a": (2,), "b": (2, 1, 3, 2, 2)}),
    ("saturates", {"dtype": "uint8", "scales": (0.9, 0.7, 0.3)}),
    ("zero points 0, 255 and 0", {"dtype": "uint8", "zeros": (-128, 127, -128)}),
    ("0 and 255", {"dtype": "uint8", "ranges": ((-128, -128), (127, 127)), "a": (1, 1, 1, 3), "b": (1, 1, 1, 3), "zeros": (127, -128, 0)}),
    ("both broadcast", {"dtype": "int32", "a": (2, 1, 3, 1), "b": (1, 4, 1, 2), "ranges": PLAIN_RANGES}),
    ("constant [1], relu6", {"dtype": "int32", "a": (9, 2), "b": (1,), "constant": True, "activation": "relu6", "ranges": ((-9, 9), (2, 2))}),
    ("both broadcast", {"dtype": "int64", "a": (2, 1, 3, 1), "b": (1, 4, 1, 2), "ranges": PLAIN_RANGES}),
    ("same shapes", {"dtype": "float32"}),
    ("constant [3], relu", {"dtype": "float32", "b": (3,), "constant": True, "activation": "relu"}),
    ("both broadcast, relu6", {"dtype": "float32", "a": (2, 1, 3, 1), "b": (1, 4, 1, 2), "activation": "relu6"}),
]

SUMS = [
    ("saturates", {"dtype": "int16", "scales": (0.9, 0.7, 0.3)}),
    ("zero points at the ends", {"zeros": (-128, 127, -128)}),
    ("scales 1000 times apart", {"scales": (0.0471, 47.3, 40.0)}),
    ("scales a million times apart", {"scales": (31.7, 0.0000313, 30.0)}),
    ("equal scales, half of them out: ties", {"scales": (0.5, 0.5, 1.0), "zeros": (0, 0, 0), "ranges": ((-60, 60), (-60, 60))}),
    ("quarter of the scale out: ties", {"scales": (0.25, 0.5, 1.0), "zeros": (-3, 2, 1), "ranges": ((-60, 60), (-30, 30))}),
    ("tiny output scale", {"scales": (0.0471, 0.0313, 0.00001)}),
    ("scales 1000 times apart", {"dtype": "int16", "scales": (0.00171, 1.73, 1.7)}),
    ("scales 1000 times apart", {"dtype": "uint8", "scales": (0.0471, 47.3, 40.0)}),
    ("equal scales, half of them out: ties", {"dtype": "uint8", "scales": (0.5, 0.5, 1.0), "zeros": (0, 0, 0), "ranges": ((-60, 60), (-60, 60))}),
    ("powers of two, ties", {"dtype": "int16", "scales": (2.0**-12, 2.0**-13, 2.0**-11), "ranges": ((-99, 99), (-99, 99))}),
]

BY_SHIFTS = {"dtype": "int16", "by_shifts": True}

SHIFTED = [
    ("by shifts, same scales", {**BY_SHIFTS, "scales": (2.0**-12, 2.0**-12, 2.0**-12)}),
    ("by shifts, first shifted: ties", {**BY_SHIFTS, "scales": (2.0**-14, 2.0**-12, 2.0**-12), "ranges": ((-99, 99), (-99, 99))}),
    ("by shifts, second shifted: ties, relu", {**BY_SHIFTS, "scales": (2.0**-12, 2.0**-13, 2.0**-12), "ranges": ((-99, 99), (-99, 99)), "activation": "relu"}),
    ("by shifts, 15 bits", {**BY_SHIFTS, "scales": (2.0**-15, 1.0, 1.0)}),
    ("by shifts, scales next to powers of two", {**BY_SHIFTS, "scales": (2.0**-13 * 1.0003, 2.0**-12 * 0.9997, 2.0**-12)}),
    ("by shifts, relu6", {**BY_SHIFTS, "scales": (2.0**-13, 2.0**-12, 2.0**-12), "activation": "relu6"}),
    ("scales that are no powers of two, shifts allowed", {**BY_SHIFTS, "by_shifts": "allowed", "scales": (2.0**-13 * 1.002, 2.0**-12, 2.0**-12)}),
]

PRODUCTS = [
    ("saturates", {"dtype": "int16", "scales": (0.9, 0.7, 0.3), "ranges": ((-300, 300), (-300, 300))}),
    ("zero points at the ends", {"zeros": (-128, 127, 127)}),
    ("factor 1/2, ties", {"scales": (0.5, 0.5, 0.5), "zeros": (0, 0, 0), "ranges": ((-15, 15), (-15, 15))}),
    ("factor 1/16, ties", {"scales": (0.5, 0.25, 2.0), "zeros": (-3, 2, 1), "ranges": ((-47, 41), (-38, 42))}),
    ("factor 1", {"scales": (0.5, 0.5, 0.25), "zeros": (0, 0, 0), "ranges": ((-11, 11), (-11, 11))}),
    ("factor 2.3", {"scales": (0.46, 0.5, 0.1), "zeros": (1, 0, 0), "ranges": ((-7, 8), (-7, 7))}),
    ("factor below 2^-31 flushes to 0", {"scales": (1e-5, 1e-5, 0.9)}),
    ("factor 1/16, ties", {"dtype": "uint8", "scales": (0.5, 0.25, 2.0), "zeros": (-3, 2, 1), "ranges": ((-47, 41), (-38, 42))}),
    ("factor 2.3", {"dtype": "uint8", "scales": (0.46, 0.5, 0.1), "zeros": (1, 0, 0), "ranges": ((-7, 8), (-7, 7))}),
    ("factor below 2^-31 flushes to 0", {"dtype": "uint8", "scales": (1e-5, 1e-5, 0.9)}),
    ("factor 1/2, ties", {"dtype": "int16", "scales": (0.5, 0.5, 0.5), "ranges": ((-99, 99), (-99, 99))}),
    ("factor 2^-15, extremes", {"dtype": "int16", "scales": (2.0**-15, 2.0**-15, 2.0**-15), "ranges": ((-32768, -32760), (32760, 32767))}),
]


def product_of_scales_case():
    """Operands of which some round differently when the factor is not computed in float32."""
    scale_a, scale_b, scale_y, first, second = PRODUCT_OF_SCALES
    a = quantized(np.array(first, dtype=np.int16), scale_a)
    b = quantized(np.array(second, dtype=np.int16), scale_b)
    name = "the factor is computed in float32"
    return binary_case("mul", name, "none", [a, b], result("int16", scale_y))


# Found by search: products next to the middle between two results.
PRODUCT_OF_SCALES = (
    0.007202589884400368,
    0.018949385732412338,
    3.9925129413604736,
    [-25891, -24624, 5066, -25957, 10901, -25705, 27560, -22901, 9725, 15530, 22739, -29273],
    [26059, 32122, 15195, -26430, -24013, 23530, -22616, -21050, 23978, 16831, -28049, 22084],
)
