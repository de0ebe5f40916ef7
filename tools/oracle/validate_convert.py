"""Compares `qpann convert` with TensorFlow's converter, given the same model and the same calibration samples.

    python tools/oracle/validate_convert.py                              the tables of docs/validation.md, section "Conversion"
    python tools/oracle/validate_convert.py mobilenet --variant 16x8     one network, one way to quantize it

Build QPANN first (`npm run build`). Both files are run by TensorFlow Lite's reference kernels: on all samples to compare the
largest outputs, and QPANN's also on a few to compare every tensor with what QPANN computes.
"""

import argparse
import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convert_networks import NAMES, load
from tflite_file import read_operators, with_all_outputs
from validate_networks import ROOT, reference_interpreter, tf

QPANN = ["node", str(ROOT / "dist" / "cli" / "main.js")]


@dataclass(frozen=True)
class Variant:
    """One way to quantize: QPANN's flags and the converter's."""

    flags: tuple
    io: tf.DType
    wide: bool = False
    per_tensor: bool = False


VARIANTS = {
    "int8": Variant((), tf.int8),
    "per-tensor": Variant(("--per-tensor",), tf.int8, per_tensor=True),
    "16x8": Variant(("--int16-activations",), tf.int16, wide=True),
    "float32 io": Variant(("--io", "float32"), tf.float32),
    "uint8 io": Variant(("--io", "uint8"), tf.uint8),
}
# Samples on which every tensor is compared.
TRACED = 3


def processor():
    """Whose instruction TensorFlow takes reciprocal square roots from: Intel rounds that of the middle of an interval of 10 bits."""
    x = np.random.default_rng(1).uniform(1, 2, 4096).astype(np.float32)
    middle = (np.floor(x * 1024) + 0.5) / 1024
    y = (np.rint(8192 / np.sqrt(middle)) / 8192).astype(np.float32)
    error = x * y * y - np.float32(1)
    return "intel" if np.array_equal(tf.math.rsqrt(x).numpy(), y * np.float32(-0.5) * error + y) else "amd"


def convert_with_tensorflow(model, calibration, variant):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([sample[None]] for sample in calibration)
    wide = tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
    converter.target_spec.supported_ops = [wide if variant.wide else tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter._experimental_disable_per_channel = variant.per_tensor
    converter.inference_input_type = converter.inference_output_type = variant.io
    return converter.convert()


def qpann(*arguments):
    subprocess.run([*QPANN, *map(str, arguments)], check=True, capture_output=True, text=True)


def convert_with_qpann(path, calibration, variant, folder):
    samples, output = folder / "calibration.npy", folder / "model.tflite"
    np.save(samples, calibration)
    qpann("convert", path, "--calibration", samples, *variant.flags, "--processor", processor(), "-o", output, "--force")
    return output.read_bytes()


def quantized(values, details):
    """Real values as the input of a file."""
    dtype, (scale, zero_point) = details["dtype"], details["quantization"]
    if dtype == np.float32:
        return values
    steps = (values / np.float32(scale)).astype(np.float64)
    limits = np.iinfo(dtype)
    return np.clip(np.trunc(steps + np.copysign(0.5, steps)) + zero_point, limits.min, limits.max).astype(dtype)


def outputs_of(content, samples):
    interpreter = reference_interpreter(content)
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for sample in samples:
        interpreter.set_tensor(source["index"], quantized(sample, source)[None])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]).ravel())
    return np.stack(outputs)


@dataclass
class Comparison:
    """How two files with the same operators differ."""

    activations: int = 0
    zero_points: int = 0
    scale: float = 0
    scales: int = 0
    weights: int = 0
    different_weights: int = 0
    weight_scale: float = 0
    weight_scales: int = 0
    channels: int = 0
    biases: int = 0
    different_biases: int = 0


def relative(a, b):
    return float(np.max(np.abs(a.astype(np.float64) / b.astype(np.float64) - 1))) if len(a) else 0.0


def paired(ours, theirs, inputs):
    """Operators that read the same tensors, whatever the order of branches is; None when the files do not have the same ones."""
    twins, left, pairs = dict([inputs]), list(theirs), []

    def corresponds(own, other):
        """Whole numbers without a scale are shapes and the like, which TensorFlow may compute."""
        return own.name == other.name and len(own.inputs) == len(other.inputs) and all(
            twins.get(a.index) == b.index if a.data is None else b.data is not None and a.data.size == b.data.size
            for a, b in zip(own.inputs, other.inputs)
            if a.dtype != np.int32 or len(a.scales) > 0
        )

    for own in ours:
        other = next((candidate for candidate in left if corresponds(own, candidate)), None)
        if other is None:
            return None
        left.remove(other)
        twins.update((a.index, b.index) for a, b in zip(own.outputs, other.outputs))
        pairs.append((own, other))
    return None if left else pairs


