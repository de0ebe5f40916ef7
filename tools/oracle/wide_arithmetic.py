"""Write fixtures/ops/*_modes.json, the answers of an oracle in Python's unbounded integers.

The oracle must first agree with TensorFlow Lite on every quantized case of the same operators.

    python tools/oracle/wide_arithmetic.py
"""

import json
import sys
from pathlib import Path

from tflite_case import write_cases
from wide_cases import CASES, mode_cases
from wide_kernels import evaluate

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "ops"
MADE_BY = "tools/oracle/wide_arithmetic.py, equal to TensorFlow Lite 2.15.1 where both can compute"


def main():
    """Check the oracle, then write one file an operator."""
    for op in CASES:
        checked, differing = disagreements(op)
        if differing:
            sys.exit(f"{op}: the oracle differs from TensorFlow Lite in {differing}")
        path = FIXTURES / f"{op}_modes.json"
        cases = mode_cases(op)
        write_cases(path, op, MADE_BY, cases)
        print(f"{op}: {checked} cases agree, {len(cases)} cases, {path.stat().st_size} bytes")


def disagreements(op):
    """How many of TensorFlow Lite's cases were compared, and the names of those that differ."""
    cases = json.loads((FIXTURES / f"{op}.json").read_text(encoding="utf-8"))["cases"]
    quantized = [case for case in cases if case["outputs"][0]["scales"] and not case["attributes"].get("byShifts")]
    differing = [
        case["name"]
        for case in quantized
        if evaluate(op, case, tensorflow_numerics(case)) != case["outputs"][0]["data"]
    ]
    return len(quantized), differing


def tensorflow_numerics(case):
    """TensorFlow Lite rounds to the nearest and accumulates 16x8 models in 64 bits, or 32 if their bias or their options say so."""
    if "numerics" in case:
        return case["numerics"]
    biases = [tensor["dtype"] for tensor in case["inputs"][2:]]
    is_wide = case["outputs"][0]["dtype"] == "int16" and biases != ["int32"]
    return {"rounding": "nearest", "accumulatorBits": 64 if is_wide else 32}


if __name__ == "__main__":
    main()
