"""Fixed-point arithmetic in Python's unbounded integers, written from its published definition.

`requantize` turns an accumulator into units of the output scale. Numerics say how:
  rounding "nearest"  TensorFlow Lite's: the high product rounds, the right shift rounds;
  rounding "floor"    truncation: the right shift drops its bits;
  accumulatorBits 32  a 31-bit multiplier and two steps, SaturatingRoundingDoublingHighMul and shift;
  accumulatorBits 64  a 15-bit multiplier and one shift, as in 16x8 models.
"""

import math
from fractions import Fraction

import numpy as np

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


def quantize_multiplier(real):
    """The pair (31-bit multiplier, left shift) of a real factor; below 2^-31 it becomes 0."""
    if real == 0:
        return 0, 0
    fraction, shift = math.frexp(real)
    multiplier = math.floor(Fraction(fraction) * 2**31 + Fraction(1, 2))
    if multiplier == 2**31:
        multiplier, shift = 2**30, shift + 1
    return (0, 0) if shift < -31 else (multiplier, shift)


def rounding_doubling_high_product(a, b):
    """2ab / 2^32 to the nearest integer, ties upwards, saturated at the largest int32."""
    return min(INT32_MAX, (a * b + 2**30) >> 31)


def rounding_right_shift(value, bits):
    """value / 2^bits to the nearest integer, ties away from zero."""
    if bits == 0:
        return value
    magnitude = (abs(value) + (1 << (bits - 1))) >> bits
    return magnitude if value >= 0 else -magnitude


def multiply_32(value, multiplier, shift, rounding):
    """value * multiplier * 2^(shift - 31) in two steps."""
    shifted = value << max(shift, 0)
    check_int32(shifted)
    product = rounding_doubling_high_product(shifted, multiplier)
    right = max(-shift, 0)
    return product >> right if rounding == "floor" else rounding_right_shift(product, right)


def multiply_64(value, multiplier, shift, rounding):
    """value * (multiplier reduced to 15 bits) * 2^(shift - 15) in one step."""
    reduced = (multiplier + 2**15) >> 16 if multiplier < 0x7FFF0000 else 0x7FFF
    total = 15 - shift
    constant = 0 if rounding == "floor" else 1 << (total - 1)
    return (value * reduced + constant) >> total


def requantize(value, real, numerics):
    """value * real by the arithmetic that the numerics name."""
    multiplier, shift = quantize_multiplier(real)
    if numerics["accumulatorBits"] == 64:
        return multiply_64(value, multiplier, shift, numerics["rounding"])
    return multiply_32(value, multiplier, shift, numerics["rounding"])


def check_int32(value):
    """Cases whose accumulators overflow would not define an answer."""
    if not INT32_MIN <= value <= INT32_MAX:
        raise OverflowError(f"{value} is beyond 32 bits")


def round_half_away(real):
    """The nearest integer, ties away from zero."""
    return math.copysign(math.floor(abs(real) + 0.5), real)


def activation_limits(activation, tensor):
    """The clamp of an output tensor: its bits, narrowed by the fused activation function."""
    bits = tensor.get("bits") or int(tensor["dtype"].removeprefix("u").removeprefix("int"))
    low, high = (0, 2**bits - 1) if tensor["dtype"] == "uint8" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    real_limits = {"relu": (0, None), "relu6": (0, 6), "relu_n1_to_1": (-1, 1), "none": (None, None)}
    real_low, real_high = real_limits[activation]
    if real_low is not None:
        low = max(low, quantize(real_low, tensor))
    if real_high is not None:
        high = min(high, quantize(real_high, tensor))
    return low, high


def quantize(real, tensor):
    """A real number in units of the tensor's scale; TensorFlow Lite divides in float32."""
    quotient = np.float32(real) / np.float32(tensor["scales"][0])
    return int(round_half_away(float(quotient))) + tensor["zeroPoints"][0]


def clamp(value, low, high):
    """The value, or the limit that it passes."""
    return max(low, min(high, value))
