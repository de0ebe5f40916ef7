"""Writes fixtures/images/: small images in many formats, and in expected.json the RGB pixels that Pillow gives for them,
Pillow's resizing of one of them, and Keras's preprocess_input of all byte values.

Run: python tools/oracle/pillow_images.py   (made with Pillow 13.0.0: libjpeg-turbo 3.2.0, zlib 1.2.13; TensorFlow 2.15.1)

Nothing is random. Pillow writes few kinds of PNG, so a small writer here makes the rest; JPEG samplings that Pillow does not
write are made by changing the sampling factors and the size in the header of one whose MCUs have as many blocks.
"""

import base64
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from tensorflow.keras.applications.imagenet_utils import preprocess_input

OUT = Path(__file__).resolve().parents[2] / "fixtures" / "images"
PILLOW = "13.0.0"
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def sample(x, y, channel, maximum):
    """A smooth slope with hard edges, so that filters, chroma upsampling and rounding all matter."""
    slope = (x * 9 + y * 5 * (channel + 1)) % 256
    edge = (x * x * 3 + y * y * 5 + x * y * (7 + channel)) % 97
    return ((slope * 2 + edge * 3) % 512 ^ (255 if (x // 5 + y // 3 + channel) % 3 == 0 else 0)) * maximum // 511


def picture(mode, width, height):
    channels = len(mode)
    data = bytes(sample(x, y, c, 255) for y in range(height) for x in range(width) for c in range(channels))
    return Image.frombytes(mode, (width, height), data)


# --- PNG ---------------------------------------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_row(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", s) for s in samples)
    bits = "".join(format(s, f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filter_rows(rows, step):
    """Filters row y with filter type y % 5, so that each type occurs."""
    out, above = b"", bytes(len(rows[0])) if rows else b""
    for y, row in enumerate(rows):
        left = bytes(step) + row
        corner = bytes(step) + above
        predict = (
            lambda i: 0,
            lambda i: left[i],
            lambda i: above[i],
            lambda i: (left[i] + above[i]) // 2,
            lambda i: paeth(left[i], above[i], corner[i]),
        )[y % 5]
        out += bytes([y % 5]) + bytes((row[i] - predict(i)) % 256 for i in range(len(row)))
        above = row
    return out


def png(width, height, depth, color, *, interlace=0, before=(), after=(), limit=None, parts=1):
    """A PNG of the given bit depth and color type; `before` and `after` are the chunks around IDAT."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    maximum = (limit or 2**depth) - 1
    step = max(1, channels * depth // 8)
    data = b""
    for x0, y0, dx, dy in ADAM7 if interlace else ((0, 0, 1, 1),):
        rows = [
            pack_row([sample(x, y, c, maximum) for x in range(x0, width, dx) for c in range(channels)], depth)
            for y in range(y0, height, dy)
        ]
        if rows and rows[0]:
            data += filter_rows(rows, step)
    packed = zlib.compress(data, 9)
    size = -(-len(packed) // parts)
    idat = b"".join(chunk(b"IDAT", packed[i : i + size]) for i in range(0, len(packed), size))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + idat + b"".join(after) + chunk(b"IEND", b"")


def palette(entries):
    return chunk(b"PLTE", bytes((i * 37 + 11 + c * 71) % 256 for i in range(entries) for c in range(3)))


def orientation(value, order=">", kind=3):
    """An Exif block (TIFF) with the orientation and one tag before it."""
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(order + "I", 8)
    software = struct.pack(order + "HHI4s", 0x010E, 2, 4, b"abc\0")
    padded = struct.pack(order + ("H2x" if kind == 3 else "I"), value)
    return head + struct.pack(order + "H", 2) + software + struct.pack(order + "HHI", 0x0112, kind, 1) + padded + bytes(4)


XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def png_files():
    w, h = 17, 11
    for color, name, depths in (
        (0, "gray", (1, 2, 4, 8, 16)),
        (2, "rgb", (8, 16)),
        (3, "palette", (1, 2, 4, 8)),
        (4, "gray-alpha", (8, 16)),
        (6, "rgba", (8, 16)),
    ):
        for depth in depths:
            before = (palette(min(2**depth, 200)),) if color == 3 else ()
            limit = 200 if color == 3 and depth == 8 else None
            yield f"{name}-{depth}.png", png(w, h, depth, color, before=before, limit=limit)
            yield f"{name}-{depth}-interlaced.png", png(w, h, depth, color, interlace=1, before=before, limit=limit)
    yield "palette-4-trns.png", png(w, h, 4, 3, before=(palette(16), chunk(b"tRNS", bytes([0, 128, 255, 7]))))
    yield "palette-8-one-transparent.png", png(w, h, 8, 3, limit=9, before=(palette(9), chunk(b"tRNS", b"\xff\xff\0\xff")))
    yield "palette-4-short.png", png(w, h, 4, 3, before=(palette(10),))
    yield "gray-1-trns.png", png(w, h, 1, 0, before=(chunk(b"tRNS", b"\0\1"),))
    yield "gray-8-trns.png", png(w, h, 8, 0, before=(chunk(b"tRNS", b"\0\x20"),))
    yield "gray-16-trns.png", png(w, h, 16, 0, before=(chunk(b"tRNS", b"\x20\x20"),))
    yield "rgb-8-trns.png", png(w, h, 8, 2, before=(chunk(b"tRNS", b"\0\1\0\2\0\3"),))
    yield "rgb-8-suggested-palette.png", png(w, h, 8, 2, before=(palette(20),), parts=5)
    yield "rgb-8-gamma.png", png(w, h, 8, 2, before=(chunk(b"gAMA", struct.pack(">I", 100000)),))
    yield "rgb-8-trailing-bytes.png", png(w, h, 8, 2) + b"trailing"
    for width, height in ((1, 1), (3, 2), (2, 5), (1, 9), (9, 1)):
        yield f"rgb-8-{width}x{height}-interlaced.png", png(width, height, 8, 2, interlace=1)
        yield f"gray-1-{width}x{height}-interlaced.png", png(width, height, 1, 0, interlace=1)
    for value in range(1, 9):
        yield f"orientation-{value}.png", png(7, 5, 8, 2, before=(chunk(b"eXIf", orientation(value, "<")),))
    yield "orientation-6-after-idat.png", png(7, 5, 8, 2, after=(chunk(b"eXIf", orientation(6)),))
    yield "orientation-6-xmp.png", png(7, 5, 8, 2, before=(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),))


# --- JPEG --------------------------------------------------------------------------------------------------------


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 85, **options})
    return out.getvalue()


def patch_frame(data, width, height, factors):
    """Replaces the size and the sampling factors of the frame header."""
    at = next(i for i in range(len(data)) if data[i] == 0xFF and data[i + 1] in (0xC0, 0xC2))
    out = bytearray(data)
    out[at + 5 : at + 9] = struct.pack(">HH", height, width)
    for i, factor in enumerate(factors):
        out[at + 11 + 3 * i] = factor
    return bytes(out)


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def insert(data, *segments):
    return data[:2] + b"".join(segments) + data[2:]


def adobe(data, transform):
    """Sets the color transform of the Adobe segment, or removes the segment."""
    at = data.index(b"\xff\xee\0\x0eAdobe")
    if transform is None:
        return data[:at] + data[at + 16 :]
    return data[: at + 15] + bytes([transform]) + data[at + 16 :]


def jpeg_files():
    rgb = picture("RGB", 17, 11)
    large = picture("RGB", 37, 29)
    cmyk = picture("CMYK", 17, 11)
    for name in ("4:4:4", "4:2:2", "4:2:0"):
        short = name.replace(":", "")
        yield f"ycc-{short}.jpg", jpeg(rgb, subsampling=name)
        yield f"ycc-{short}-large.jpg", jpeg(large, subsampling=name, quality=75)
        yield f"ycc-{short}-progressive.jpg", jpeg(large, subsampling=name, progressive=True, quality=60)
    yield "ycc-440.jpg", patch_frame(jpeg(rgb, subsampling="4:2:2"), 13, 29, [0x12])
    yield "ycc-411.jpg", patch_frame(jpeg(rgb, subsampling="4:2:0"), 45, 7, [0x41])
    yield "ycc-h1v4.jpg", patch_frame(jpeg(rgb, subsampling="4:2:0"), 13, 27, [0x14])
    yield "ycc-quality-1.jpg", jpeg(large, quality=1)
    yield "ycc-quality-100.jpg", jpeg(large, quality=100)
    yield "ycc-restart.jpg", jpeg(large, restart_marker_blocks=3)
    yield "ycc-restart-progressive.jpg", jpeg(large, restart_marker_rows=1, progressive=True)
    yield "ycc-optimized.jpg", jpeg(large, optimize=True)
    yield "ycc-1x1.jpg", jpeg(picture("RGB", 1, 1))
    yield "ycc-2x3.jpg", jpeg(picture("RGB", 2, 3))
    yield "ycc-trailing-bytes.jpg", jpeg(rgb) + b"trailing \xff\xd8\xff"
    yield "rgb.jpg", jpeg(rgb, keep_rgb=True)
    yield "gray.jpg", jpeg(picture("L", 17, 11))
    yield "gray-progressive.jpg", jpeg(picture("L", 17, 11), progressive=True)
    yield "gray-2x2-sampling.jpg", patch_frame(jpeg(picture("L", 17, 11)), 17, 11, [0x22])
    yield "cmyk.jpg", jpeg(cmyk)
    yield "cmyk-progressive.jpg", jpeg(cmyk, progressive=True)
    yield "cmyk-plain.jpg", adobe(jpeg(cmyk), None)
    yield "ycck.jpg", adobe(jpeg(cmyk), 2)
    yield "ycck-420.jpg", patch_frame(adobe(jpeg(picture("CMYK", 40, 8)), 2), 23, 14, [0x22, 0x11, 0x11, 0x22])
    for value in range(1, 9):
        exif = segment(0xE1, b"Exif\0\0" + orientation(value, "<" if value % 2 else ">"))
        yield f"orientation-{value}.jpg", insert(jpeg(picture("RGB", 7, 5)), exif)
    small = jpeg(picture("RGB", 7, 5))
    yield "orientation-9.jpg", insert(small, segment(0xE1, b"Exif\0\0" + orientation(9)))
    yield "orientation-6-long.jpg", insert(small, segment(0xE1, b"Exif\0\0" + orientation(6, kind=4)))
    yield "orientation-6-xmp.jpg", insert(small, segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP))
    yield "orientation-8-cmyk.jpg", insert(jpeg(cmyk), segment(0xE1, b"Exif\0\0" + orientation(8)))


# --- expected ----------------------------------------------------------------------------------------------------


def rgb_bytes(image):
    return base64.b64encode(image.convert("RGB").tobytes()).decode()


FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}


def resized(source):
    for width, height in ((13, 9), (61, 20), (30, 43), (29, 50), (7, 90), (61, 43), (1, 1), (100, 3), (50, 20), (49, 19)):
        for name, resample in FILTERS.items():
            rgb = rgb_bytes(source.resize((width, height), resample))
            yield {"filter": name, "width": width, "height": height, "rgb": rgb}


def preprocessed():
    """Every byte value in every channel, as one row of 256 pixels."""
    row = np.array([[[i, 255 - i, i * 7 % 256] for i in range(256)]], dtype=np.uint8)
    cases = {"rgb": base64.b64encode(row.tobytes()).decode()}
    for mode in ("tf", "torch", "caffe"):
        values = preprocess_input(row.astype(np.float32), data_format="channels_last", mode=mode)
        cases[mode] = base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()
    return cases


def main():
    if Image.__version__ != PILLOW:
        sys.exit(f"the fixtures were made with Pillow {PILLOW}, this is {Image.__version__}")
    OUT.mkdir(parents=True, exist_ok=True)
    decoded = []
    for name, data in (*png_files(), *jpeg_files()):
        (OUT / name).write_bytes(data)
        image = ImageOps.exif_transpose(Image.open(OUT / name)).convert("RGB")
        decoded.append({"file": name, "width": image.width, "height": image.height, "rgb": rgb_bytes(image)})
    source = picture("RGB", 61, 43)
    luma = base64.b64encode(picture("RGB", 17, 11).convert("L").tobytes()).decode()
    lines = [json.dumps(case) for case in decoded]
    sizes = [json.dumps(case) for case in resized(source)]
    (OUT / "expected.json").write_text(
        '{\n"pillow": "%s",\n"decoded": [\n%s\n],\n"source": %s,\n"resized": [\n%s\n],\n"luma": %s,\n"preprocessed": %s\n}\n'
        % (
            PILLOW,
            ",\n".join(lines),
            json.dumps({"width": 61, "height": 43, "rgb": rgb_bytes(source)}),
            ",\n".join(sizes),
            json.dumps({"width": 17, "height": 11, "rgb": rgb_bytes(picture("RGB", 17, 11)), "luma": luma}),
            json.dumps(preprocessed()),
        )
    )


if __name__ == "__main__":
    main()
