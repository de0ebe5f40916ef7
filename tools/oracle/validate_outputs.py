"""Writes fixtures/validation/<network>.json: Keras's outputs for a few pictures, which test/validation compares.

    python tools/oracle/validate_outputs.py     the shared networks need QPANN_DATA, see docs/validation.md
"""

import json

import numpy as np

from validate_networks import NETWORKS, ROOT, list_images, run_keras, tf

FIXTURES = ROOT / "fixtures" / "validation"
PICTURES = {"mobilenet": 3, "resnet8": 5, "demo": 5}


def evenly_spaced(files, count):
    return files[:: len(files) // count][:count]


def numbers(array):
    """Float32 values that print as short as they can and read back exactly."""
    return [float(str(value)) for value in array]


def write(name, count):
    network = NETWORKS[name]
    files = evenly_spaced(list_images(network.images), count)
    outputs = run_keras(network.load(), np.stack([network.read(file) for file in files]))
    samples = [{"file": file.name, "output": numbers(row)} for file, row in zip(files, outputs)]
    facts = {"madeBy": f"TensorFlow {tf.__version__}", "samples": samples}
    path = FIXTURES / f"{name}.json"
    path.write_text(json.dumps(facts, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for name, count in PICTURES.items():
        write(name, count)
