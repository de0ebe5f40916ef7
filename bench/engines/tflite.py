"""TensorFlow Lite as native code, one thread, with its default kernels (XNNPACK). Speaks the protocol of process-host.mjs."""
import json
import os
import sys
import time
from pathlib import Path

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''

import numpy as np
import tensorflow as tf


def say(message):
    print(json.dumps(message), flush=True)


_, _, folder, precision = sys.argv
folder = Path(folder)
info = json.loads((folder / 'info.json').read_text())
name, suffix, dtype = ('int8', 'i8', np.int8) if precision == 'int8' else ('float', 'f32', np.float32)
interpreter = tf.lite.Interpreter(str(folder / f'{name}.tflite'), num_threads=1)
interpreter.allocate_tensors()
source, target = interpreter.get_input_details()[0]['index'], interpreter.get_output_details()[0]['index']
values = np.fromfile(folder / f'input.{suffix}', dtype).reshape(info['shape'])


def run():
    interpreter.set_tensor(source, values)
    interpreter.invoke()
    return interpreter.get_tensor(target)


say({'output': run().ravel().tolist(), 'runtime': f'Python {sys.version.split()[0]}', 'version': tf.__version__})
for line in sys.stdin:
    times = []
    for _ in range(json.loads(line)['runs']):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    say({'times': times})
