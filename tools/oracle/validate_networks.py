"""The three networks of docs/validation.md: their pictures, and what Keras and TensorFlow Lite make of them."""

import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[2]
DATA = (ROOT / os.environ.get("QPANN_DATA", "../shared/data")).resolve()
DEMO = ROOT / "fixtures" / "demo"
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)


@dataclass(frozen=True)
class Network:
    """A trained network, its labelled pictures, and how a picture becomes its input."""

    title: str
    model: Path
    images: Path
    labels: Path
    calibration: Path
    size: int
    crop_fraction: float | None
    mode: str

    def load(self):
        return tf.keras.models.load_model(self.model, compile=False)

    def inputs(self, folder, indices=None):
        """The pictures of a folder in name order, or those at some positions, as the network's float32 input."""
        files = list_images(folder)
        chosen = files if indices is None else [files[i] for i in indices]
        return np.stack([self.read(file) for file in chosen])

    def read(self, file):
        image = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
        if self.crop_fraction is not None:
            image = center_crop(image, self.crop_fraction)
        image = image.resize((self.size, self.size), Image.Resampling.BILINEAR)
        pixels = np.asarray(image, np.float32)
        return pixels / np.float32(127.5) - np.float32(1) if self.mode == "tf" else pixels

    def label_classes(self):
        return np.loadtxt(self.labels, dtype=int)


NETWORKS = {
    "mobilenet": Network(
        "MobileNet v1 0.25",
        DATA / "models" / "mobilenet_v1_025_224.h5",
        DATA / "imagenet" / "images",
        DATA / "imagenet" / "labels.txt",
        DATA / "imagenet" / "images",
        224,
        0.875,
        "tf",
    ),
    "resnet8": Network(
        "ResNet-8",
        DATA / "models" / "resnet8_cifar10.h5",
        DATA / "cifar10" / "images",
        DATA / "cifar10" / "labels.txt",
        DATA / "cifar10" / "images",
        32,
        None,
        "none",
    ),
    "demo": Network(
        "Demo",
        DEMO / "model.h5",
        DEMO / "images",
        DEMO / "labels.txt",
        DEMO / "calibration",
        64,
        None,
        "tf",
    ),
}


def list_images(folder):
    """Picture files in the order of their names' UTF-16 code units, as QPANN's."""
    files = [file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES and file.name[0] != "."]
    return sorted(files, key=lambda file: file.name.encode("utf-16-be"))


def center_crop(image, fraction):
    """The square in the middle, its side a fraction of the shorter side."""
    side = max(1, round(fraction * min(image.size)))
    left, top = ((length - side) // 2 for length in image.size)
    return image.crop((left, top, left + side, top + side))


def run_keras(model, inputs, batch=20):
    """Softmax outputs."""
    parts = [model(inputs[i : i + batch], training=False).numpy() for i in range(0, len(inputs), batch)]
    return np.concatenate(parts)


def full_int8(model, calibration):
    """TensorFlow Lite's post-training full-integer conversion, int8 in and out."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[None]] for sample in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def reference_interpreter(flatbuffer, keep_tensors=False):
    """An interpreter with the reference kernels, which QPANN's integer kernels follow."""
    interpreter = tf.lite.Interpreter(
        model_content=flatbuffer,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
        experimental_preserve_all_tensors=keep_tensors,
        num_threads=1,
    )
    interpreter.allocate_tensors()
    return interpreter


def quantize(values, scale, zero_point):
    """Division in float32, halves away from zero, as TensorFlow Lite's QUANTIZE."""
    steps = (values / np.float32(scale)).astype(np.float64)
    rounded = np.trunc(steps + np.copysign(0.5, steps))
    return np.clip(rounded + zero_point, -128, 127).astype(np.int8)


def run_tflite(flatbuffer, inputs):
    """Int8 outputs of the reference kernels, as wide integers."""
    interpreter = reference_interpreter(flatbuffer)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for sample in inputs:
        interpreter.set_tensor(source["index"], quantize(sample, *source["quantization"])[None])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"])[0].astype(int))
    return np.stack(outputs)
