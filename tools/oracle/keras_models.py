"""Small .h5 networks with seeded random weights, and what Keras computes with them.

Run it once with Keras 2 (tools/requirements-keras2.txt) and once with Keras 3 (tools/requirements-keras3.txt):

    python tools/oracle/keras_models.py [FOLDER]

It writes <name>-keras<major>.h5, and for those that can be imported <name>-keras<major>.json with one input, the output
that Keras gives, and the layers of `model.layers` with their number of parameters. The default folder is fixtures/keras.
"""

import json
import os
import sys
import zlib
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np

from keras_networks import BAD, GOOD

MAJOR = keras.__version__.split(".")[0]
DEFAULT_FOLDER = Path(__file__).parents[2] / "fixtures" / "keras"


def random_weight(name, shape, rng):
    """Seeded values that keep activations near 1: kernels by their fan-in; variances stay positive."""
    if "kernel" in name:
        fan_in = np.prod(shape[:2] if "depthwise" in name else shape[:-1])
        return rng.normal(0, 1 / np.sqrt(fan_in), shape)
    value = rng.normal(0, 0.5, shape)
    return np.abs(value) + 0.25 if "variance" in name else value


def randomize(model, rng):
    """Gives every layer seeded weights."""
    for layer in model.layers:
        if not layer.weights or isinstance(layer, keras.layers.Normalization):
            continue
        prefix = "depthwise " if isinstance(layer, keras.layers.DepthwiseConv2D) else ""
        values = [random_weight(prefix + weight.name, tuple(weight.shape), rng) for weight in layer.weights]
        layer.set_weights([value.astype(np.float32) for value in values])


def numbers(array):
    """Float32 values that print as short as they can and read back exactly."""
    return [float(str(value)) for value in np.asarray(array, np.float32).ravel()]


def write_good(folder, name, build):
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    model = build()
    randomize(model, rng)
    stem = folder / f"{name}-keras{MAJOR}"
    model.save(f"{stem}.h5", include_optimizer=False)
    shape = [1, *(12 if size is None else size for size in model.input_shape[1:])]
    values = rng.uniform(-2, 2, shape).astype(np.float32)
    output = np.asarray(model(values, training=False))
    # Operators of Keras 3, such as x + 3, are no layers.
    operators = [step for step in getattr(model, "operations", []) if step not in model.layers]
    facts = {
        "madeBy": f"Keras {keras.__version__}",
        "inputShape": shape,
        "outputShape": list(output.shape),
        "layers": [[layer.name, type(layer).__name__, layer.count_params()] for layer in model.layers]
        + [[step.name, type(step).__name__, 0] for step in operators],
        "input": numbers(values),
        "output": numbers(output),
    }
    Path(f"{stem}.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in GOOD.items():
        write_good(folder, name, build)
    for name, write in BAD.items():
        keras.utils.set_random_seed(1)
        keras.backend.clear_session()
        write(str(folder / f"bad-{name}-keras{MAJOR}.h5"))


main()
