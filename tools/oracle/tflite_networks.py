"""Writes fixtures/tflite: small Keras networks converted by TensorFlow Lite, with every tensor of one run.

    python tools/oracle/tflite_networks.py           all networks, or those that are named

The JSON beside each `.tflite` holds the input and the values of every tensor that an operator writes, computed by the
reference kernels (`OpResolverType.BUILTIN_REF`): for each operator the element type and the values, little-endian in base64, of
its first output, and `others` if it has more.
With QPANN_DATA (or ../shared/data) it also prints the SHA-256 of all tensors of the MobileNets for a seeded input.
"""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import flatbuffers
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.lite.python import schema_py_generated as schema

from tflite_block_networks import gated, rows, swished, upsampling
from tflite_function_networks import differences, functions, units

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "tflite"
DATA = (ROOT / os.environ.get("QPANN_DATA", "../shared/data")).resolve()


def mobile():
    """Convolutions with fused activations, a padding, a residual sum, a mean and a softmax."""
    x = layers.Input((13, 12, 3), name="image")
    y = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU(6.0)(y)
    z = layers.DepthwiseConv2D(3, padding="same", activation="relu")(y)
    z = layers.Conv2D(8, 1)(z)
    y = layers.Add()([y, z])
    y = layers.ZeroPadding2D(((0, 1), (1, 0)))(y)
    y = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=2, activation="relu6")(y)
    y = layers.GlobalAveragePooling2D(keepdims=True)(y)
    y = layers.Conv2D(10, 1)(y)
    y = layers.Reshape((10,))(y)
    return tf.keras.Model(x, layers.Softmax()(y))


def dense():
    """Pools, a flattening, fully connected layers, tanh and logistic."""
    x = layers.Input((11, 10, 2), batch_size=1, name="image")
    y = layers.Conv2D(6, 3, dilation_rate=2, activation="relu")(x)
    y = layers.MaxPooling2D(2)(y)
    y = layers.AveragePooling2D(2, strides=1, padding="same")(y)
    y = layers.Flatten()(y)
    y = layers.Dense(12, activation="tanh")(y)
    y = layers.Dense(9, activation="relu")(y)
    y = layers.Dense(7, use_bias=False)(y)
    return tf.keras.Model(x, layers.Activation("sigmoid")(y))


def merges():
    """Branches: sum, difference, product, concatenation, leaky ReLU, ReLU6, slice, maximum, dense over pixels."""
    x = layers.Input((8, 8, 4), batch_size=1, name="image")
    a = layers.LeakyReLU(0.2)(layers.Conv2D(4, 3, padding="same")(x))
    b = layers.Conv2D(4, 1)(x)
    y = layers.Concatenate()([layers.Add()([a, b]), layers.Subtract()([a, b]), layers.Multiply()([a, b])])
    y = tf.slice(y, [0, 1, 0, 2], [1, 5, 7, 9])
    y = layers.ReLU(6.0)(y)
    y = layers.Rescaling(0.5, offset=0.25)(y)
    y = layers.Dense(5)(y)
    return tf.keras.Model(x, layers.GlobalMaxPooling2D()(y))


def wide():
    """Layers with so many weights that the converter quantizes them alone."""
    x = layers.Input((7, 6, 8), batch_size=1, name="image")
    y = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    y = layers.DepthwiseConv2D(3, strides=2, depth_multiplier=8)(y)
    y = layers.Conv2D(9, 1, activation="relu6")(y)
    y = layers.Flatten()(y)
    return tf.keras.Model(x, layers.Dense(20)(layers.Dense(60, activation="tanh")(y)))


NETWORKS = {
    "mobile": mobile,
    "dense": dense,
    "merges": merges,
    "wide": wide,
    "functions": functions,
    "differences": differences,
    "units": units,
    "gated": gated,
    "swished": swished,
    "upsampling": upsampling,
    "rows": rows,
}
# Some operators have no kernels for 16-bit activations.
KINDS = {
    "mobile": ("float", "int8", "16x8", "float16"),
    "dense": ("float", "int8", "16x8", "16x8-bias32"),
    "merges": ("float", "int8", "16x8"),
    "wide": ("dynamic",),
    "functions": ("float", "int8", "16x8"),
    "differences": ("float", "int8"),
    "units": ("float", "int8"),
    "gated": ("float", "int8", "16x8"),
    "swished": ("float", "int8", "16x8"),
    "upsampling": ("float", "int8", "16x8"),
    "rows": ("float", "int8"),
}
INT16 = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8


