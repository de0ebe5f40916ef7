"""What a .tflite file holds, as plain data."""

from dataclasses import dataclass

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

BUILTINS = {code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
DTYPES = {
    17: np.int8,  # INT4, two in a byte
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.BOOL: np.bool_,
    schema.TensorType.INT8: np.int8,
    schema.TensorType.UINT8: np.uint8,
    schema.TensorType.INT16: np.int16,
    schema.TensorType.INT32: np.int32,
    schema.TensorType.INT64: np.int64,
}


@dataclass(frozen=True)
class Tensor:
    index: int
    name: str
    dtype: np.dtype
    scales: np.ndarray
    zero_points: np.ndarray
    data: np.ndarray | None


@dataclass(frozen=True)
class Operator:
    name: str
    version: int
    inputs: list
    outputs: list


def array(values):
    return np.asarray(values) if isinstance(values, np.ndarray) else np.array([])


def read_operators(content, with_shapes=False):
    """The operators of a file with their tensors, without those that compute shapes unless they are asked for."""
    model = schema.Model.GetRootAs(bytearray(content), 0)
    graph = model.Subgraphs(0)

    def tensor(index):
        table = graph.Tensors(index)
        dtype = np.dtype(DTYPES[table.Type()])
        quantization = table.Quantization()
        data = array(model.Buffers(table.Buffer()).DataAsNumpy())
        return Tensor(
            index,
            table.Name().decode(),
            dtype,
            array(quantization.ScaleAsNumpy()) if quantization else np.array([]),
            array(quantization.ZeroPointAsNumpy()) if quantization else np.array([]),
            data.view(dtype) if len(data) else None,
        )

    operators = []
    for i in range(graph.OperatorsLength()):
        table = graph.Operators(i)
        code = model.OperatorCodes(table.OpcodeIndex())
        name = BUILTINS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        inputs = [tensor(index) for index in table.InputsAsNumpy() if index >= 0]
        outputs = [tensor(index) for index in table.OutputsAsNumpy()]
        if with_shapes or outputs[0].dtype != np.int32:
            operators.append(Operator(name, code.Version(), inputs, outputs))
    return operators


def with_all_outputs(content):
    """The file with every tensor that an operator writes as an output, so that no kernel overwrites its input."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(bytearray(content), 0))
    graph = model.subgraphs[0]
    graph.outputs = [int(index) for operator in graph.operators for index in operator.outputs]
    model.signatureDefs = []
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
