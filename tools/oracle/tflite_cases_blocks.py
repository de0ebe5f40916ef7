"""Cases of the operators that exchange pixels with channels or with images of the batch."""

from tflite_case import moved_case
from tflite_model import Operator, parameter


def batch_to_space_nd_cases():
    """Cases of BATCH_TO_SPACE_ND."""
    return [batch_to_space_nd(name, **settings) for name, settings in BATCH_TO_SPACE_ND]


def space_to_batch_nd_cases():
    """Cases of SPACE_TO_BATCH_ND, which pads with the zero point."""
    return [space_to_batch_nd(name, **settings) for name, settings in SPACE_TO_BATCH_ND]


def depth_to_space_cases():
    """Cases of DEPTH_TO_SPACE."""
    return [blocks("depth_to_space", "DepthToSpaceOptions", name, **settings) for name, settings in DEPTH_TO_SPACE]


def space_to_depth_cases():
    """Cases of SPACE_TO_DEPTH."""
    return [blocks("space_to_depth", "SpaceToDepthOptions", name, **settings) for name, settings in SPACE_TO_DEPTH]


def batch_to_space_nd(name, x, block, crops, **settings):
    """Images of the batch side by side, cropped."""
    operator = Operator("BATCH_TO_SPACE_ND", "BatchToSpaceNDOptions", {}, [parameter(block), parameter(crops)])
    return moved_case("batch_to_space_nd", name, {"blockShape": block, "crops": crops}, operator, x, **settings)


def space_to_batch_nd(name, x, block, paddings, **settings):
    """Every block-th pixel of a padded image as an image of the batch."""
    operator = Operator("SPACE_TO_BATCH_ND", "SpaceToBatchNDOptions", {}, [parameter(block), parameter(paddings)])
    return moved_case("space_to_batch_nd", name, {"blockShape": block, "paddings": paddings}, operator, x, **settings)


def blocks(op, options_name, name, x, block, **settings):
    """Blocks of pixels and their channels."""
    operator = Operator(op.upper(), options_name, {"blockSize": block})
    return moved_case(op, name, {"blockSize": block}, operator, x, **settings)


NONE = [[0, 0], [0, 0]]

BATCH_TO_SPACE_ND = [
    ("2x2", {"x": (4, 2, 3, 2), "block": [2, 2], "crops": NONE}),
    ("2x2, cropped", {"x": (4, 3, 3, 2), "block": [2, 2], "crops": [[1, 0], [2, 3]], "zero": 127}),
    ("3x2, cropped beyond a block", {"x": (6, 4, 3, 1), "block": [3, 2], "crops": [[4, 5], [0, 3]], "zero": -128}),
    ("two images", {"x": (8, 2, 2, 3), "block": [2, 2], "crops": [[0, 1], [1, 0]]}),
    ("1x1", {"x": (2, 2, 3, 2), "block": [1, 1], "crops": NONE}),
    ("4x1", {"x": (4, 2, 5, 1), "block": [4, 1], "crops": [[1, 2], [0, 0]]}),
    ("rank 3", {"x": (6, 3, 2), "block": [3], "crops": [[2, 1]]}),
    ("2x2, cropped", {"x": (4, 3, 3, 2), "block": [2, 2], "crops": [[1, 0], [2, 3]], "dtype": "uint8"}),
    ("2x3, cropped", {"x": (6, 2, 2, 2), "block": [2, 3], "crops": [[1, 0], [2, 3]], "dtype": "int16"}),
    ("2x3, cropped", {"x": (6, 2, 2, 2), "block": [2, 3], "crops": [[1, 0], [2, 3]], "dtype": "float32"}),
    ("2x1", {"x": (2, 2, 2, 2), "block": [2, 1], "crops": NONE, "dtype": "int32"}),
    ("2x1", {"x": (2, 2, 2, 2), "block": [2, 1], "crops": NONE, "dtype": "int64"}),
]

SPACE_TO_BATCH_ND = [
    ("2x2", {"x": (1, 4, 6, 2), "block": [2, 2], "paddings": NONE}),
    ("2x2, padded", {"x": (1, 5, 3, 2), "block": [2, 2], "paddings": [[1, 0], [2, 3]], "zero": 127}),
    ("3x2, padded beyond a block", {"x": (1, 3, 3, 1), "block": [3, 2], "paddings": [[4, 5], [0, 3]], "zero": -128}),
    ("two images", {"x": (2, 3, 3, 3), "block": [2, 2], "paddings": [[0, 1], [1, 0]]}),
    ("1x1, padded", {"x": (2, 2, 3, 2), "block": [1, 1], "paddings": [[1, 0], [0, 2]]}),
    ("4x1", {"x": (1, 5, 5, 1), "block": [4, 1], "paddings": [[1, 2], [0, 0]]}),
    ("rank 3", {"x": (2, 6, 2), "block": [3], "paddings": [[2, 1]]}),
    ("2x2, padded", {"x": (1, 5, 3, 2), "block": [2, 2], "paddings": [[1, 0], [2, 3]], "dtype": "uint8", "zero": -100}),
    ("2x3, padded", {"x": (1, 3, 4, 2), "block": [2, 3], "paddings": [[1, 0], [2, 3]], "dtype": "int16"}),
    ("2x3, padded", {"x": (1, 3, 4, 2), "block": [2, 3], "paddings": [[1, 0], [2, 3]], "dtype": "float32"}),
    ("2x1", {"x": (1, 3, 2, 2), "block": [2, 1], "paddings": [[0, 1], [0, 0]], "dtype": "int32"}),
    ("2x1", {"x": (1, 3, 2, 2), "block": [2, 1], "paddings": [[0, 1], [0, 0]], "dtype": "int64"}),
]

DEPTH_TO_SPACE = [
    ("2x2", {"x": (1, 2, 3, 8), "block": 2}),
    ("3x3, two images", {"x": (2, 1, 2, 18), "block": 3, "zero": 127}),
    ("1x1", {"x": (1, 2, 2, 3), "block": 1}),
    ("one channel", {"x": (1, 3, 2, 4), "block": 2}),
    ("4x4 of a pixel", {"x": (1, 1, 1, 32), "block": 4}),
    ("2x2", {"x": (1, 2, 3, 8), "block": 2, "dtype": "uint8"}),
    ("2x2", {"x": (1, 2, 3, 8), "block": 2, "dtype": "float32"}),
    ("2x2", {"x": (1, 2, 1, 4), "block": 2, "dtype": "int32"}),
    ("2x2", {"x": (1, 2, 1, 4), "block": 2, "dtype": "int64"}),
]

SPACE_TO_DEPTH = [
    ("2x2", {"x": (1, 4, 6, 2), "block": 2}),
    ("3x3, two images", {"x": (2, 3, 6, 2), "block": 3, "zero": 127}),
    ("1x1", {"x": (1, 2, 2, 3), "block": 1}),
    ("one channel", {"x": (1, 6, 4, 1), "block": 2}),
    ("the whole image", {"x": (1, 4, 4, 2), "block": 4}),
    ("2x2", {"x": (1, 4, 6, 2), "block": 2, "dtype": "uint8"}),
    ("2x2", {"x": (1, 4, 6, 2), "block": 2, "dtype": "float32"}),
    ("2x2", {"x": (1, 4, 2, 1), "block": 2, "dtype": "int32"}),
    ("2x2", {"x": (1, 4, 2, 1), "block": 2, "dtype": "int64"}),
]
