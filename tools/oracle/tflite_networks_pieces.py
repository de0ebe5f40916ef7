"""Writes fixtures/tflite/{strides,pieces}-*: networks of single operators side by side that all take their input to pieces.

    python tools/oracle/tflite_networks_pieces.py

`strides` has a STRIDED_SLICE for each of many random masks, indices and strides; `pieces` the operators with several inputs or
outputs, along every axis. They are built as flatbuffers, since converters write the same thing in one way only.
`tflite_networks.py` says what the JSON holds.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from tflite_case import PLAIN, zero_point_of
from tflite_model import Operator, Step, Tensor, build_network, parameter
from tflite_networks import save

IMAGE = (1, 4, 6, 3)
CUBE = (1, 3, 3, 2, 2)


def like(tensor, shape=(1,)):
    """The place of a result in the quantization of a tensor."""
    return Tensor(shape, tensor.dtype, None, tensor.scales, tensor.zero_points)


def network_input(dtype, shape):
    scales = () if dtype in PLAIN else (np.float32(0.0471),)
    return Tensor(shape, dtype, None, scales, tuple(zero_point_of(dtype, -3) for _ in scales))


def shaped(x, steps):
    """The flatbuffer of a network with input `x`, whose results say their shape as TensorFlow Lite finds it."""
    inputs = [x]
    interpreter = tf.lite.Interpreter(
        model_content=build_network(inputs, steps),
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=True,
    )
    interpreter.allocate_tensors()
    shapes = {detail["name"]: tuple(detail["shape"]) for detail in interpreter.get_tensor_details()}
    tensors = [*inputs]
    for step in steps:
        tensors += [t for t in [*step.inputs, *step.outputs] if not any(t is known for known in tensors)]
    for place, tensor in enumerate(tensors):
        tensor.shape = shapes[f"tensor{place}"]
    return build_network(inputs, steps)


def strided_slice(x, begin, end, strides, masks):
    operands = [parameter(values) for values in (begin, end, strides)]
    operator = Operator("STRIDED_SLICE", "StridedSliceOptions", masks)
    return Step(operator, [x, *operands], [like(x)])


def random_slice(x, rng):
    """A STRIDED_SLICE whose indices may lie far outside, or None when its result would have no elements."""
    count = int(rng.integers(1, 6))
    begin, end = rng.integers(-9, 10, (2, count)).tolist()
    strides = (rng.integers(1, 4, count) * rng.choice([1, 1, -1], count)).tolist()
    begin_mask, end_mask, new_axis, shrink = [int(rng.integers(0, 2**count) & rng.integers(0, 2**count)) for _ in range(4)]
    ellipsis = int(2 ** rng.integers(0, count)) if rng.integers(0, 3) == 0 else 0
    slices = []
    for i in range(count):
        bit = 1 << i
        if ellipsis & bit:
            slices.append(Ellipsis)
        elif new_axis & bit:
            slices.append(np.newaxis)
        elif shrink & bit:
            strides[i] = 1
            slices.append(0 if begin_mask & bit else begin[i])
        else:
            bounds = (None if begin_mask & bit else begin[i], None if end_mask & bit else end[i])
            slices.append(slice(*bounds, strides[i]))
    try:
        result = np.zeros(x.shape)[tuple(slices)]
    except IndexError:
        return None
    # TensorFlow Lite takes five dimensions, new ones included.
    if result.size == 0 or result.ndim == 0 or slices.count(np.newaxis) > 5 - len(x.shape):
        return None
    masks = {
        "beginMask": begin_mask,
        "endMask": end_mask,
        "ellipsisMask": ellipsis,
        "newAxisMask": new_axis,
        "shrinkAxisMask": shrink,
    }
    return strided_slice(x, begin, end, strides, masks)


def strides(dtype):
    """Many random slices of one image."""
    x = network_input(dtype, IMAGE)
    rng = np.random.default_rng(17)
    found = [random_slice(x, rng) for _ in range(800)]
    ends_from_begin = strided_slice(x, [0, 1, -4, 0], [1, 2, 3, 2], [1, 1, 1, 1], {"offset": True})
    return shaped(x, [ends_from_begin, *[step for step in found if step is not None][:80]])


def pieces(dtype):
    """SPLIT, SPLIT_V, UNPACK, PACK, GATHER, SLICE, EXPAND_DIMS and SQUEEZE along every axis."""
    x = network_input(dtype, CUBE)
    rank = len(CUBE)
    steps = []

    def step(name, options_name, options, inputs, outputs=1, shape=(1,)):
        results = [like(x, shape) for _ in range(outputs)]
        steps.append(Step(Operator(name, options_name, options), inputs, results))
        return results

    for axis in range(-rank, rank):
        size = CUBE[axis]
        step("SPLIT", "SplitOptions", {"numSplits": size}, [parameter([axis]), x], size)
        parts = step("UNPACK", "UnpackOptions", {"num": size, "axis": axis}, [x], size)
        again = [parts[-1], parts[0], parts[0]]
        step("PACK", "PackOptions", {"valuesCount": 3, "axis": axis}, again)
        step("EXPAND_DIMS", "ExpandDimsOptions", {}, [x, parameter([axis])])
        step("GATHER", "GatherOptions", {"axis": axis}, [x, parameter([size - 1, 0])])
    halves = step("SPLIT", "SplitOptions", {"numSplits": 2}, [parameter([-1]), x], 2)
    step("CONCATENATION", "ConcatenationOptions", {"axis": -2}, [halves[1], halves[0], halves[1]])
    for axis, sizes in ((2, [1, -1, 1]), (-3, [1, 2]), (1, [-1])):
        step("SPLIT_V", "SplitVOptions", {"numSplits": len(sizes)}, [x, parameter(sizes), parameter([axis])], len(sizes))
    begin = parameter([0, 1, 0, 0, 1])
    # Only of SLICE does TensorFlow Lite not find the shape before it runs.
    step("SLICE", "SliceOptions", {}, [x, begin, parameter([-1, 1, -1, 2, -1])], shape=(1, 1, 3, 2, 1))
    row = step("SLICE", "SliceOptions", {}, [x, begin, parameter([1, 1, 3, 1, 1])], shape=(1, 1, 3, 1, 1))
    step("SQUEEZE", "SqueezeOptions", {"squeezeDims": [-1, 0, -2]}, row)
    step("SQUEEZE", "SqueezeOptions", {}, row)
    step("RESHAPE", "ReshapeOptions", {"newShape": [-1, 6]}, [x])
    return shaped(x, steps)


STRIDES = ("int8", "float32")
PIECES = ("float32", "int8", "uint8", "int16", "int32")
NAMES = {"float32": "float", "int16": "16x8"}

if __name__ == "__main__":
    for build, dtypes in ((strides, STRIDES), (pieces, PIECES)):
        for dtype in dtypes:
            save(f"{build.__name__}-{NAMES.get(dtype, dtype)}", build(dtype))
