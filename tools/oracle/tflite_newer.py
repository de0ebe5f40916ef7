"""Say which golden cases a newer TensorFlow answers differently, and write its answers to fixtures/*/*_tflite-2.20.json.

    python tools/oracle/tflite_newer.py [operator ...]     # in the environment of tools/requirements-keras3.txt

TensorFlow 2.20 changed the reference kernel of FULLY_CONNECTED: it rescales in float64. The file holds all of that operator's
cases with the newer answers, and those that only the newer version computes. Its SUM reads int16 values as bytes, which QPANN
refuses. Any other operator that differs is an error. Two networks that have such layers are run as well.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf

from tflite_case import write_cases
from tflite_cases_dense import newer_fully_connected_cases
from tflite_networks import FIXTURES as NETWORK_FIXTURES
from tflite_networks import save_answers
from tflite_ops import FIXTURES, OPERATORS

NUMERICS = {"rounding": "nearest", "denseRescaling": "float64"}

NETWORKS = ("dense-16x8", "merges-16x8")

CHANGED = {"fully_connected": newer_fully_connected_cases}

GARBAGE = {"sum": "16x8: "}


def main(names):
    """Compare the operators that are named, or all of them, with what TensorFlow 2.15.1 said."""
    made_by = f"TensorFlow Lite {tf.__version__}, BUILTIN_REF"
    unexpected = []
    for name in names or OPERATORS:
        cases = OPERATORS[name]()
        different = differing(name, cases)
        print(f"{name}: {len(different)} of {len(cases)} cases differ", *different, sep="\n    ")
        if name in CHANGED:
            newer = [with_numerics(case) for case in [*cases, *CHANGED[name]()] if is_quantized(case)]
            write_cases(FIXTURES / f"{name}_tflite-2.20.json", name, made_by, newer)
        elif not all(case.startswith(GARBAGE.get(name, "\n")) for case in different):
            unexpected.append(name)
    for name in NETWORKS if not names else []:
        content = (NETWORK_FIXTURES / f"{name}.tflite").read_bytes()
        save_answers(NETWORK_FIXTURES / f"{name}_tflite-2.20.json", content)
    if unexpected:
        sys.exit(f"no numerics profile says so: {unexpected} changed")


def is_quantized(case):
    return case["outputs"][0]["dtype"] != "float32"


def differing(name, cases):
    """Names of the cases whose answer is not that of the fixture."""
    known = {case["name"]: case for case in json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["cases"]}
    return [case["name"] for case in cases if is_quantized(case) and case["outputs"] != known[case["name"]]["outputs"]]


def with_numerics(case):
    """The case with the numerics that it belongs to."""
    inputs = case["inputs"]
    is_wide = inputs[0]["dtype"] == "int16" and (len(inputs) < 3 or inputs[2]["dtype"] == "int64")
    return {**case, "numerics": {"accumulatorBits": 64 if is_wide else 32, **NUMERICS}}


if __name__ == "__main__":
    main(sys.argv[1:])
