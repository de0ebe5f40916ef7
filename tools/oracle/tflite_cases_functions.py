"""Cases of ABS, ELU, EXP, NEG, RSQRT and SQRT; int8 functions see all 256 values."""

import numpy as np

from tflite_case import all_values, generator, make_case, quantized, random_data, result
from tflite_model import Operator

OPTIONS = {"abs": "AbsOptions", "exp": "ExpOptions", "neg": "NegOptions"}

# Every 131st int16 value, and those around zero.
INT16_SWEEP = np.concatenate([all_values("int16", 131)[0], np.arange(-20, 21, dtype=np.int16)])[None, :]


def abs_cases():
    """Cases of ABS."""
    return [function("abs", name, **settings) for name, settings in ABS]


def elu_cases():
    """Cases of ELU."""
    return [function("elu", name, {"alpha": 1}, **settings) for name, settings in ELU]


def exp_cases():
    """Cases of EXP."""
    return [function("exp", name, **settings) for name, settings in EXP]


def neg_cases():
    """Cases of NEG, which has no integer kernel."""
    return [function("neg", name, **settings) for name, settings in [*FLOATS, *WHOLE, ("random", {"dtype": "int64"})]]


def rsqrt_cases():
    """Cases of RSQRT; quantized values are at least the zero point."""
    return [function("rsqrt", name, **settings) for name, settings in RSQRT]


def sqrt_cases():
    """Cases of SQRT, which has no integer kernel."""
    return [function("sqrt", name, **settings) for name, settings in ROOTS]


def function(op, name, attributes=None, dtype="int8", zeros=(0, 0), scales=(0.05, 0.03), x=None, data=None):
    """The function of all int8 values, of a sweep of int16 values or of real ones; RSQRT leaves out what is negative."""
    if data is None:
        if dtype == "int8":
            data = all_values()
        elif dtype == "int16":
            data = INT16_SWEEP
        else:
            data = random_data(generator(f"{op} {name}"), x or (1, 3, 4, 3), dtype)
        if op == "rsqrt" and dtype != "float32":
            data = data[data >= zeros[0]][None, :]
    operand = quantized(np.asarray(data, dtype=dtype), scales[0], zeros[0])
    operator = Operator(op.upper(), OPTIONS.get(op))
    return make_case(name, attributes or {}, operator, [operand], result(dtype, scales[1], zeros[1]))


FLOATS = [
    ("random", {"dtype": "float32"}),
    ("zeros, large and tiny", {"dtype": "float32", "data": [0, -0.0, 3e38, -3e38, 1e-40, -1e-40, 1, -1]}),
    ("rank 1", {"dtype": "float32", "x": (7,)}),
    ("rank 6", {"dtype": "float32", "x": (1, 2, 1, 2, 1, 2)}),
]

WHOLE = [("random", {"dtype": "int32"})]

ROOTS = [
    ("0 to 8", {"dtype": "float32", "data": np.arange(65) / 8}),
    ("large and tiny", {"dtype": "float32", "data": [3e38, 1e-38, 1e-40, 1.5, 2, 3, 5, 7, 1e10, 1e-10]}),
    ("rank 6", {"dtype": "float32", "data": np.arange(1, 9).reshape(1, 2, 1, 2, 1, 2)}),
]

ABS = [
    *FLOATS,
    *WHOLE,
    ("same quantization", {"zeros": (-3, -3), "scales": (0.05, 0.05)}),
    ("same scale, output from -128", {"zeros": (-3, -128), "scales": (0.05, 0.05)}),
    ("other scale, output from -128", {"zeros": (-65, -128), "scales": (0.020279, 0.015237)}),
    ("half the scale out: saturates", {"zeros": (0, -128), "scales": (0.05, 0.025)}),
    ("twice the scale out: ties", {"zeros": (1, 3), "scales": (0.5, 1.0)}),
    ("zero points at the ends", {"zeros": (127, -128), "scales": (0.043, 0.0429)}),
    ("zero points at the other ends", {"zeros": (-128, 127), "scales": (0.043, 0.0429)}),
    ("scales far apart, small output", {"zeros": (10, 0), "scales": (3.1, 0.0001)}),
    ("scales far apart, large output", {"zeros": (10, 0), "scales": (0.001, 7.0)}),
    ("ratio of scales in float32", {"zeros": (-3, -128), "scales": (0.04282919317483902, 0.04346843436360359)}),
    ("same scale", {"dtype": "int16", "scales": (0.000118, 0.000118)}),
    ("other scale", {"dtype": "int16", "scales": (0.000118, 0.000313)}),
    ("half the scale out: saturates", {"dtype": "int16", "scales": (0.0002, 0.0001)}),
]

