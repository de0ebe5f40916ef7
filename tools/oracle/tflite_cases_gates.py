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
