"""Runs damaged files that QPANN imports in TensorFlow Lite and compares the outputs.

    npm run fuzz -- --mutations 100 --out DIR
    python tools/oracle/mutations.py DIR/*.jsonl

TensorFlow Lite may crash on such files, so it runs in a process of its own that is started again. What it refuses or
computes otherwise is printed, one file a line.
"""
import base64
import collections
import json
import os
import subprocess
import sys

DTYPES = {"float32", "int8", "uint8", "int16", "int32", "int64"}
# Differences of float outputs, relative to the output's largest value or to 1.
TOLERANCE = 1e-4


def interpreter(content):
    """Reference kernels; the resolver of those lacks a few operators and versions."""
    import tensorflow as tf

    types = tf.lite.experimental.OpResolverType
    try:
        return tf.lite.Interpreter(
            model_content=content, experimental_op_resolver_type=types.BUILTIN_REF, num_threads=1)
    except ValueError as error:
        if "Didn't find op" not in str(error):
            raise
        return tf.lite.Interpreter(
            model_content=content, experimental_op_resolver_type=types.BUILTIN_WITHOUT_DEFAULT_DELEGATES)


def verdict(case):
    import numpy as np

    model = interpreter(base64.b64decode(case["file"]))
    model.allocate_tensors()
    details = model.get_input_details()[0]
    data = np.frombuffer(base64.b64decode(case["input"]), details["dtype"])
    model.set_tensor(details["index"], data.reshape(details["shape"]))
    model.invoke()
    expected = model.get_tensor(model.get_output_details()[0]["index"]).ravel()
    assert case["dtype"] in DTYPES
    actual = np.frombuffer(base64.b64decode(case["output"]), case["dtype"])
    if expected.dtype != actual.dtype or expected.size != actual.size:
        return f"differs: {expected.size} {expected.dtype} values, here {actual.size} {actual.dtype}"
    if expected.dtype == np.float32:
        finite = np.abs(expected[np.isfinite(expected)])
        limit = TOLERANCE * max(1.0, float(finite.max()) if finite.size else 1.0)
        with np.errstate(all="ignore"):
            same = (np.abs(expected - actual) <= limit) | (expected == actual) | (np.isnan(expected) & np.isnan(actual))
    else:
        same = expected == actual
    if same.all():
        return "equal"
    first = int(np.argmin(same))
    return f"differs: {int((~same).sum())} of {same.size}, first [{first}]: {expected[first]}, here {actual[first]}"


def child():
    for line in sys.stdin:
        try:
            result = verdict(json.loads(line))
        except Exception as error:
            result = "refused: " + str(error).replace("\n", " ")[:300]
        print(json.dumps(result), flush=True)


def main(paths):
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}

    def start():
        return subprocess.Popen([sys.executable, __file__, "--child"], env=environment, text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    process = start()
    counts = collections.Counter()
    for path in paths:
        for line in open(path):
            try:
                process.stdin.write(line)
                process.stdin.flush()
                answer = process.stdout.readline()
            except BrokenPipeError:
                answer = ""
            if not answer:
                process.kill()
                process = start()
                answer = '"crashes"'
            result = json.loads(answer)
            counts[result.split(":")[0]] += 1
            if result != "equal":
                print(f"{json.loads(line)['what']}: {result}", flush=True)
    print(dict(counts))


if __name__ == "__main__":
    child() if sys.argv[1:] == ["--child"] else main(sys.argv[1:])
