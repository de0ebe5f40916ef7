"""Writes .tflite files again with QPANN and compares what TensorFlow Lite's reference kernels make of both.

    python tools/oracle/validate_reexport.py                the files of fixtures/tflite and of QPANN_DATA
    python tools/oracle/validate_reexport.py FILE ...

Build QPANN first (`npm run build`). Integers must be equal on every element, floats too: the same kernels run on the same constants. A file
with int8 weights between float activations is left out: QPANN's has float weights, where TensorFlow Lite would quantize activations as it runs.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from tflite_file import read_operators, with_all_outputs
from validate_convert import qpann
from validate_networks import DATA, ROOT, tf

SAMPLES = 3


def resolver_of(content):
    """The reference kernels, or the usual ones for a network with an operator or a version that those lack."""
    types = tf.lite.experimental.OpResolverType
    try:
        interpreter_of(content, types.BUILTIN_REF)
        return types.BUILTIN_REF
    except ValueError:
        return types.BUILTIN_WITHOUT_DEFAULT_DELEGATES


def interpreter_of(content, resolver):
    interpreter = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    return interpreter


def run(content, inputs, resolver):
    """For each input every tensor that an operator writes, by name, and the output under its position."""
    plain, interpreter = interpreter_of(content, resolver), interpreter_of(with_all_outputs(content), resolver)
    tensors = [tensor for operator in read_operators(content, True) for tensor in operator.outputs]
    results = []
    for values in inputs:
        for each in (plain, interpreter):
            each.set_tensor(each.get_input_details()[0]["index"], values)
            each.invoke()
        outputs = [plain.get_tensor(details["index"]) for details in plain.get_output_details()]
        written = {tensor.name: interpreter.get_tensor(tensor.index) for tensor in tensors}
        results.append({**written, **dict(enumerate(outputs))})
    return results


def random_inputs(content, resolver):
    details = interpreter_of(content, resolver).get_input_details()[0]
    random = np.random.default_rng(1)
    shape, dtype = details["shape"], details["dtype"]
    if np.issubdtype(dtype, np.floating):
        return [random.uniform(-1, 1, shape).astype(dtype) for _ in range(SAMPLES)]
    limits = np.iinfo(dtype)
    return [random.integers(limits.min, limits.max + 1, shape).astype(dtype) for _ in range(SAMPLES)]


def is_hybrid(content):
    """Whether weights are integers and activations are not."""
    return any(
        operator.name != "DEQUANTIZE"
        and operator.outputs[0].dtype == np.float32
        and any(tensor.dtype == np.int8 and tensor.data is not None for tensor in operator.inputs)
        for operator in read_operators(content)
    )


def check(path, folder):
    content, output = path.read_bytes(), Path(folder) / "again.tflite"
    qpann("convert", path, "-o", output, "--force")
    again = output.read_bytes()
    resolver = resolver_of(content)
    inputs = random_inputs(content, resolver)
    before, after = run(content, inputs, resolver), run(again, inputs, resolver)
    compared = differing = 0
    for old, new in zip(before, after):
        for name in old.keys() & new.keys():
            a, b = old[name].ravel(), new[name].ravel()
            compared += a.size
            differing += int((a != b).sum())
    print(f"{path.name}: {differing} of {compared} elements differ")
    return differing == 0


if __name__ == "__main__":
    files = [Path(name) for name in sys.argv[1:]] or sorted(
        [*(ROOT / "fixtures" / "tflite").glob("*.tflite"), *(DATA / "models").glob("*.tflite")]
    )
    with tempfile.TemporaryDirectory() as folder:
        results = [check(path, folder) for path in files if not is_hybrid(path.read_bytes())]
    print(f"{sum(results)} of {len(results)} files give equal tensors")
    sys.exit(not all(results))
