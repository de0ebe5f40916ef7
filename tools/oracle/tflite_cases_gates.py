"""Cases of HARD_SWISH and PRELU; 8-bit functions see all 256 values."""

import numpy as np

from tflite_case import all_values, generator, make_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator


def hard_swish_cases():
    """Cases of HARD_SWISH."""
    return [hard_swish(name, **settings) for name, settings in HARD_SWISH]


def hard_swish(name, dtype="int8", zeros=(-3, -110), scales=(0.0471, 0.0313), x=None):
    """HARD_SWISH of all 8-bit values, or of real ones around its bends."""
    if dtype == "float32":
        data = random_data(generator(f"hard_swish {name}"), x, dtype) * np.float32(1.5)
    else:
        data = all_values(dtype)
    zeros = [zero_point_of(dtype, zero) for zero in zeros]
    operator = Operator("HARD_SWISH")
    return make_case(name, {}, operator, [quantized(data, scales[0], zeros[0])], result(dtype, scales[1], zeros[1]))


def prelu_cases():
    """Cases of PRELU; slopes are constant and quantized for the whole tensor."""
    return [prelu(name, **settings) for name, settings in PRELU]


def prelu(
    name, x=(2, 3, 4, 3), alpha=(1, 1, 3), dtype="int8", zeros=(-3, 0, -60), scales=(0.0471, 0.0031, 0.0313), alpha_range=(None, None)
):
    """PRELU of random data; scales and zero points are those of input, slopes and output."""
    rng = generator(f"prelu {dtype} {name}")
    zeros = [zero_point_of(dtype, zero) for zero in zeros]
    data = random_data(rng, x, dtype)
    slopes = random_data(rng, alpha, dtype, *alpha_range)
    operands = [quantized(data, scales[0], zeros[0]), quantized(slopes, scales[1], zeros[1], constant=True)]
    return make_case(name, {}, Operator("PRELU"), operands, result(dtype, scales[2], zeros[2]))


QUANTIZED_HARD_SWISH = [
    ("range -6 to 6", {}),
    ("same quantization", {"zeros": (-3, -3), "scales": (0.0471, 0.0471)}),
    ("scale 3/128: no shift of the gate", {"zeros": (0, -90), "scales": (3 / 128, 3 / 128)}),
    ("scale 6/256", {"zeros": (0, -110), "scales": (6 / 256, 5 / 256)}),
    ("small range: the gate shifts right", {"zeros": (0, 3), "scales": (0.0031, 0.0017)}),
    ("tiny range", {"zeros": (5, -7), "scales": (1e-5, 6e-6)}),
    ("large range: the gate shifts left", {"zeros": (9, -120), "scales": (0.81, 0.43)}),
    ("range of 100s", {"zeros": (-20, -128), "scales": (3.1, 1.77)}),
    ("range of 10000s", {"zeros": (-20, -128), "scales": (301.0, 170.5)}),
    ("all negative", {"zeros": (127, 127), "scales": (0.0171, 0.0015)}),
    ("all positive", {"zeros": (-128, -128), "scales": (0.0271, 0.0273)}),
    ("saturates", {"zeros": (0, 0), "scales": (0.2, 0.0071)}),
    ("multiplier just below 1", {"zeros": (0, -30), "scales": (1.0, 0.00785)}),
    ("output scale far above", {"zeros": (0, 0), "scales": (0.01, 41.0)}),
    ("powers of two: ties", {"zeros": (0, 0), "scales": (0.0625, 0.125)}),
    ("scales far apart", {"zeros": (0, 17), "scales": (1e-7, 0.5)}),
]

HARD_SWISH = [
    *QUANTIZED_HARD_SWISH,
    *((name, {"dtype": "uint8", **settings}) for name, settings in QUANTIZED_HARD_SWISH[::3]),
    ("rank 4", {"dtype": "float32", "x": (1, 3, 4, 5)}),
    ("rank 1", {"dtype": "float32", "x": (7,)}),
]

FLOAT32_SCALES = (0.04662904888391495, 0.006804, 0.022041741758584976)

PRELU = [
    ("a slope for each channel", {}),
    ("a slope for each element", {"alpha": (3, 4, 3)}),
    ("a slope for each row", {"alpha": (3, 1, 1)}),
    ("a slope for each column and channel", {"alpha": (1, 1, 4, 3)}),
    ("slopes of the input's shape", {"alpha": (2, 3, 4, 3)}),
    ("one slope", {"alpha": (1,)}),
    ("rank 2", {"x": (3, 5), "alpha": (5,)}),
    ("slopes with a zero point", {"zeros": (-3, 40, -60)}),
    ("zero points at the ends", {"zeros": (127, -128, -128)}),
    ("all positive", {"zeros": (-128, 0, -128)}),
    ("saturates", {"scales": (0.2, 0.011, 0.0071)}),
    ("halves: ties", {"x": (2, 3, 4, 6), "alpha": (6,), "zeros": (0, 0, 0), "scales": (0.5, 0.25, 1.0), "alpha_range": (-3, 3)}),
    ("scales in float32", {"zeros": (127, 0, 127), "scales": FLOAT32_SCALES}),
    ("scales far apart", {"scales": (1e-4, 3.0, 41.0)}),
    ("multipliers above 1", {"scales": (1.0, 1.9, 0.61), "alpha_range": (-4, 4)}),
    ("a slope for each channel", {"dtype": "uint8"}),
    ("a slope for each element, zero points at the ends", {"dtype": "uint8", "alpha": (3, 4, 3), "zeros": (-128, 127, 127)}),
    ("a slope for each channel, zero points at the ends", {"dtype": "uint8", "zeros": (127, -128, -128)}),
    ("saturates", {"dtype": "uint8", "scales": (0.2, 0.011, 0.0071)}),
    ("scales in float32", {"dtype": "uint8", "zeros": (127, 0, 127), "scales": FLOAT32_SCALES}),
    ("a slope for each channel", {"dtype": "float32"}),
    ("a slope for each element", {"dtype": "float32", "alpha": (3, 4, 3)}),
    ("one slope, rank 2", {"dtype": "float32", "x": (3, 5), "alpha": (1, 1)}),
]
