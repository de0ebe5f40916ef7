"""Cases of SLICE, STRIDED_SLICE and GATHER, which take parts."""

import numpy as np

from tflite_case import generator, make_case, moved_case, quantized, random_data, result, zero_point_of
from tflite_model import Operator, Tensor, parameter


def slice_cases():
    """Cases of SLICE and STRIDED_SLICE."""
    return [cut(name, **settings) for name, settings in SLICE] + [
        cut_with_strides(name, **settings) for name, settings in STRIDED_SLICE
    ]


def gather_cases():
    """Cases of GATHER."""
    return [gather(name, **settings) for name, settings in GATHER]


def cut(name, begin, size, x=(2, 4, 5, 3), **settings):
    """SLICE with sizes already resolved."""
    operator = Operator("SLICE", "SliceOptions", {}, [parameter(begin), parameter(size)])
    attributes = {"begin": begin, "size": size}
    return moved_case("slice", name, attributes, operator, x, output_shape=tuple(size), **settings)


def cut_with_strides(name, begin, size, strides, x=(2, 4, 5, 3), **settings):
    """STRIDED_SLICE without masks; an end of -1 would count from the end, so the one below index 0 lies far below it."""
    last = [b + n * s for b, n, s in zip(begin, size, strides)]
    end = [stop if stop >= 0 else -limit - 1 for stop, limit in zip(last, x)]
    operands = [parameter(begin), parameter(end), parameter(strides)]
    operator = Operator("STRIDED_SLICE", "StridedSliceOptions", {}, operands)
    attributes = {"begin": begin, "size": size, "strides": strides}
    return moved_case("strided slice", f"strides, {name}", attributes, operator, x, **settings)


def gather(name, indices, axis, x=(4, 3, 5), batch_dims=0, index_dtype="int32", dtype="int8", zero=-3):
    """GATHER of random values; the indices are fed, like the values."""
    scale, zero = 0.0471, zero_point_of(dtype, zero)
    data = random_data(generator(f"gather {dtype} {name}"), x, dtype)
    chosen = np.array(indices, dtype=index_dtype)
    operator = Operator("GATHER", "GatherOptions", {"axis": axis, "batchDims": batch_dims})
    if batch_dims != 0:
        operator.version = 5
    operands = [quantized(data, scale, zero), Tensor(chosen.shape, index_dtype, chosen)]
    attributes = {"axis": axis, "batchDims": batch_dims}
    return make_case(name, attributes, operator, operands, result(dtype, scale, zero))


MIDDLE = {"begin": [0, 1, 2, 0], "size": [2, 2, 3, 3]}

SLICE = [
    ("middle", MIDDLE),
    ("one channel", {"begin": [0, 0, 0, 1], "size": [2, 4, 5, 1]}),
    ("second half of the channels", {"begin": [0, 0, 0, 3], "size": [1, 3, 3, 3], "x": (1, 3, 3, 6)}),
    ("last element", {"begin": [1, 3, 4, 2], "size": [1, 1, 1, 1], "zero": 127}),
    ("everything", {"begin": [0, 0, 0, 0], "size": [2, 4, 5, 3]}),
    ("rank 2", {"begin": [1, 2], "size": [3, 3], "x": (4, 6), "zero": -128}),
    ("middle", {**MIDDLE, "dtype": "int16"}),
    ("middle", {**MIDDLE, "dtype": "float32"}),
    ("middle", {**MIDDLE, "dtype": "uint8"}),
    ("rank 1", {"begin": [3], "size": [4], "x": (9,), "dtype": "int32"}),
    ("rank 1", {"begin": [3], "size": [4], "x": (9,), "dtype": "int64"}),
    ("rank 5", {"begin": [0, 1, 0, 1, 0], "size": [1, 1, 2, 2, 1], "x": (1, 2, 2, 3, 2)}),
]

EVERY_OTHER = {"begin": [0, 0, 1, 0], "size": [2, 2, 2, 3], "strides": [1, 2, 2, 1]}
BACKWARDS = {"begin": [1, 3, 4, 2], "size": [2, 4, 3, 2], "strides": [-1, -1, -2, -2]}

STRIDED_SLICE = [
    ("every other", EVERY_OTHER),
    ("backwards", {**BACKWARDS, "zero": 127}),
    ("from the middle backwards", {"begin": [0, 2, 3, 1], "size": [1, 2, 2, 2], "strides": [1, -2, -1, -1]}),
    ("beyond the other end", {"begin": [0, 1, 0, 0], "size": [1, 1, 1, 1], "strides": [7, 9, 5, 4]}),
    ("rank 1", {"begin": [8], "size": [3], "strides": [-3], "x": (9,), "zero": -128}),
    ("rank 5", {"begin": [0, 0, 1, 0, 1], "size": [1, 2, 1, 2, 1], "strides": [1, 1, -1, 2, 1], "x": (1, 2, 2, 3, 2)}),
    ("every other", {**EVERY_OTHER, "dtype": "int16"}),
    ("backwards", {**BACKWARDS, "dtype": "float32"}),
    ("backwards", {**BACKWARDS, "dtype": "uint8"}),
    ("rank 1", {"begin": [8], "size": [3], "strides": [-3], "x": (9,), "dtype": "int32"}),
    ("rank 1", {"begin": [8], "size": [3], "strides": [-3], "x": (9,), "dtype": "int64"}),
]

GATHER = [
    ("axis 0", {"indices": [3, 0, 0, 2], "axis": 0}),
    ("axis 1, int64", {"indices": [2, 1], "axis": 1, "index_dtype": "int64", "zero": 127}),
    ("axis 2", {"indices": [4, 3, 2, 1, 0, 4], "axis": 2, "zero": -128}),
    ("a scalar index", {"indices": 2, "axis": 1}),
    ("a matrix of indices", {"indices": [[0, 2], [2, 1], [1, 1]], "axis": 1}),
    ("an index for each batch", {"indices": [2, 0, 1, 1], "axis": 1, "batch_dims": 1}),
    ("indices for each batch, axis 2", {"indices": [[4, 0], [1, 1], [2, 3], [0, 4]], "axis": 2, "batch_dims": 1}),
    ("two batch dimensions", {"indices": [[4, 0, 1], [1, 1, 2], [2, 3, 4], [0, 4, 3]], "axis": 2, "batch_dims": 2}),
    ("rank 1", {"indices": [5, 5, 0], "axis": 0, "x": (6,)}),
    ("axis 1", {"indices": [2, 0], "axis": 1, "dtype": "uint8"}),
    ("axis 1", {"indices": [2, 0], "axis": 1, "dtype": "int16"}),
    ("axis 1", {"indices": [2, 0], "axis": 1, "dtype": "float32"}),
    ("axis 1", {"indices": [2, 0], "axis": 1, "dtype": "int32", "x": (2, 3, 2)}),
    ("axis 1", {"indices": [2, 0], "axis": 1, "dtype": "int64", "x": (2, 3, 2)}),
]
