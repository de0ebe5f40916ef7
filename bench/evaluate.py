"""What `qpann eval` is timed against: Keras float32 and TensorFlow Lite int8 over the same photos, both on all cores, top-1 only.

python evaluate.py NETWORK_FOLDER PHOTOS COUNT
"""
import os
import sys
from pathlib import Path

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
os.environ['CUDA_VISIBLE_DEVICES'] = ''

import numpy as np
import tensorflow as tf
from PIL import Image

BATCH = 20
CROP = 0.875


def decoded(path, size):
    image = Image.open(path).convert('RGB')
    side = round(min(image.size) * CROP)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    pixels = image.crop((left, top, left + side, top + side)).resize(size, Image.BILINEAR)
    return np.asarray(pixels, np.float32) / 127.5 - 1


folder, photos, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
paths = sorted(photos.iterdir())[:count]
model = tf.keras.models.load_model(folder / 'model.h5', compile=False)
interpreter = tf.lite.Interpreter(str(folder / 'int8.tflite'), num_threads=os.cpu_count())
interpreter.allocate_tensors()
[source], [target] = interpreter.get_input_details(), interpreter.get_output_details()
scale, zero_point = source['quantization']
agreed = 0
for start in range(0, len(paths), BATCH):
    samples = np.stack([decoded(path, model.input_shape[1:3]) for path in paths[start : start + BATCH]])
    classes = model.predict_on_batch(samples).argmax(-1)
    quantized = np.clip(np.round(samples / scale) + zero_point, -128, 127).astype(np.int8)
    for sample, expected in zip(quantized, classes):
        interpreter.set_tensor(source['index'], sample[None])
        interpreter.invoke()
        agreed += interpreter.get_tensor(target['index']).argmax() == expected
print(f'{len(paths)} photos, same class on {agreed}')
