"""Trains the demo's classifier and writes everything under fixtures/demo that is not written by hand.

    python tools/demo/train.py             draw the pictures, train, write the model
    python tools/demo/train.py --pictures  draw the validation and calibration pictures only

The network is a miniature MobileNetV2 (same blocks, same layer names), so that the demo
meets every layer type and every quantization problem of the real one in half a minute.
Nothing here looks at the validation pictures: the difficulty of the task and the length of
training were chosen on the separate `tuning` stream.
"""

import argparse
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

import draw

DEMO = Path(__file__).resolve().parents[2] / 'fixtures' / 'demo'
SEED = 1
TRAIN_PICTURES = 20000
TUNING_PICTURES = 2000
VALIDATION_PICTURES = 200
CALIBRATION_PICTURES = 100
EPOCHS = 28
BATCH = 64
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.2

# (expansion, output channels, stride) of the inverted residual blocks.
BLOCKS = [(1, 8, 1), (6, 16, 2), (4, 16, 1), (4, 24, 2), (4, 24, 1), (4, 40, 2), (4, 40, 1)]


def batch_norm(name):
    return layers.BatchNormalization(epsilon=1e-3, momentum=0.95, name=name)


def inverted_residual(x, index, expansion, channels, stride):
    """Expand, filter each channel, project; add the input where the shapes agree."""
    prefix = f'block_{index}_' if index else 'expanded_conv_'
    inputs, in_channels = x, x.shape[-1]
    if index:
        x = layers.Conv2D(expansion * in_channels, 1, padding='same', use_bias=False, name=prefix + 'expand')(x)
        x = batch_norm(prefix + 'expand_BN')(x)
        x = layers.ReLU(6.0, name=prefix + 'expand_relu')(x)
    x = layers.DepthwiseConv2D(3, stride, padding='same', use_bias=False, name=prefix + 'depthwise')(x)
    x = batch_norm(prefix + 'depthwise_BN')(x)
    x = layers.ReLU(6.0, name=prefix + 'depthwise_relu')(x)
    x = layers.Conv2D(channels, 1, padding='same', use_bias=False, name=prefix + 'project')(x)
    x = batch_norm(prefix + 'project_BN')(x)
    if stride == 1 and in_channels == channels:
        x = layers.Add(name=prefix + 'add')([inputs, x])
    return x


def build_model():
    """The miniature MobileNetV2 for 64x64 pictures."""
    inputs = layers.Input((draw.SIZE, draw.SIZE, 3), name='input_1')
    x = layers.Conv2D(12, 3, 2, padding='same', use_bias=False, name='Conv1')(inputs)
    x = batch_norm('bn_Conv1')(x)
    x = layers.ReLU(6.0, name='Conv1_relu')(x)
    for index, block in enumerate(BLOCKS):
        x = inverted_residual(x, index, *block)
    x = layers.Conv2D(120, 1, use_bias=False, name='Conv_1')(x)
    x = batch_norm('Conv_1_bn')(x)
    x = layers.ReLU(6.0, name='out_relu')(x)
    x = layers.GlobalAveragePooling2D(name='global_average_pooling2d')(x)
    outputs = layers.Dense(len(draw.CLASSES), activation='softmax', name='predictions')(x)
    return tf.keras.Model(inputs, outputs, name='mini_mobilenetv2')


def preprocess(pixels):
    """Keras mode 'tf': pixels 0..255 become -1..1."""
    return tf.cast(pixels, tf.float32) / 127.5 - 1.0


def pictures(stream, count):
    """The decoded pictures of a stream, after their trip through JPEG, and their labels."""
    files, labels = draw.files(stream, count)
    return np.stack([draw.decode(file) for file in files]), labels


def augment(batch):
    """Mirror, turn and recolour: the shapes lie at any angle in any colour, so the class stays."""
    batch = tf.image.random_flip_up_down(tf.image.random_flip_left_right(batch))
    batch = tf.cond(tf.random.uniform(()) < 0.5, lambda: batch, lambda: tf.transpose(batch, [0, 2, 1, 3]))
    return tf.gather(batch, tf.random.shuffle([0, 1, 2]), axis=3)


def write_pictures():
    """Write the validation and calibration pictures and their labels."""
    for stream, folder, count in [
        ('validation', 'images', VALIDATION_PICTURES),
        ('calibration', 'calibration', CALIBRATION_PICTURES),
    ]:
        (DEMO / folder).mkdir(parents=True, exist_ok=True)
        files, labels = draw.files(stream, count)
        for index, file in enumerate(files):
            (DEMO / folder / f'{index:04d}.jpg').write_bytes(file)
        if stream == 'validation':
            (DEMO / 'labels.txt').write_text(''.join(f'{label}\n' for label in labels))
    (DEMO / 'label_names.txt').write_text(''.join(f'{name}\n' for name in draw.CLASSES))


def train():
    """Train on freshly drawn pictures; report accuracy on the tuning stream only."""
    tf.keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    model = build_model()
    images, labels = pictures('train', TRAIN_PICTURES)
    batches = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(TRAIN_PICTURES).batch(BATCH)
    held_out = tf.data.Dataset.from_tensor_slices(pictures('tuning', TUNING_PICTURES)).batch(BATCH)
    rate = tf.keras.optimizers.schedules.CosineDecay(LEARNING_RATE, EPOCHS * len(batches))
    model.compile(
        tf.keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY), 'sparse_categorical_crossentropy', ['accuracy']
    )
    model.fit(
        batches.map(lambda x, y: (preprocess(augment(x)), y)),
        validation_data=held_out.map(lambda x, y: (preprocess(x), y)),
        epochs=EPOCHS,
        verbose=2,
    )
    model.save(DEMO / 'model.h5', include_optimizer=False, save_format='h5')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description='Rebuild the demo under fixtures/demo.')
    parser.add_argument('--pictures', action='store_true', help='draw the pictures only, keep the model')
    arguments = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    write_pictures()
    if not arguments.pictures:
        train()
