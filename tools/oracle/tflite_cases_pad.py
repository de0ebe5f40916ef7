"""Cases of PAD, PADV2 and MIRROR_PAD, which surround values."""

import numpy as np

from tflite_case import generator, make_case, moved_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator, Tensor, parameter


def pad_cases():
    """Cases of PAD, which pads with the zero point, and of PADV2, which pads with any value."""
    return [pad(name, **settings) for name, settings in PAD] + [pad_with(name, **settings) for name, settings in PADV2]


def mirror_pad_cases():
    """Cases of MIRROR_PAD."""
    return [mirror_pad(name, **settings) for name, settings in MIRROR_PAD]


def pad(name, paddings, x=(1, 3, 4, 2), **settings):
    """PAD; five dimensions need version 4."""
    version = 4 if len(x) > 4 else None
    operator = Operator("PAD", "PadOptions", {}, [parameter(paddings)], version)
    return moved_case("pad", name, {"paddings": paddings}, operator, x, **settings)


def pad_with(name, paddings, value, x=(1, 3, 4, 2), dtype="int8", zero=-3):
    """PADV2 with an element of the output's quantization; the attribute is the real number that it stands for."""
    scale, zero = np.float32(0.0471), zero_point_of(dtype, zero)
    data = random_data(generator(f"padv2 {dtype} {name}"), x, dtype)
    element = quantized(np.array([value], dtype=dtype), scale, zero, constant=True)
    real = value if element.scales == () else float(scale) * (value - zero)
    version = 4 if len(x) > 4 else None
    operator = Operator("PADV2", "PadV2Options", {}, [parameter(paddings), element], version)
    attributes = {"paddings": paddings, "value": real}
    return make_case(f"{name}, value {value}", attributes, operator, [quantized(data, scale, zero)], result(dtype, scale, zero))


def mirror_pad(name, paddings, mode, x=(1, 3, 4, 2), wide=False, **settings):
    """MIRROR_PAD; `wide` paddings are int64."""
    operands = [parameter(paddings, "int64" if wide else "int32")]
    operator = Operator("MIRROR_PAD", "MirrorPadOptions", {"mode": ("reflect", "symmetric").index(mode)}, operands)
    return moved_case("mirror_pad", f"{name}, {mode}", {"paddings": paddings, "mode": mode}, operator, x, **settings)


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
    ("uneven", {"paddings": UNEVEN, "dtype": "uint8", "zero": -99}),
    ("rank 1", {"paddings": [[3, 2]], "x": (4,)}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "dtype": "int32"}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "dtype": "int64"}),
]

PADV2 = [
    ("one around the image", {"paddings": AROUND, "value": 17}),
    ("uneven", {"paddings": UNEVEN, "value": -128, "zero": 127}),
    ("uneven", {"paddings": UNEVEN, "value": 127, "zero": -128}),
    ("uneven", {"paddings": UNEVEN, "value": -3}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "value": -99, "zero": 0}),
    ("rank 5", {"paddings": [[0, 0], [1, 0], [0, 1], [1, 1], [0, 0]], "x": (1, 2, 2, 2, 2), "value": 5}),
    ("uneven", {"paddings": UNEVEN, "value": 255, "dtype": "uint8", "zero": -128}),
    ("uneven", {"paddings": UNEVEN, "value": -32768, "dtype": "int16"}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "value": -7, "dtype": "int32"}),
    ("rank 2", {"paddings": [[1, 2], [3, 0]], "x": (2, 3), "value": -7, "dtype": "int64"}),
    ("uneven", {"paddings": UNEVEN, "value": -2.5, "dtype": "float32"}),
    ("uneven", {"paddings": UNEVEN, "value": float(np.float32(-3e38)), "dtype": "float32"}),
]

WHOLE = [[0, 0], [2, 2], [3, 3], [0, 0]]

MIRROR_PAD = [
    ("one around the image", {"paddings": AROUND, "mode": "reflect"}),
    ("one around the image", {"paddings": AROUND, "mode": "symmetric"}),
    ("all but one", {"paddings": WHOLE, "mode": "reflect", "zero": 127}),
    ("everything", {"paddings": [[0, 0], [3, 3], [4, 4], [2, 2]], "mode": "symmetric", "zero": -128}),
    ("one side", {"paddings": UNEVEN, "mode": "reflect"}),
    ("one side, batch", {"paddings": [[1, 0], [0, 1], [2, 3], [1, 0]], "mode": "symmetric"}),
    ("nothing", {"paddings": [[0, 0]] * 4, "mode": "reflect"}),
    ("one row", {"paddings": [[1, 1], [0, 2]], "x": (1, 4), "mode": "symmetric"}),
    ("rank 1", {"paddings": [[4, 3]], "x": (5,), "mode": "reflect"}),
    ("rank 5, int64", {"paddings": [[0, 0], [1, 0], [0, 1], [1, 1], [0, 0]], "x": (1, 2, 2, 2, 2), "mode": "reflect", "wide": True}),
    ("uneven", {"paddings": UNEVEN, "mode": "reflect", "dtype": "uint8"}),
    ("uneven", {"paddings": UNEVEN, "mode": "symmetric", "dtype": "int16"}),
    ("uneven", {"paddings": UNEVEN, "mode": "reflect", "dtype": "float32"}),
    ("rank 2", {"paddings": [[1, 1], [0, 2]], "x": (2, 3), "mode": "symmetric", "dtype": "int32"}),
    ("rank 2", {"paddings": [[1, 1], [0, 2]], "x": (2, 3), "mode": "symmetric", "dtype": "int64"}),
]
