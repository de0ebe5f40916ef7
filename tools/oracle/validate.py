"""Measures a network of docs/validation.md with Keras and TensorFlow Lite, and a run of QPANN beside them.

    python tools/oracle/validate.py mobilenet --run DIR                     the table of docs/validation.md
    python tools/oracle/validate.py demo --calibration-indices FILE.json    TensorFlow's row alone

DIR is a run directory of `qpann eval`. TensorFlow Lite converts with the calibration images of that run
(`calibration.indices` of results.json), or with those whose positions FILE.json lists, and runs its reference kernels.
"""

import argparse
import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from validate_networks import NETWORKS, full_int8, list_images, run_keras, run_tflite, tf

HEADER = ["", "float top-1", "float top-5", "int8 top-1", "int8 top-5", "int8 = float"]


@dataclass(frozen=True)
class Predictions:
    """The five likeliest classes of every picture, likeliest first, and how sure the float network is of the first."""

    float_classes: np.ndarray
    int8_classes: np.ndarray
    float_confidence: np.ndarray


def top_classes(scores):
    """The lower class wins a tie."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :5]


def predict_with_tensorflow(network, inputs, calibration_indices):
    model = network.load()
    scores = run_keras(model, inputs)
    flatbuffer = full_int8(model, network.inputs(network.calibration, calibration_indices))
    int8_scores = run_tflite(flatbuffer, inputs)
    return Predictions(top_classes(scores), top_classes(int8_scores), scores.max(axis=1))


def read_run(rows):
    """What the rows of predictions.csv say."""

    def classes(model):
        return np.array([[int(number) for number in row[f"{model}_top5"].split()] for row in rows])

    confidence = np.array([float(row["reference_confidence1"]) for row in rows])
    return Predictions(classes("reference"), classes("tflite"), confidence)


def hits(classes, labels, count):
    return int((classes[:, :count] == labels[:, None]).any(axis=1).sum())


def same_first(a, b):
    return int((a[:, 0] == b[:, 0]).sum())


def percent(part, whole):
    return f"{100 * part / whole:.1f} %"


def row(name, predictions, labels):
    numbers = [
        hits(predictions.float_classes, labels, 1),
        hits(predictions.float_classes, labels, 5),
        hits(predictions.int8_classes, labels, 1),
        hits(predictions.int8_classes, labels, 5),
        same_first(predictions.float_classes, predictions.int8_classes),
    ]
    return [name, *(percent(number, len(labels)) for number in numbers)]


def markdown(rows):
    lines = [HEADER, ["---"] * len(HEADER), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def compare(qpann, tensorflow):
    """One sentence on how the two agree picture by picture."""
    pictures = len(qpann.float_classes)
    floats = same_first(qpann.float_classes, tensorflow.float_classes)
    integers = same_first(qpann.int8_classes, tensorflow.int8_classes)
    difference = np.abs(qpann.float_confidence - tensorflow.float_confidence).max()
    return (
        f"Same first class on {floats} of {pictures} pictures in float (confidence at most {difference:.1e} apart) "
        f"and on {integers} of {pictures} in int8."
    )


def read_predictions(run):
    with open(run / "predictions.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(network, run, indices_file):
    files = list_images(network.images)
    labels = network.label_classes()
    rows = read_predictions(run) if run else None
    if rows is not None:
        names = [file.name for file in files]
        positions = [names.index(row["file"]) for row in rows]
        files, labels = [files[i] for i in positions], labels[positions]
    indices = (
        json.loads(indices_file.read_text())
        if indices_file
        else json.loads((run / "results.json").read_text())["calibration"]["indices"]
    )
    inputs = np.stack([network.read(file) for file in files])
    tensorflow = predict_with_tensorflow(network, inputs, indices)
    tensorflow_row = row(f"TensorFlow {tf.__version__}", tensorflow, labels)
    print(f"\n{network.title}: {len(labels)} pictures, {len(indices)} for calibration\n")
    if rows is None:
        print(markdown([tensorflow_row]))
        return
    qpann = read_run(rows)
    print(markdown([row("QPANN", qpann, labels), tensorflow_row]))
    print(f"\n{compare(qpann, tensorflow)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure a network with Keras and TensorFlow Lite, beside QPANN.")
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--run", type=Path, help="run directory of qpann eval")
    parser.add_argument("--calibration-indices", type=Path, help="JSON list of positions, instead of the run's")
    options = parser.parse_args()
    if options.run is None and options.calibration_indices is None:
        parser.error("give --run or --calibration-indices")
    main(NETWORKS[options.network], options.run, options.calibration_indices)
