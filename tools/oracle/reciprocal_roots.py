"""Writes fixtures/quant/reciprocal_roots.json: what TensorFlow computes for 1/√x on this processor.

    python tools/oracle/reciprocal_roots.py

Eigen refines the estimate of an instruction, which processors of Intel and of AMD do not give alike. The file in the
repository was written on an AMD processor (Zen 4). Lists whose length is no multiple of 8 end in numbers computed by a division.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

FILE = Path(__file__).resolve().parents[2] / "fixtures" / "quant" / "reciprocal_roots.json"


def case(random, count):
    x = np.exp(random.uniform(-12, 8, count)).astype(np.float32)
    roots = tf.math.rsqrt(x).numpy()
    return {"values": [float(v) for v in x], "roots": [float(v) for v in roots]}


if __name__ == "__main__":
    random = np.random.default_rng(1)
    facts = {
        "madeBy": f"TensorFlow {tf.__version__}, AMD processor",
        "cases": [case(random, count) for count in (256, 20, 12, 3)],
    }
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(facts) + "\n")
