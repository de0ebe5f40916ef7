"""Draws the demo's pictures: one geometric shape per 64x64 image, ten classes.

Procedural pictures let the demo ship real JPEG files with a clear licence, and let
anyone rebuild them from a seed. The class is the outline only; colour, texture, size,
angle, occlusion, blur and noise are nuisances that keep the task from being trivial.
"""

import colorsys
import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE = 64
CLASSES = ['disc', 'ring', 'crescent', 'triangle', 'square', 'hexagon', 'star', 'cross', 'heart', 'spiral']

# One random stream per set of images, so that no set can leak into another.
STREAMS = {'train': 1, 'tuning': 2, 'validation': 3, 'calibration': 4}
SEED = 2024

SUPERSAMPLING = 4
JPEG_QUALITY = 90
YY, XX = np.mgrid[0:SIZE, 0:SIZE].astype(np.float64)


def regular_polygon(corners):
    """The corners of a regular polygon on the unit circle."""
    angles = np.arange(corners) * 2 * np.pi / corners
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def star_outline(rng):
    """A five-pointed star, more or less slender."""
    radii = np.tile([1.1, rng.uniform(0.42, 0.56)], 5)
    return regular_polygon(10) * radii[:, None]


def cross_outline(rng):
    """A plus sign, with thinner or thicker arms."""
    a, b = rng.uniform(0.26, 0.4), 1.0
    corner = [(b, -a), (b, a), (a, a)]
    turns = [(1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0)]
    return np.array([(c * x + d * y, e * x + f * y) for c, d, e, f in turns for x, y in corner])


def heart_outline():
    """The classic parametric heart, scaled to the unit circle."""
    t = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    x = 16 * np.sin(t) ** 3
    y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
    return np.stack([x, y - 2], axis=1) / 15.5


def spiral_outline(rng):
    """A band wound along an Archimedean spiral, left- or right-handed."""
    t = np.linspace(0, rng.uniform(1.8, 2.4) * 2 * np.pi, 90)
    radius = 0.1 + 0.95 * t / t[-1]
    width = rng.uniform(0.09, 0.13)
    turn = np.stack([np.cos(t), np.sin(t) * rng.choice([-1, 1])], axis=1)
    edges = [turn * (radius + side * width)[:, None] for side in (1, -1)]
    return np.concatenate([edges[0], edges[1][::-1]])


def outlines(name, rng):
    """The polygons of a class as (points, ink) pairs; ink 0 cuts a hole."""
    disc = regular_polygon(72)
    if name == 'disc':
        return [(disc, 255)]
    if name == 'ring':
        return [(disc, 255), (disc * rng.uniform(0.5, 0.72), 0)]
    if name == 'crescent':
        return [(disc, 255), (disc * rng.uniform(0.78, 0.9) + [rng.uniform(0.42, 0.55), 0], 0)]
    if name == 'star':
        return [(star_outline(rng), 255)]
    if name == 'cross':
        return [(cross_outline(rng), 255)]
    if name == 'heart':
        return [(heart_outline(), 255)]
    if name == 'spiral':
        return [(spiral_outline(rng), 255)]
    corners = {'triangle': 3, 'square': 4, 'hexagon': 6}[name]
    return [(regular_polygon(corners) * (1.1 if corners < 5 else 1), 255)]


def random_placement(rng):
    """A random affine map from unit coordinates to pixels: rotate, squeeze a little, scale, move."""
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(11, 25)
    squeeze = np.diag([1, rng.uniform(0.78, 1)])
    axis, turn = (np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in rng.uniform(0, 2 * np.pi, 2))
    matrix = radius * (axis.T @ squeeze @ axis @ turn)
    slack = SIZE / 2 - radius * 0.95
    centre = SIZE / 2 + rng.uniform(-slack, slack, 2)
    return lambda points: points @ matrix.T + centre


def paint(polygons):
    """Fill pixel-space polygons on a supersampled canvas; the result is a 0-1 mask with soft edges."""
    canvas = Image.new('L', (SIZE * SUPERSAMPLING, SIZE * SUPERSAMPLING), 0)
    pen = ImageDraw.Draw(canvas)
    for points, ink in polygons:
        pen.polygon([tuple(p) for p in points * SUPERSAMPLING], fill=ink)
    return np.asarray(canvas.reduce(SUPERSAMPLING), dtype=np.float64)[:, :, None] / 255


def random_colour(rng):
    """A clear colour: never near black, seldom grey."""
    return np.array(colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(0.25, 0.95), rng.uniform(0.35, 1)))