def compare_files(pairs):
    result = Comparison()
    seen = set()
    for own, other in pairs:
        for a, b in zip([*own.inputs, *own.outputs], [*other.inputs, *other.outputs]):
            if a.dtype != b.dtype or len(a.scales) != len(b.scales):
                raise SystemExit(f"{own.name}: {a.name} is {a.dtype} with {len(a.scales)} scales, not {b.dtype} with {len(b.scales)}")
            if a.index in seen or len(a.scales) == 0:
                continue
            seen.add(a.index)
            differing = int((a.scales != b.scales).sum())
            if a.data is None:
                result.activations += 1
                result.zero_points += int((a.zero_points != b.zero_points).any())
                result.scales += differing
                result.scale = max(result.scale, relative(a.scales, b.scales))
            elif a.dtype in (np.int32, np.int64):
                result.biases += a.data.size
                result.different_biases += int((a.data != b.data).sum())
            else:
                result.weights += a.data.size
                result.different_weights += int((a.data != b.data).sum())
                result.channels += len(a.scales)
                result.weight_scales += differing
                result.weight_scale = max(result.weight_scale, relative(a.scales, b.scales))
    return result


def traced_differences(content, samples, folder):
    """Elements, over all tensors, in which TensorFlow Lite and QPANN differ when they run the same file, and their number."""
    interpreter = reference_interpreter(with_all_outputs(content))
    source = interpreter.get_input_details()[0]
    inputs = quantized(samples, source)
    model, values, dump = folder / "model.tflite", folder / "input.npy", folder / "dump"
    np.save(values, inputs)
    qpann("run", model, "--input", values, "--out", dump, "--all-tensors", "--force")
    manifest = json.loads((dump / "manifest.json").read_text())["tensors"]
    ours = {entry["name"]: np.load(dump / entry["file"]) for entry in manifest if entry["file"].startswith("tensors/")}
    written = [tensor for operator in read_operators(content) for tensor in operator.outputs]
    differing = total = 0
    for i in range(len(samples)):
        interpreter.set_tensor(source["index"], inputs[i : i + 1])
        interpreter.invoke()
        for tensor in written:
            expected = interpreter.get_tensor(tensor.index).ravel()
            actual = ours[tensor.name].reshape(len(samples), -1)[i]
            differing += int((expected != actual).sum())
            total += expected.size
    return differing, total


def measure(name, variant_name, folder):
    variant = VARIANTS[variant_name]
    model, path, calibration, samples = load(name, folder)
    theirs = convert_with_tensorflow(model, calibration, variant)
    ours = convert_with_qpann(path, calibration, variant, folder)
    own, other = read_operators(ours), read_operators(theirs)
    row = [name, variant_name]
    pairs = paired(own, other, (own[0].inputs[0].index, other[0].inputs[0].index))
    if pairs is None:
        print(f"{name}: operators differ:\n  {[o.name for o in own]}\n  {[o.name for o in other]}")
        row += ["–"] * 6
    else:
        older = {(a.name, a.version, b.version) for a, b in pairs if a.version < b.version}
        if older:
            print(f"{name}: older versions: {sorted(older)}")
        c = compare_files(pairs)
        row += [
            len(own),
            f"{c.zero_points} of {c.activations}",
            f"{c.scales} ({c.scale:.1e})",
            f"{c.different_weights} of {c.weights}",
            f"{c.weight_scales} of {c.channels} ({c.weight_scale:.1e})",
            f"{c.different_biases} of {c.biases}",
        ]
    a, b = outputs_of(ours, samples), outputs_of(theirs, samples)
    same = int((a.argmax(1) == b.argmax(1)).sum())
    differing, total = traced_differences(ours, samples[:TRACED], folder)
    row += [f"{same} of {len(samples)}", f"{100 * np.mean(a == b):.2f} %", f"{differing} of {total}"]
    return row


HEADER = [
    "network",
    "variant",
    "operators",
    "zero points that differ",
    "activation scales that differ (largest, relative)",
    "int8 weights that differ",
    "weight scales that differ (largest, relative)",
    "biases that differ",
    "same largest output",
    "same outputs",
    "elements in which TensorFlow Lite and QPANN differ on QPANN's file",
]


def main(names, variants):
    print(f"TensorFlow {tf.__version__} on a processor that rounds as {processor()}'s")
    rows = []
    for name in names:
        for variant in variants:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(measure(name, variant, Path(folder)))
    print("\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in [HEADER, ["---"] * len(HEADER), *rows]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Compare qpann convert with TensorFlow's converter.")
    parser.add_argument("networks", nargs="*", choices=[*NAMES, []], help="all when absent")
    parser.add_argument("--variant", choices=VARIANTS, action="append", help="int8 when absent; may be given several times")
    options = parser.parse_args()
    main(options.networks or NAMES, options.variant or ["int8"])
