"""Runs whole networks in QPANN and in TensorFlow Lite's reference kernels and compares every tensor.

    python tools/oracle/validate_zoo.py                            the tables of docs/validation.md, section "Whole networks"
    python tools/oracle/validate_zoo.py ResNet50 --kind int8       one network in one kind
    python tools/oracle/validate_zoo.py random --seeds 0:20        some of the random networks

Build QPANN first (`npm run build`). Integers must be equal on every element: cells count those that differ. For floats a cell has the largest
difference, relative to the largest value of its tensor. Dynamic-range networks are compared with the same network whose weights are dequantized,
as QPANN computes it. "(2*)" counts networks that ran with TensorFlow Lite's usual kernels, since the reference kernels abort or lack an operator.
"""

import argparse
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import zoo_networks
from tflite_file import read_operators, with_all_outputs
from tflite_networks import converted, with_float_weights
from validate_convert import QPANN, processor, quantized
from validate_networks import tf
from validate_reexport import interpreter_of
from zoo_random import random_network
from zoo_uint8 import UINT8, convert_uint8

KINDS = ("int8", "16x8", "float", "float16", "dynamic")
RANDOM, CALIBRATION = "random", 3
RESOLVERS = [getattr(tf.lite.experimental.OpResolverType, name) for name in ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES")]


@dataclass
class Result:
    """Elements compared and what differs, over all tensors of some runs."""

    networks: int = 0
    integers: int = 0
    differing: int = 0
    floats: int = 0
    error: float = 0
    usual: int = 0
    refused: tuple = ()

    def __add__(self, other):
        worst = max(self.error, other.error)
        summed = (getattr(self, name) + getattr(other, name) for name in ("networks", "integers", "differing", "floats"))
        return Result(*summed, worst, self.usual + other.usual, self.refused + other.refused)

    def __str__(self):
        parts = [f"{self.differing} of {self.integers:,}"] * (self.integers > 0) + [f"{self.error:.1e}"] * (self.floats > 0)
        return ", ".join([*parts, *self.refused]) + f" ({self.usual}*)" * (self.usual > 0)


class Refused(Exception):
    """QPANN stopped; the text is what it said."""


def qpann(*arguments):
    done = subprocess.run([*QPANN, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused((done.stderr.strip().splitlines() or ["no message"])[-1])


def dumped(model, values, folder):
    """Every tensor that QPANN computes from an input, by name."""
    dump = folder / "dump"
    np.save(folder / "input.npy", values)
    qpann("run", model, "--input", folder / "input.npy", "--out", dump, "--all-tensors", "--force")
    entries = json.loads((dump / "manifest.json").read_text())["tensors"]
    return {entry["name"]: np.load(dump / entry["file"]) for entry in entries if entry["file"].startswith("tensors/")}


def resolver_for(content):
    """The reference kernels, or the usual ones where those stop or lack something; None where these do too."""
    return next((resolver for resolver in RESOLVERS if runs(content, resolver)), None)


def runs(content, resolver):
    """Whether TensorFlow Lite runs a file. It may abort, so it tries in a process of its own."""
    child = os.fork()
    if child == 0:
        try:
            interpreter_of(content, resolver).invoke()
            os._exit(0)
        except (RuntimeError, ValueError):
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def compare(content, sample, folder, label):
    """One run of a file in both, tensor by tensor."""
    path = folder / "model.tflite"
    path.write_bytes(content)
    oracle = with_all_outputs(with_float_weights(content) if label.endswith("dynamic") else content)
    resolver = resolver_for(oracle)
    if resolver is None:
        print(f"{label}: TensorFlow Lite refuses it", flush=True)
        return Result()
    interpreter = interpreter_of(oracle, resolver)
    source = interpreter.get_input_details()[0]
    values = quantized(sample, source)[None].reshape(source["shape"])
    result = Result(networks=1, usual=int(resolver != RESOLVERS[0]))
    try:
        qpann("inspect", path)
        ours = dumped(path, values, folder)
    except Refused as refusal:
        print(f"{label}: {refusal}", flush=True)
        return result + Result(refused=("refused",))
    interpreter.set_tensor(source["index"], values)
    interpreter.invoke()
    for position, operator in enumerate(read_operators(content)):
        for tensor in operator.outputs:
            expected = interpreter.get_tensor(tensor.index).ravel()
            actual = ours.get(tensor.name)
            if actual is None:
                if operator.name != "DEQUANTIZE":
                    print(f"{label}: {position} {operator.name} {tensor.name} is not there", flush=True)
                continue
            one = differences(expected, actual.ravel())
            if (one.differing > 0 or one.error > 1e-3) and result.differing == 0 and result.error <= 1e-3:
                print(f"{label}: first differs {position} {operator.name} {tensor.name}: {one}", flush=True)
            result += one
    return result


def differences(expected, actual):
    if expected.dtype != actual.dtype or expected.size != actual.size:
        return Result(refused=(f"{actual.size} {actual.dtype}, not {expected.size} {expected.dtype}",))
    if expected.dtype.kind != "f":
        return Result(integers=expected.size, differing=int((expected != actual).sum()))
    largest = np.abs(expected).max(initial=np.finfo(np.float32).tiny)
    return Result(floats=expected.size, error=float(np.abs(expected - actual).max(initial=0) / largest))


def architecture(name, kinds, folder):
    """A row: the network's file of each kind, Keras's output, and QPANN's own conversion."""
    random = np.random.default_rng(2)
    model, (low, high) = zoo_networks.build(name), zoo_networks.NETWORKS[name][1]
    shape = model.input_shape[1:]
    samples = random.uniform(low, high, (CALIBRATION + 1, *shape)).astype(np.float32)
    calibration, sample = [s[None] for s in samples[:-1]], samples[-1]
    row = [name]
    for kind in kinds:
        if kind in KINDS:
            converter = tf.lite.TFLiteConverter.from_keras_model(model)
            content = converted(converter, kind, calibration)
            row.append(compare(content, sample, folder, f"{name} {kind}"))
    if "keras" in kinds:
        row += keras(name, model, samples, folder)
    return row


def keras(name, model, samples, folder):
    """The largest difference from Keras's output, and QPANN's conversion of the Keras file run in both."""
    path, output = folder / "model.h5", folder / "ours.tflite"
    model.save(path, include_optimizer=False)
    np.save(folder / "calibration.npy", samples[:-1])
    expected = model(samples[-1:], training=False).numpy().ravel()
    try:
        qpann("inspect", path)
        actual = list(dumped(path, samples[-1:], folder).values())[-1].ravel()
        qpann("convert", path, "--calibration", folder / "calibration.npy", "--processor", processor(), "-o", output, "--force")
    except Refused as refusal:
        print(f"{name} keras: {refusal}", flush=True)
        return [Result(refused=("refused",))] * 2
    error = f"{np.abs(expected - actual).max():.1e}"
    return [error, compare(output.read_bytes(), samples[-1], folder, f"{name} own")]


def random_rows(seeds, kinds, folder):
    """One row for all seeds."""
    sums = {kind: Result() for kind in kinds if kind in KINDS}
    for seed in seeds:
        network, shape = random_network(seed)
        rng = np.random.default_rng(seed)
        samples = [rng.uniform(-2, 2, shape).astype(np.float32) for _ in range(CALIBRATION + 1)]
        for kind in sums:
            label = f"random {seed} {kind}"
            converter = tf.lite.TFLiteConverter.from_concrete_functions([network.get_concrete_function()], network)
            try:
                content = converted(converter, kind, samples[:-1])
            except Exception as error:
                print(f"{label}: TensorFlow does not convert it: {str(error).strip().splitlines()[0][:160]}", flush=True)
                continue
            sums[kind] += compare(content, samples[-1][0], folder, label)
    counts = max(result.networks for result in sums.values())
    return [f"{counts} random networks", *sums.values(), *["–"] * 2 * ("keras" in kinds)]


def main(names, kinds, seeds):
    print(f"TensorFlow {tf.__version__}")
    rows = []
    for name in names:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            if name in UINT8:
                content, sample = convert_uint8(name)
                row = [name, compare(content, sample, folder, name)]
            elif name == RANDOM:
                row = random_rows(seeds, kinds, folder)
            else:
                row = architecture(name, kinds, folder)
        rows.append(row)
        print(table_row(row), flush=True)
    header = ["network", *(kind for kind in kinds if kind in KINDS), *["output, QPANN − Keras", "QPANN's int8 file"] * ("keras" in kinds)]
    print("\n" + "\n".join(map(table_row, [header, ["---"] * len(header), *rows])))


def table_row(cells):
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    choices = [*zoo_networks.NETWORKS, *UINT8, RANDOM]
    parser = argparse.ArgumentParser(description="Compare whole networks with TensorFlow Lite's reference kernels.")
    parser.add_argument("networks", nargs="*", choices=[*choices, []], help="all when absent")
    parser.add_argument("--kind", choices=[*KINDS, "keras"], action="append", help="all when absent; may be given several times")
    parser.add_argument("--seeds", default="0:100", help="first and behind the last seed of the random networks")
    options = parser.parse_args()
    main(options.networks or choices, options.kind or [*KINDS, "keras"], range(*map(int, options.seeds.split(":"))))
