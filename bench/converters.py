"""The converters of each peer, in their default settings."""
import sys
import types
import warnings

import onnx
import tensorflow as tf
import tf2onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

OPSET = 17


def tflite(model, samples=None, io=tf.int8):
    """TensorFlow's own conversion: float32, or full int8, calibrated on the samples. Batches of one: LiteRT.js takes no open shape."""
    source = tf.keras.Input(model.input_shape[1:], batch_size=1)
    single = tf.keras.models.clone_model(model, input_tensors=source)
    single.set_weights(model.get_weights())
    converter = tf.lite.TFLiteConverter.from_keras_model(single)
    if samples is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([sample[None]] for sample in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = io
    return converter.convert()


def float_onnx(model, path):
    signature = [tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name='input')]
    network, _ = tf2onnx.convert.from_keras(model, signature, opset=OPSET)
    onnx.save(network, path)


def int8_onnx(source, target, samples):
    """Static quantization to QDQ, int8 weights per channel and int8 activations."""

    class Samples(CalibrationDataReader):
        def __init__(self):
            self.left = iter(samples)

        def get_next(self):
            sample = next(self.left, None)
            return None if sample is None else {'input': sample[None]}

    prepared = target.with_suffix('.prepared')
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared), str(target), Samples(), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
    )
    prepared.unlink()


def tfjs_graph(model, folder):
    """A TensorFlow.js graph model. The converter imports packages for kinds of models that are not converted here."""
    for name in ('tensorflow_decision_forests', 'jax', 'jax.experimental', 'jax.experimental.jax2tf'):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules['jax.experimental'].jax2tf = sys.modules['jax.experimental.jax2tf']
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        from tensorflowjs.converters.tf_saved_model_conversion_v2 import convert_keras_model_to_graph_model
    convert_keras_model_to_graph_model(model, str(folder))
