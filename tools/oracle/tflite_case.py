"""Golden cases: seeded data, TensorFlow Lite's answer, and the JSON text of both."""

import json
import zlib

import numpy as np

from tflite_model import Tensor, run

MADE_BY = "TensorFlow Lite 2.15.1, BUILTIN_REF"

ACTIVATION_CODES = {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}
PADDING_CODES = {"same": 0, "valid": 1}

PREFIXES = {
    "int8": "",
    "uint8": "uint8: ",
    "int16": "16x8: ",
    "int32": "int32: ",
    "int64": "int64: ",
    "float32": "float: ",
}

PLAIN = ("float32", "int32", "int64")

LARGEST_DOUBLE_INTEGER = 2**53


def generator(name):
    """A random generator that depends on the case's name alone."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def limits(dtype):
    """The smallest and the largest value of an integer type."""
    info = np.iinfo(dtype)
    return int(info.min), int(info.max)


def zero_points(dtype, *zeros):
    """Several int8 zero points in another type."""
    return tuple(zero_point_of(dtype, zero) for zero in zeros)


def value_range(dtype, bounds):
    """The smallest and the largest value given for int8 in another type; None stays the end of the type."""
    return tuple(bound + 128 if dtype == "uint8" and bound is not None else bound for bound in bounds)


def random_data(rng, shape, dtype, low=None, high=None):
    """Uniform integers, or for float32 multiples of 1/64 between -4 and 4, which print short."""
    if dtype == "float32":
        return (rng.integers(-256, 257, shape) / 64).astype(np.float32)
    smallest, largest = (-(10**6), 10**6) if dtype in PLAIN else limits(dtype)
    low = smallest if low is None else low
    high = largest if high is None else high
    return rng.integers(low, high, shape, dtype=dtype, endpoint=True)


def all_values(dtype="int8", step=1):
    """Every step-th value of an integer type, the largest included, as a [1, n] array."""
    low, high = limits(dtype)
    return np.array([[*range(low, high, step), high]], dtype=dtype)


def zero_point_of(dtype, zero_point):
    """An int8 zero point in another type: as far from the ends in uint8, 0 in int16."""
    return {"int8": zero_point, "uint8": zero_point + 128}.get(dtype, 0)


def quantized(data, scale, zero_point=0, constant=False):
    """A per-tensor quantized tensor; plain numbers stay without quantization."""
    data = np.ascontiguousarray(data)
    if str(data.dtype) in PLAIN:
        return Tensor(data.shape, str(data.dtype), data, constant=constant)
    return Tensor(
        data.shape, str(data.dtype), data, (np.float32(scale),), (int(zero_point),), None, constant
    )


def result(dtype, scale=None, zero_point=0, shape=(1,)):
    """The place of an output; all operators but SLICE find its shape themselves."""
    if dtype in PLAIN:
        return Tensor(shape, dtype)
    return Tensor(shape, dtype, None, (np.float32(scale),), (int(zero_point),))


def make_case(name, attributes, operator, inputs, output):
    """Run one case and return it as the JSON object of the fixture files."""
    dtype = "int16" if output.dtype == "int16" else inputs[0].dtype
    values = run(operator, inputs, output)
    answer = Tensor(values.shape, output.dtype, values, output.scales, output.zero_points, output.axis)
    return {
        "name": PREFIXES[dtype] + name,
        "attributes": attributes,
        "inputs": [tensor_to_json(tensor) for tensor in inputs],
        "outputs": [tensor_to_json(answer)],
    }


def moved_case(op, name, attributes, operator, x, dtype="int8", zero=-3, output_shape=(1,)):
    """One operator that moves random values and keeps their quantization."""
    scale, zero = 0.0471, zero_point_of(dtype, zero)
    data = random_data(generator(f"{op} {dtype} {name}"), x, dtype)
    return make_case(name, attributes, operator, [quantized(data, scale, zero)], result(dtype, scale, zero, output_shape))


def tensor_to_json(tensor):
    """The JSON object of a tensor; float32 numbers are printed so that doubles read them exactly."""
    return {
        "dtype": tensor.dtype,
        "shape": [int(size) for size in tensor.shape],
        "scales": [float(np.float32(scale)) for scale in tensor.scales],
        "zeroPoints": [int(zero) for zero in tensor.zero_points],
        "axis": tensor.axis,
        "data": numbers(tensor.data),
    }


def numbers(data):
    """The flat values of an array; whole float32 values become integers to keep the text short, large integers text."""
    values = data.reshape(-1).tolist()
    if data.dtype == np.float32:
        return [int(v) if v.is_integer() and abs(v) < LARGEST_DOUBLE_INTEGER else v for v in values]
    return [v if abs(v) <= LARGEST_DOUBLE_INTEGER else str(v) for v in values]


def write_cases(path, operator_name, made_by, cases):
    """Write a fixture file with one case a line."""
    names = [case["name"] for case in cases]
    duplicates = {name for name in names if names.count(name) > 1}
    if duplicates:
        raise ValueError(f"{operator_name}: repeated case names {sorted(duplicates)}")
    head = json.dumps({"op": operator_name, "made_by": made_by}, separators=(",", ":"))[:-1]
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in cases)
    path.write_text(f'{head},"cases":[\n{lines}\n]}}\n', encoding="utf-8")
