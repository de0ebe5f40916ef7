"""Models of a single operator: built as flatbuffers, run by TensorFlow Lite's reference kernels."""

from dataclasses import dataclass, field

import flatbuffers
import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

FILE_IDENTIFIER = b"TFL3"

TYPE_CODES = {
    "float32": schema.TensorType.FLOAT32,
    "int8": schema.TensorType.INT8,
    "uint8": schema.TensorType.UINT8,
    "int16": schema.TensorType.INT16,
    "int32": schema.TensorType.INT32,
    "int64": schema.TensorType.INT64,
}

# The versions that TensorFlow's converter gives operators, by the type of their first input, where they are not 1.
VERSIONS = {
    "ABS": {"int8": 2, "int16": 3},
    "ADD": {"int8": 2, "int16": 3},
    "ARG_MAX": {"int8": 2, "uint8": 2},
    "AVERAGE_POOL_2D": {"int8": 2, "int16": 3},
    "BATCH_TO_SPACE_ND": {"int8": 2, "int16": 3},
    "CAST": {"int8": 3, "uint8": 3, "int16": 4},
    "CONCATENATION": {"int8": 2, "int16": 3},
    "CONV_2D": {"int8": 3, "int16": 4},
    "DEPTHWISE_CONV_2D": {"int8": 3, "int16": 5},
    "DEQUANTIZE": {"int8": 2, "int16": 3},
    "EXP": {"int8": 2, "int16": 2},
    "FULLY_CONNECTED": {"int8": 4, "int16": 7},
    "GATHER": {"int8": 2, "int16": 4},
    "L2_NORMALIZATION": {"int8": 2},
    "LEAKY_RELU": {"int16": 2},
    "LOG_SOFTMAX": {"int8": 2},
    "LOGISTIC": {"int8": 2, "int16": 3},
    "MAXIMUM": {"int8": 2, "int16": 4},
    "MAX_POOL_2D": {"int8": 2, "int16": 3},
    "MEAN": {"int8": 2, "int16": 3},
    "MINIMUM": {"int8": 2, "int16": 4},
    "MIRROR_PAD": {"int8": 2, "int16": 3},
    "MUL": {"int8": 2, "int16": 4},
    "PAD": {"int8": 2, "int16": 3},
    "PADV2": {"int8": 2, "int16": 3},
    "REDUCE_MAX": {"int8": 2, "int16": 3},
    "RELU": {"int8": 2, "int16": 3},
    "RELU6": {"int8": 2, "int16": 3},
    "RSQRT": {"int8": 2, "int16": 3},
    "SLICE": {"int8": 2, "int16": 4},
    "SOFTMAX": {"int8": 2, "int16": 3},
    "SPACE_TO_BATCH_ND": {"int8": 2, "int16": 3},
    "SPACE_TO_DEPTH": {"int8": 2},
    "SQUARED_DIFFERENCE": {"int8": 2},
    "STRIDED_SLICE": {"int8": 2, "int16": 4},
    "SUB": {"int8": 2, "int16": 5},
    "SUM": {"int8": 2},
    "TANH": {"int8": 2, "int16": 3},
    "TRANSPOSE": {"int8": 2, "int16": 4},
}


# What the 8 bits hold for a code that does not fit.
PLACEHOLDER_CODE = schema.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES

# Operators whose only kernels are not among the reference kernels of TensorFlow Lite 2.15.1.
WITHOUT_REFERENCE = ("ELU",)


@dataclass
class Tensor:
    """A tensor with its quantization; constants are stored in the model instead of being fed."""

    shape: tuple
    dtype: str
    data: np.ndarray = None
    scales: tuple = ()
    zero_points: tuple = ()
    axis: int = None
    constant: bool = False


@dataclass
class Operator:
    """A builtin operator, its option table and the constant operands that carry its attributes."""

    name: str
    options_name: str = None
    options: dict = field(default_factory=dict)
    parameters: list = field(default_factory=list)
    version: int = None
    # Positions of inputs, then parameters, as the operator takes them; none when that is their order.
    order: list = None


@dataclass
class Step:
    """An operator with all that it reads, its parameters among them, and all that it writes."""

    operator: Operator
    inputs: list
    outputs: list