ELU = [
    *FLOATS,
    ("-20 to 4", {"dtype": "float32", "data": np.arange(-160, 33) / 8}),
    ("near 0", {"dtype": "float32", "data": [-1e-3, -1e-5, -1e-7, -1e-10, -0.3, -0.34, -0.35, -0.4]}),
    ("typical", {"zeros": (-52, -86), "scales": (0.023399, 0.019668)}),
    ("all negative", {"zeros": (127, 127), "scales": (0.041112, 0.0039215)}),
    ("all positive", {"zeros": (-128, -128), "scales": (0.0471, 0.0313)}),
    ("small scales", {"zeros": (3, -5), "scales": (0.00123, 0.00117)}),
    ("powers of two", {"zeros": (0, 0), "scales": (0.0625, 0.03125)}),
    ("large scale in", {"zeros": (0, 0), "scales": (1.7, 1.7)}),
]

EXP = [
    *[(name, settings) for name, settings in FLOATS if "large" not in name],
    ("-90 to 88", {"dtype": "float32", "data": np.arange(-90, 89)}),
    ("overflow and underflow", {"dtype": "float32", "data": [-200, -103.9, -104.1, -88, 88, 88.7, 1e-30, 0, -0.0]}),
    ("typical", {"zeros": (-65, -128), "scales": (0.01092, 0.031775)}),
    ("up to 1", {"zeros": (127, -128), "scales": (0.0313, 1 / 256)}),
    ("from 1", {"zeros": (-128, -128), "scales": (0.0171, 0.3071)}),
    ("saturates", {"zeros": (0, 0), "scales": (0.0471, 0.0313)}),
    ("powers of two", {"zeros": (0, 0), "scales": (0.03125, 0.5)}),
    ("output zero point 127", {"zeros": (0, 127), "scales": (0.0313, 0.5)}),
    ("beyond int32", {"zeros": (0, 0), "scales": (0.9, 0.0313)}),
    ("typical", {"dtype": "int16", "scales": (6.385e-05, 0.00024728)}),
    ("up to e^10", {"dtype": "int16", "scales": (10 / 32767, 0.6722)}),
    ("saturates", {"dtype": "int16", "scales": (0.000313, 0.000471)}),
    ("overflows", {"dtype": "int16", "scales": (0.01, 0.01)}),
]

RSQRT = [
    *ROOTS[1:],
    ("1/8 to 8", {"dtype": "float32", "data": np.arange(1, 65) / 8}),
    ("typical", {"zeros": (-128, -128), "scales": (0.012113, 0.011749)}),
    ("of a variance", {"zeros": (-128, -128), "scales": (0.012158, 0.0191)}),
    ("zero points inside the range", {"zeros": (-20, 10), "scales": (0.0471, 0.0613)}),
    ("input zero point 127", {"zeros": (127, -128), "scales": (0.0471, 0.0613)}),
    ("tiny scales", {"zeros": (-128, -128), "scales": (1.5643e-05, 0.12331)}),
    ("large scale in", {"zeros": (-128, -128), "scales": (31.7, 0.001)}),
    ("large scales: all but 0 give nothing", {"zeros": (-128, -128), "scales": (31.7, 90.0)}),
    ("powers of two", {"zeros": (-128, -128), "scales": (0.25, 0.0625)}),
    ("saturates", {"zeros": (-128, 0), "scales": (0.01, 0.001)}),
    ("typical", {"dtype": "int16", "scales": (9.4267e-05, 9.1431e-05)}),
    ("of a variance", {"dtype": "int16", "scales": (9.4615e-05, 0.00018431)}),
    ("small scales", {"dtype": "int16", "scales": (1e-06, 0.001)}),
    ("large scale in", {"dtype": "int16", "scales": (0.1, 0.0001)}),
]
