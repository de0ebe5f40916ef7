"""Cases of QUANTIZE (from real numbers and from integers) and DEQUANTIZE."""

import numpy as np

from tflite_case import all_values, generator, make_case, quantized, result
from tflite_cases_unary import INT16_SWEEP
from tflite_model import Operator, Tensor


def quantize_cases():
    """Cases of QUANTIZE."""
    reals = [quantize_reals(name, *settings) for name, *settings in REALS]
    return reals + [requantize(name, *settings) for name, *settings in REQUANTIZED]


def dequantize_cases():
    """Cases of DEQUANTIZE."""
    return [dequantize(name, *settings) for name, *settings in DEQUANTIZED]


def quantize_reals(name, dtype, scale, zero, values):
    """float32 to integers."""
    operand = quantized(np.array(values(scale, name), dtype=np.float32)[None, :], 1)
    case = make_case(name, {}, Operator("QUANTIZE", version=QUANTIZE_VERSIONS[dtype]), [operand], result(dtype, scale, zero))
    return {**case, "name": f"float32 to {dtype}: {name}"}


def requantize(name, from_dtype, to_dtype, scales, zeros):
    """Integers of one quantization to integers of another."""
    values = INT16_SWEEP if from_dtype == "int16" else all_values(from_dtype)
    is_usual = (from_dtype, to_dtype) in [("int8", "int8"), ("int16", "int8"), ("int16", "int16")]
    operand = quantized(values if is_usual else values[:, ::3], scales[0], zeros[0])
    operator = Operator("QUANTIZE", version=QUANTIZE_VERSIONS[to_dtype])
    output = Tensor((1,), to_dtype, None, (np.float32(scales[1]),), (zeros[1],))
    case = make_case(name, {}, operator, [operand], output)
    return {**case, "name": f"{from_dtype} to {to_dtype}: {name}"}


def dequantize(name, dtype, scale, zero):
    """Integers to float32."""
    values = INT16_SWEEP[:, ::7] if dtype == "int16" else all_values(dtype)
    operand = quantized(values, scale, zero)
    case = make_case(name, {}, Operator("DEQUANTIZE"), [operand], result("float32"))
    return {**case, "name": f"{dtype} to float32: {name}"}


def halves(scale, _name):
    """Numbers half way between two integers in units of the scale, and their neighbours."""
    middles = [(n + 0.5) * float(np.float32(scale)) for n in range(-40, 40)]
    return [np.float32(m) for m in middles] + [np.nextafter(np.float32(m), np.float32(0)) for m in middles]


def spread(scale, name):
    """Random numbers, of which some saturate."""
    return generator(f"quantize {name}").uniform(-200, 200, 120) * float(np.float32(scale))


def extremes(scale, _name):
    """Numbers far beyond the range, zeros and tiny numbers."""
    factors = [0, -0.0, 1e-9, -1e-9, 0.49999997, -0.49999997, 1e3, -1e3, 1e8, -1e8, 127.4, -128.6, 32767.4, -32768.6]
    return [factor * float(np.float32(scale)) for factor in factors]


QUANTIZE_VERSIONS = {"int8": 1, "uint8": 1, "int16": 2, "int32": 2}

REALS = [
    ("random", "int8", 0.0471, -3, spread),
    ("halves, scale 1/2", "int8", 0.5, 0, halves),
    ("halves, scale 0.0471", "int8", 0.0471, 5, halves),
    ("halves, scale 0.0039", "int8", 0.003921569, -128, halves),
    ("extremes", "int8", 0.0471, 127, extremes),
    ("random", "uint8", 0.0471, 125, spread),
    ("halves, scale 0.0471", "uint8", 0.0471, 133, halves),
    ("extremes", "uint8", 0.0471, 0, extremes),
    ("random", "int16", 0.00471, 0, spread),
    ("halves, scale 0.00031", "int16", 0.00031, 0, halves),
    ("extremes", "int16", 0.00031, 0, extremes),
]

REQUANTIZED = [
    ("smaller scale", "int8", "int8", (0.0471, 0.0313), (-3, 11)),
    ("larger scale", "int8", "int8", (0.0313, 0.0471), (-128, 100)),
    ("same scale, other zero point", "int8", "int8", (0.0471, 0.0471), (-3, 40)),
    ("same quantization", "int8", "int8", (0.0471, 0.0471), (-3, -3)),
    ("half the scale: ties", "int8", "int8", (0.5, 1.0), (0, 0)),
    ("quarter: ties, zero points", "int8", "int8", (0.25, 1.0), (7, -9)),
    ("twice, saturates", "int8", "int8", (1.0, 0.5), (3, -3)),
    ("factor 17.3", "int8", "int8", (0.173, 0.01), (0, 0)),
    ("factor below 2^-31 flushes to 0", "int8", "int8", (1e-9, 900.0), (0, 4)),
    ("ratio of scales in doubles", "int8", "int8", (0.04282919317483902, 0.04346843436360359), (0, 0)),
    ("ratio of scales in doubles, above 1", "int8", "int8", (0.04149575158953667, 0.03516589105129242), (0, 0)),
    ("same reals", "int8", "uint8", (0.0471, 0.0471), (-3, 125)),
    ("other quantization", "int8", "uint8", (0.0471, 0.0313), (-3, 11)),
    ("half the scale: ties", "int8", "uint8", (0.5, 1.0), (0, 128)),
    ("same reals", "uint8", "int8", (0.0471, 0.0471), (0, -128)),
    ("other quantization", "uint8", "int8", (0.0313, 0.0471), (255, 100)),
    ("same scale, other zero point", "uint8", "uint8", (0.0471, 0.0471), (125, 168)),
    ("quarter: ties, zero points", "uint8", "uint8", (0.25, 1.0), (135, 119)),
    ("twice, saturates", "uint8", "uint8", (1.0, 0.5), (131, 125)),
    ("narrower", "int16", "int8", (0.000471, 0.0673), (0, -5)),
    ("narrower, 2^-8: ties", "int16", "int8", (2.0**-15, 2.0**-7), (0, 0)),
    ("other scale", "int16", "int16", (0.000471, 0.000313), (0, 0)),
    ("a quarter and a zero point: ties", "int16", "int32", (0.25, 1.0), (0, 70000)),
    ("factor 173000", "int16", "int32", (1.73, 1e-5), (0, 0)),
]

DEQUANTIZED = [
    ("scale 0.0471", "int8", 0.0471, -3),
    ("scale 1/256, zero point -128", "int8", 1 / 256, -128),
    ("scale 3.7, zero point 127", "int8", 3.7, 127),
    ("scale 0.0471", "uint8", 0.0471, 125),
    ("scale 3.7, zero point 255", "uint8", 3.7, 255),
    ("scale 0.0003", "int16", 0.0003, 0),
    ("scale 2^-15", "int16", 2.0**-15, 0),
]