def prepared(network):
    """A Keras network with random weights."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(7)
    model = network()
    rng = np.random.default_rng(11)
    model.set_weights([moved(weight, rng) for weight in model.get_weights()])
    return model


def moved(weight, rng):
    """Weights away from their initial values, so that biases and statistics are not trivial; variances stay positive."""
    result = (weight + rng.normal(0, 0.15, weight.shape)).astype(np.float32)
    return np.abs(result) if np.all(weight == 1) else result


def samples(shape):
    rng = np.random.default_rng(5)
    return [rng.uniform(-1, 1, (1, *shape)).astype(np.float32) for _ in range(8)]


def convert(model, kind):
    return converted(tf.lite.TFLiteConverter.from_keras_model(model), kind, samples(model.input_shape[1:]))


def converted(converter, kind, calibration):
    """What a converter makes of its network in one of the kinds, calibrated with inputs where it is quantized."""
    if kind != "float":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if kind == "16x8-bias32":
        converter._experimental_full_integer_quantization_bias_type = tf.int32
    if kind in ("int8", "16x8", "16x8-bias32"):
        converter.representative_dataset = lambda: ([x] for x in calibration)
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS_INT8 if kind == "int8" else INT16,
            tf.lite.OpsSet.TFLITE_BUILTINS,
        ]
        dtype = tf.int8 if kind == "int8" else tf.int16
        converter.inference_input_type = converter.inference_output_type = dtype
    return converter.convert()


def interpreter_of(content):
    interpreter = tf.lite.Interpreter(
        model_content=content,
        experimental_op_resolver_type=resolver_of(content),
        experimental_preserve_all_tensors=True,
        num_threads=1,
    )
    interpreter.allocate_tensors()
    return interpreter


def resolver_of(content):
    """The reference kernels, or the usual ones for a network with ELU, which those lack."""
    resolvers = tf.lite.experimental.OpResolverType
    codes = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0)).operatorCodes
    has_elu = any(code.builtinCode == schema.BuiltinOperator.ELU for code in codes)
    return resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES if has_elu else resolvers.BUILTIN_REF


def random_input(detail, seed):
    """Integers from a congruential generator, so that tests can make them again; floats are these over 128."""
    count = int(np.prod(detail["shape"]))
    values = np.empty(count, np.int64)
    state = seed
    for i in range(count):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = (state >> 24) - 128
    dtype = detail["dtype"]
    scaled = values / np.float32(128) if dtype == np.float32 else values * (256 if dtype == np.int16 else 1)
    return scaled.reshape(detail["shape"]).astype(dtype)


def run(content, seed):
    """The interpreter after one run. Every tensor is an output, so that no kernel overwrites its input."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    graph = model.subgraphs[0]
    graph.outputs = [int(output) for operator in graph.operators for output in operator.outputs]
    model.signatureDefs = []
    for code in model.operatorCodes:
        # The reference resolver knows version 1 alone; its kernel is that of version 2 too.
        if code.builtinCode == schema.BuiltinOperator.DEPTH_TO_SPACE:
            code.version = 1
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    interpreter = interpreter_of(bytes(builder.Output()))
    detail = interpreter.get_input_details()[0]
    interpreter.set_tensor(detail["index"], random_input(detail, seed))
    interpreter.invoke()
    return interpreter


def written(interpreter):
    """What the operators wrote, in the order of the file."""
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]


def output_counts(content):
    """The number of outputs of each operator."""
    graph = schema.Model.GetRootAsModel(content, 0).Subgraphs(0)
    return [graph.Operators(i).OutputsLength() for i in range(graph.OperatorsLength())]


def packed(array):
    little = array.astype(array.dtype.newbyteorder("<"))
    return {"dtype": str(array.dtype), "values": base64.b64encode(little.tobytes()).decode()}


def with_float_weights(content):
    """The same network with the weights of its float layers dequantized, as QPANN computes it."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    interpreter = interpreter_of(content)
    for index, tensor in enumerate(model.subgraphs[0].tensors):
        if tensor.type == schema.TensorType.INT8:
            scales, zeros, axis = (interpreter._get_tensor_details(index, 0)["quantization_parameters"][key] for key in QUANTIZATION)
            values = interpreter.get_tensor(index).astype(np.float64)
            shape = [-1 if d == axis else 1 for d in range(values.ndim)] if len(scales) > 1 else []
            real = scales.astype(np.float64).reshape(shape) * (values - zeros.reshape(shape))
            model.buffers[tensor.buffer].data = np.frombuffer(real.astype(np.float32).tobytes(), np.uint8)
            tensor.type = schema.TensorType.FLOAT32
            tensor.quantization = None
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


QUANTIZATION = ("scales", "zero_points", "quantized_dimension")


def save(name, content):
    """Writes a network and what the reference kernels make of it."""
    path = FIXTURES / f"{name}.tflite"
    path.write_bytes(content)
    operators = save_answers(path.with_suffix(".json"), content)
    print(f"{path.name}: {len(content)} bytes, {len(operators)} operators")


def save_answers(path, content):
    """Writes what the reference kernels make of a network: every tensor of one run."""
    interpreter = run(with_float_weights(content) if path.stem.endswith("-dynamic") else content, 1)
    arrays = iter(written(interpreter))
    operators = []
    for count in output_counts(content):
        first, *others = [packed(next(arrays)) for _ in range(count)]
        operators.append({**first, **({"others": others} if others else {})})
    facts = {
        "madeBy": f"TensorFlow {tf.__version__}, BUILTIN_REF",
        "input": packed(interpreter.get_tensor(interpreter.get_input_details()[0]["index"])),
        "operators": operators,
    }
    path.write_text(json.dumps(facts, separators=(",", ":")) + "\n")
    return operators


def print_checksum(path):
    digest = hashlib.sha256()
    for array in written(run(path.read_bytes(), 1)):
        if array.dtype != np.int32:
            digest.update(array.tobytes())
    print(f"{path.name}: SHA-256 of all tensors {digest.hexdigest()}")


if __name__ == "__main__":
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[1:] or NETWORKS:
        for kind in KINDS[name]:
            save(f"{name}-{kind}", convert(prepared(NETWORKS[name]), kind))
    for model in ("mobilenet_v1_025_224_int8.tflite", "mobilenet_v2_100_224_ptq.tflite"):
        if (DATA / "models" / model).exists():
            print_checksum(DATA / "models" / model)
