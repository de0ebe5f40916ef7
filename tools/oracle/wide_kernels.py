"""The oracle's operators: they answer a case of the fixtures' JSON with lists of Python integers."""

from functools import partial
from itertools import product

import numpy as np

from wide_numbers import activation_limits, check_int32, clamp, multiply_32, quantize_multiplier, requantize


def evaluate(op, case, numerics):
    """The flat output of a case; its output tensor gives the shape and the quantization."""
    return KERNELS[op](case, numerics)


def values(tensor):
    """The tensor's data as an array of Python integers."""
    return np.array(tensor["data"], dtype=object).reshape(tensor["shape"])


def finish(total, real, case, numerics):
    """Rescale one accumulator, add the zero point and clamp."""
    output = case["outputs"][0]
    if numerics["accumulatorBits"] == 32:
        check_int32(total)
    scaled = requantize(total, real, numerics) + output["zeroPoints"][0]
    return clamp(scaled, *activation_limits(case["attributes"]["activation"], output))


def per_channel(items, channel):
    """The item of a channel, or the only one."""
    return items[channel if len(items) > 1 else 0]


def convolution(depthwise, case, numerics):
    """CONV_2D, grouped or not, and DEPTHWISE_CONV_2D, a convolution with one input channel a group."""
    x, w, bias = case["inputs"]
    inputs = values(x) - x["zeroPoints"][0]
    weights = values(w).transpose(3, 1, 2, 0) if depthwise else values(w)
    channels, height, width, depth = weights.shape
    group_size = channels // (inputs.shape[3] // depth)
    tops = window_starts(case, 0, inputs.shape[1], height)
    lefts = window_starts(case, 1, inputs.shape[2], width)
    result = []
    for batch, top, left, channel in product(range(inputs.shape[0]), tops, lefts, range(channels)):
        first = channel // group_size * depth
        kernel = weights[channel] - per_channel(w["zeroPoints"], channel)
        total = bias["data"][channel]
        for i, j, row, column in taps(case, inputs.shape, (height, width), top, left):
            total += sum(inputs[batch, row, column, first : first + depth] * kernel[i, j])
        result.append(finish(total, convolution_factor(case, channel), case, numerics))
    return result


def window_starts(case, axis, size, kernel):
    """Where each output row's (axis 0) or column's (axis 1) window starts in the input."""
    attributes, count = case["attributes"], case["outputs"][0]["shape"][1 + axis]
    stride, dilation = attributes["strides"][axis], attributes["dilations"][axis]
    before = 0
    if attributes["padding"] == "same":
        before = max(0, (count - 1) * stride + (kernel - 1) * dilation + 1 - size) // 2
    return [i * stride - before for i in range(count)]


def taps(case, shape, kernel, top, left):
    """The kernel positions inside the image: (kernel row, kernel column, row, column)."""
    down, right = case["attributes"]["dilations"]
    for i, j in product(range(kernel[0]), range(kernel[1])):
        row, column = top + i * down, left + j * right
        if 0 <= row < shape[1] and 0 <= column < shape[2]:
            yield i, j, row, column


def convolution_factor(case, channel):
    """Input scale times the channel's weight scale over output scale, in doubles; uint8 scales are multiplied in float32."""
    x, w = case["inputs"][:2]
    if x["dtype"] == "uint8":
        return dense_factor(case, channel)
    return x["scales"][0] * per_channel(w["scales"], channel) / case["outputs"][0]["scales"][0]


def fully_connected(case, numerics):
    """FULLY_CONNECTED on the rows of the flattened input."""
    x, w = case["inputs"][:2]
    weights = values(w) - w["zeroPoints"][0]
    rows = values(x).reshape(-1, weights.shape[1]) - x["zeroPoints"][0]
    sums = rows @ weights.T
    if len(case["inputs"]) > 2:
        sums = sums + values(case["inputs"][2])
    factors = [dense_factor(case, channel) for channel in range(weights.shape[0])]
    return [finish(total, factor, case, numerics) for row in sums for total, factor in zip(row, factors)]


def dense_factor(case, channel):
    """A convolution's factor, but one scale for all weights is multiplied in float32."""
    x, w = case["inputs"][:2]
    if len(w["scales"]) > 1:
        return convolution_factor(case, channel)
    product_of_scales = float(np.float32(x["scales"][0]) * np.float32(w["scales"][0]))
    return product_of_scales / case["outputs"][0]["scales"][0]


def add(case, numerics):
    """ADD: both inputs are shifted left, brought to twice the larger scale, added and rescaled.

    The left shift is 20 for 8-bit and 15 for int16 storage; the arithmetic is the 32-bit one for both.
    """
    a, b = case["inputs"]
    numerics = {**numerics, "accumulatorBits": 32}
    left_shift = 15 if a["dtype"] == "int16" else 20
    twice = 2 * max(a["scales"][0], b["scales"][0])
    total = rescaled(a, twice, left_shift, numerics) + rescaled(b, twice, left_shift, numerics)
    factor = twice / (2**left_shift * case["outputs"][0]["scales"][0])
    return [finish(value, factor, case, numerics) for value in total.reshape(-1)]


def rescaled(tensor, twice, left_shift, numerics):
    """An addend in units of twice the larger scale over 2^left_shift."""
    multiplier, shift = quantize_multiplier(tensor["scales"][0] / twice)
    zero_point = tensor["zeroPoints"][0]
    flat = [
        multiply_32((value - zero_point) << left_shift, multiplier, shift, numerics["rounding"])
        for value in tensor["data"]
    ]
    return np.array(flat, dtype=object).reshape(tensor["shape"])


KERNELS = {
    "conv_2d": partial(convolution, False),
    "depthwise_conv_2d": partial(convolution, True),
    "fully_connected": fully_connected,
    "add": add,
}