def parameter(values, dtype="int32"):
    """A constant operand of plain integers, such as the axes of MEAN."""
    data = np.array(values, dtype=dtype)
    return Tensor(data.shape, dtype, data, constant=True)


def run(operator, inputs, output):
    """Run the operator with BUILTIN_REF kernels, where it has any, and return the output's values."""
    tensors = [*inputs, *operator.parameters]
    if operator.order:
        tensors = [tensors[i] for i in operator.order]
    interpreter = tf.lite.Interpreter(
        model_content=build(operator, tensors, output),
        experimental_op_resolver_type=resolver_of(operator),
        num_threads=1,
    )
    interpreter.allocate_tensors()
    fed = [tensor for tensor in tensors if not tensor.constant]
    for detail, tensor in zip(interpreter.get_input_details(), fed, strict=True):
        interpreter.set_tensor(detail["index"], tensor.data)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def resolver_of(operator):
    """The set of kernels that answers for the operator."""
    resolvers = tf.lite.experimental.OpResolverType
    if operator.name in WITHOUT_REFERENCE:
        return resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    return resolvers.BUILTIN_REF


def build(operator, tensors, output):
    """The flatbuffer of a model that applies one operator to the tensors."""
    return build_network([tensor for tensor in tensors if not tensor.constant], [Step(operator, tensors, [output])])


def build_network(inputs, steps):
    """The flatbuffer of a model whose output is what its last operator writes first."""
    model = schema.ModelT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    tensors = [*inputs]
    for step in steps:
        tensors += [t for t in [*step.inputs, *step.outputs] if not any(t is known for known in tensors)]
    places = {id(tensor): place for place, tensor in enumerate(tensors)}
    graph = schema.SubGraphT()
    graph.tensors = [pack_tensor(model, tensor, i) for i, tensor in enumerate(tensors)]
    graph.inputs = [places[id(tensor)] for tensor in inputs]
    graph.outputs = [places[id(steps[-1].outputs[0])]]
    graph.operators = [pack_operator(step, places, code) for code, step in enumerate(steps)]
    model.operatorCodes = [pack_operator_code(step.operator, step.inputs[0].dtype) for step in steps]
    model.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(builder.Output())


def pack_tensor(model, tensor, index):
    """The schema's tensor, with a new buffer in the model when it is constant."""
    packed = schema.TensorT()
    packed.name = f"tensor{index}"
    packed.shape = list(tensor.shape)
    packed.type = TYPE_CODES[tensor.dtype]
    packed.buffer = 0
    if tensor.constant:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(tensor.data.tobytes(), dtype=np.uint8)
        packed.buffer = len(model.buffers)
        model.buffers.append(buffer)
    if len(tensor.scales) > 0:
        packed.quantization = schema.QuantizationParametersT()
        packed.quantization.scale = [float(scale) for scale in tensor.scales]
        packed.quantization.zeroPoint = [int(zero) for zero in tensor.zero_points]
        packed.quantization.quantizedDimension = tensor.axis or 0
    return packed


def pack_operator(step, places, code):
    """The schema's operator; each step has a code of its own."""
    operator = step.operator
    packed = schema.OperatorT()
    packed.opcodeIndex = code
    packed.inputs = [places[id(tensor)] for tensor in step.inputs]
    packed.outputs = [places[id(tensor)] for tensor in step.outputs]
    if operator.options_name:
        packed.builtinOptionsType = getattr(schema.BuiltinOptions, operator.options_name)
        packed.builtinOptions = getattr(schema, operator.options_name + "T")()
        for name, value in operator.options.items():
            if not hasattr(packed.builtinOptions, name):
                raise AttributeError(f"{operator.options_name} has no option {name}")
            setattr(packed.builtinOptions, name, value)
    return packed


def pack_operator_code(operator, dtype):
    """The schema's operator code, which is also stored in 8 bits where it fits."""
    packed = schema.OperatorCodeT()
    packed.builtinCode = getattr(schema.BuiltinOperator, operator.name)
    packed.deprecatedBuiltinCode = min(packed.builtinCode, PLACEHOLDER_CODE)
    packed.version = operator.version or VERSIONS.get(operator.name, {}).get(dtype, 1)
    return packed
