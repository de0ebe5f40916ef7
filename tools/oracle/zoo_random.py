"""Random networks for validate_zoo.py: a few operators on odd shapes, drawn from a seed."""

import numpy as np

from validate_networks import tf

PADDINGS = ("SAME", "VALID")


def normal(rng, *shape):
    """Random constants that keep the size of what they multiply."""
    fan = max(1, int(np.prod(shape[:-1])))
    return tf.constant((rng.normal(0, 1, shape) / np.sqrt(fan)).astype(np.float32))


def pick(rng, choices):
    return choices[int(rng.integers(len(choices)))]


def biased(rng, x):
    return tf.nn.bias_add(x, tf.constant(rng.normal(0, 0.3, x.shape[-1]).astype(np.float32)))


def activated(rng, x):
    """One of the activations, most often one that the converter fuses."""
    functions = [
        lambda y: y,
        tf.nn.relu,
        tf.nn.relu6,
        lambda y: tf.clip_by_value(y, -1.0, 1.0),
        lambda y: tf.nn.leaky_relu(y, 0.3),
        lambda y: y * tf.nn.relu6(y + 3) / 6,
        tf.nn.swish,
        tf.tanh,
        tf.sigmoid,
    ]
    return pick(rng, [*functions[:3], *functions])(x)


def window(rng, x, limit=5):
    """Sides of a window, strides and a padding that fit."""
    sides = [int(rng.integers(1, limit + 1)) for _ in range(2)]
    strides = [int(rng.integers(1, 4)) for _ in range(2)]
    fits = all(side <= size for side, size in zip(sides, x.shape[1:3]))
    return sides, strides, pick(rng, PADDINGS) if fits else "SAME"


def convolution(rng, x):
    sides, strides, padding = window(rng, x)
    dilations = [1, 1]
    if rng.random() < 0.3:
        strides, dilations, padding = [1, 1], [int(rng.integers(1, 4)) for _ in range(2)], "SAME"
    weights = normal(rng, *sides, x.shape[3], int(rng.integers(1, 13)))
    return activated(rng, biased(rng, tf.nn.conv2d(x, weights, strides, padding, dilations=dilations)))


def depthwise(rng, x):
    sides, strides, padding = window(rng, x)
    dilations = None
    if rng.random() < 0.3:
        strides, dilations, padding = [1, 1], [int(rng.integers(1, 4))] * 2, "SAME"
    weights = normal(rng, *sides, x.shape[3], 1 if rng.random() < 0.6 else 2) * np.sqrt(x.shape[3])
    y = tf.nn.depthwise_conv2d(x, weights, [1, strides[0], strides[0], 1], padding, dilations=dilations)
    return activated(rng, biased(rng, y))


def transposed(rng, x):
    sides, strides, padding = window(rng, x, 4)
    channels = int(rng.integers(1, 7))
    sizes = [
        size * stride if padding == "SAME" else (size - 1) * stride + max(side, stride)
        for size, stride, side in zip(x.shape[1:3], strides, sides)
    ]
    weights = normal(rng, *sides, channels, x.shape[3])
    y = tf.nn.conv2d_transpose(x, weights, [1, *sizes, channels], strides, padding)
    return activated(rng, biased(rng, y) if rng.random() < 0.5 else y)


def pooling(rng, x):
    sides, strides, padding = window(rng, x, 4)
    return activated(rng, pick(rng, [tf.nn.avg_pool2d, tf.nn.max_pool2d])(x, sides, strides, padding))


def binary(rng, x):
    """With a branch of the same shape, one value for each channel, or one for each pixel."""
    other = pick(
        rng,
        [
            lambda: biased(rng, tf.nn.conv2d(x, normal(rng, 1, 1, x.shape[3], x.shape[3]), 1, "SAME")),
            lambda: tf.reduce_mean(x, [1, 2], keepdims=True),
            lambda: tf.reduce_max(x, [3], keepdims=True),
            lambda: tf.constant(rng.normal(0, 1, x.shape[3]).astype(np.float32)),
            lambda: x,
        ],
    )()
    function = pick(rng, [tf.add, tf.add, tf.subtract, tf.multiply, tf.maximum, tf.minimum])
    return activated(rng, function(x, other) if rng.random() < 0.7 else function(other, x))


