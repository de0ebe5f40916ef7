"""Writes fixtures/tflite/dense-int4: a network of the converter's with its weights cut to 4 bits, two of them in a byte.

    python tools/oracle/tflite_networks_int4.py     # needs fixtures/tflite/dense-int8.tflite

The converter of TensorFlow 2.15 does not make such files; its reference kernels read them.
"""

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from tflite_networks import FIXTURES, save

# The first versions of the operators that have 4-bit weights.
VERSIONS = {schema.BuiltinOperator.CONV_2D: 7, schema.BuiltinOperator.FULLY_CONNECTED: 10}
DROPPED = 16


def packed(values):
    """Numbers of 4 bits, the first of a pair in the lower half of the byte."""
    nibbles = np.append(values, 0)[: values.size + values.size % 2] & 15
    return (nibbles[0::2] | nibbles[1::2] << 4).astype(np.uint8)


def with_four_bits(content):
    """The network with weights, and biases with them, in units that are 16 times as large."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    graph = model.subgraphs[0]
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        if code.builtinCode in VERSIONS:
            code.version = VERSIONS[code.builtinCode]
            weights, *bias = [graph.tensors[index] for index in operator.inputs[1:] if index >= 0]
            values = np.frombuffer(bytes(model.buffers[weights.buffer].data), np.int8).astype(int)
            model.buffers[weights.buffer].data = packed(np.clip(np.round(values / DROPPED).astype(int), -8, 7))
            weights.type = schema.TensorType.INT4
            for tensor in bias:
                values = np.frombuffer(bytes(model.buffers[tensor.buffer].data), np.int32)
                model.buffers[tensor.buffer].data = np.frombuffer((values // DROPPED).tobytes(), np.uint8)
            for tensor in [weights, *bias]:
                tensor.quantization.scale = [scale * DROPPED for scale in tensor.quantization.scale]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


if __name__ == "__main__":
    save("dense-int4", with_four_bits((FIXTURES / "dense-int8.tflite").read_bytes()))