def contrasting_colour(rng, other, distance):
    """A random colour at least `distance` away from another one."""
    while True:
        colour = random_colour(rng)
        if np.linalg.norm(colour - other) > distance:
            return colour


def pattern(rng):
    """A random 0-1 pattern over the picture: plain, gradient, stripes, checks, dots or clouds."""
    kind = rng.choice(['plain', 'gradient', 'stripes', 'checks', 'dots', 'clouds'])
    angle, period = rng.uniform(0, np.pi), rng.uniform(5, 14)
    u = np.cos(angle) * XX + np.sin(angle) * YY + rng.uniform(0, period)
    v = np.cos(angle) * YY - np.sin(angle) * XX + rng.uniform(0, period)
    waves = [np.sin(2 * np.pi * axis / period) for axis in (u, v)]
    if kind == 'plain':
        return np.zeros((SIZE, SIZE, 1))
    if kind == 'gradient':
        value = (u - u.min()) / np.ptp(u)
    elif kind == 'stripes':
        value = 0.5 + 0.5 * np.tanh(3 * waves[0])
    elif kind == 'checks':
        value = 0.5 + 0.5 * np.tanh(5 * waves[0] * waves[1])
    elif kind == 'dots':
        value = 0.5 + 0.5 * np.tanh(4 * (waves[0] + waves[1] - 0.9))
    else:
        grid = (rng.uniform(0, 1, (5, 5)) * 255).astype(np.uint8)
        value = np.asarray(Image.fromarray(grid).resize((SIZE, SIZE), Image.BICUBIC)) / 255
    return value[:, :, None]


def textured(rng, colour, depth):
    """A surface of one colour, patterned with a second colour that is `depth` of the way to another hue."""
    second = colour + depth * (random_colour(rng) - colour)
    mix = pattern(rng)
    return colour * (1 - mix) + second * mix


def occluder_mask(rng):
    """A bar or a small disc that hides part of the shape."""
    centre = rng.uniform(14, SIZE - 14, 2)
    if rng.uniform() < 0.5:
        return paint([(regular_polygon(40) * rng.uniform(3, 7) + centre, 255)])
    angle = rng.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)]) * SIZE * 1.5
    across = np.array([-np.sin(angle), np.cos(angle)]) * rng.uniform(1, 3)
    return paint([(np.array([along + across, across - along, -along - across, along - across]) + centre, 255)])


def camera(rng, picture):
    """What a cheap camera adds: blur, brightness and contrast drift, sensor noise."""
    image = Image.fromarray((picture.clip(0, 1) * 255).round().astype(np.uint8))
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 1.1))), dtype=np.float64) / 255
    pixels = 0.5 + (pixels - 0.5) * rng.uniform(0.65, 1.1) + rng.uniform(-0.12, 0.12)
    pixels += rng.normal(0, rng.uniform(0.005, 0.08), pixels.shape)
    return Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8))


def draw(label, rng):
    """One picture of a class."""
    ground = random_colour(rng)
    picture = textured(rng, ground, rng.uniform(0.1, 0.5))
    place = random_placement(rng)
    mask = paint([(place(points), ink) for points, ink in outlines(CLASSES[label], rng)])
    shape = textured(rng, contrasting_colour(rng, ground, 0.42), rng.uniform(0.1, 0.45))
    picture = picture * (1 - mask) + shape * mask
    for _ in range(rng.integers(0, 3)):
        hidden = occluder_mask(rng)
        picture = picture * (1 - hidden) + random_colour(rng) * hidden
    return camera(rng, picture)


def jpeg_bytes(image):
    """The picture as a JPEG file. Full-resolution chroma: decoders differ in how they upsample it."""
    buffer = io.BytesIO()
    image.save(buffer, 'JPEG', quality=JPEG_QUALITY, subsampling=0, optimize=True)
    return buffer.getvalue()


def decode(file_bytes):
    """The 8-bit RGB pixels of a JPEG file."""
    return np.asarray(Image.open(io.BytesIO(file_bytes)).convert('RGB'))


def files(stream, count):
    """`count` JPEG files of a stream and their labels: classes balanced, order shuffled."""
    labels = np.random.default_rng([SEED, STREAMS[stream]]).permutation(np.arange(count) % len(CLASSES))
    rngs = (np.random.default_rng([SEED, STREAMS[stream], index]) for index in range(count))
    return [jpeg_bytes(draw(label, rng)) for label, rng in zip(labels, rngs)], labels