def concatenation(rng, x):
    other = activated(rng, tf.nn.conv2d(x, normal(rng, 3, 3, x.shape[3], int(rng.integers(1, 6))), 1, "SAME"))
    return tf.concat([x, other] if rng.random() < 0.5 else [other, x, other], 3)


def padding(rng, x):
    amounts = [[0, 0], *[[int(rng.integers(0, 3)) for _ in range(2)] for _ in range(2)], [0, int(rng.integers(0, 2))]]
    if rng.random() < 0.3:
        most = [[min(a, size - 1) for a in pair] for pair, size in zip(amounts, x.shape)]
        return tf.pad(x, most, pick(rng, ["REFLECT", "SYMMETRIC"]))
    return tf.pad(x, amounts, constant_values=0 if rng.random() < 0.7 else 0.5)


def resized(rng, x):
    sizes = [max(1, min(31, int(size * rng.uniform(0.5, 2.5)))) for size in x.shape[1:3]]
    function = pick(rng, [tf.compat.v1.image.resize_bilinear, tf.compat.v1.image.resize_nearest_neighbor])
    option = pick(rng, [{}, {"align_corners": True}, {"half_pixel_centers": True}])
    return function(x, sizes, **option)


def sliced(rng, x):
    begin = [int(rng.integers(0, (size + 1) // 2)) for size in x.shape]
    begin[0] = 0
    if rng.random() < 0.5:
        return tf.slice(x, begin, [-1] * 4)
    return x[:, begin[1] :: 2, :, begin[3] :]


def moved(rng, x):
    """The same values in other places."""
    _, height, width, channels = x.shape
    ways = [
        lambda: tf.transpose(x, [0, 2, 1, 3]),
        lambda: tf.transpose(x, [0, 3, 1, 2]),
        lambda: tf.reshape(x, [1, width, height, channels]),
        lambda: tf.stack(tf.unstack(x, axis=3)[::-1], axis=3),
        lambda: tf.gather(x, [channels - 1, 0, 0], axis=3),
        lambda: tf.expand_dims(tf.squeeze(x, [0]), 0),
    ]
    if channels % 4 == 0:
        ways.append(lambda: tf.nn.depth_to_space(x, 2))
    if channels % 2 == 0:
        ways.append(lambda: tf.concat(tf.split(x, 2, 3)[::-1], 3))
    if height % 2 == 0 and width % 2 == 0:
        ways.append(lambda: tf.nn.space_to_depth(x, 2))
    return pick(rng, ways)()


STEPS = [convolution, convolution, depthwise, depthwise, transposed, pooling, binary, binary, concatenation, padding, resized, sliced, moved]


def ending(rng, x):
    """The tensor as it is, or what a classifier does with it."""
    way = int(rng.integers(4))
    if way == 0:
        return x
    y = tf.reduce_mean(x, [1, 2]) if way == 1 else tf.reshape(x, [1, -1])
    y = activated(rng, biased(rng, tf.matmul(y, normal(rng, y.shape[1], int(rng.integers(2, 40))))))
    y = biased(rng, tf.matmul(y, normal(rng, y.shape[1], int(rng.integers(2, 12)))))
    return pick(rng, [tf.identity, tf.nn.softmax, tf.nn.log_softmax, tf.sigmoid])(y)


def random_network(seed):
    """A function of one float32 picture, traced, and the shape of the picture."""
    start = np.random.default_rng(seed)
    shape = (1, *(int(side) for side in start.integers(3, 18, 2)), int(start.integers(1, 8)))

    @tf.function(input_signature=[tf.TensorSpec(shape, tf.float32)])
    def network(x):
        rng = np.random.default_rng([seed, 1])
        y = convolution(rng, x)
        for _ in range(int(rng.integers(3, 9))):
            y = pick(rng, STEPS)(rng, y)
            if np.prod(y.shape) > 20000:
                y = tf.nn.avg_pool2d(y, 3, 3, "SAME")
        return ending(rng, y)

    return network, shape
