"""The library's ``precision: 'fast'``, by Pillow: fewer pixels decoded, colours made sRGB's.

As ``FitFile`` in ``wasm/src/fit.cc``: a JPEG is decoded at 1/2, 1/4 or 1/8 of its size, other
pixels are averaged in blocks, where that leaves at least twice what the model sees.
"""

import math

import numpy as np
from PIL import Image

from shiwu_models.manifest import Resize
from shiwu_models.preprocess import FILTERS, crop_box

GAP = 2.0
Box = tuple[float, float, float, float]
Sides = tuple[int, int]  # width, height

# EXIF orientations in which the upright picture's first column, or row, is the stored one's last.
MIRRORED_X = {2, 3, 6, 7}
MIRRORED_Y = {3, 4, 7, 8}


def seen_box(part: Sides, size: Sides, resize: Resize) -> tuple[Box, Sides]:
    """What of a part the model sees, and of how many pixels [width, height] that becomes.

    ``size`` is the input's [height, width]. Smaller than it only for ``pad``.
    """
    width, height = part
    target = size[1], size[0]
    if resize.mode == "crop-shortest":
        return crop_box(width, height, size, resize.crop_fraction), target
    if resize.mode == "stretch":
        return (0.0, 0.0, float(width), float(height)), target
    scale = min(target[0] / width, target[1] / height)
    inner = [
        min(max(math.floor(side * scale + 0.5), 1), limit)
        for side, limit in zip(part, target, strict=True)
    ]
    return (0.0, 0.0, float(width), float(height)), (inner[0], inner[1])


def denominator(box: Box, target: Sides) -> int:
    """By how much a JPEG may be decoded smaller."""
    scale = min((box[2] - box[0]) / target[0], (box[3] - box[1]) / target[1])
    return next((each for each in (8, 4, 2) if scale >= GAP * each), 1)


def scaled(
    full: int, by: int, mirrored: bool, first: int, size: int, span: tuple[float, float]
) -> tuple[int, int, float, float]:
    """One axis of a region of ``size`` pixels from ``first`` on, after decoding at 1 / ``by``.

    The first pixel that is decoded of it and the one after its last, and ``span``, which lay in the
    region, in them. On a mirrored axis what the last block lacks is missing at the beginning.
    """
    decoded = -(-full // by)
    shift = decoded - full / by if mirrored else 0.0
    begin = math.floor(first / by + shift)
    end = min(decoded, math.ceil((first + size) / by + shift))
    start, stop = ((first + at) / by + shift - begin for at in span)
    return begin, end, max(0.0, _float32(start)), min(_float32(stop), float(end - begin))


def _float32(value: float) -> float:
    return float(np.float32(value))


def resized(image: Image.Image, box: Box, target: Sides, resize: Resize) -> Image.Image:
    """Averaged in blocks, then resampled."""
    box = box[0], box[1], min(box[2], image.width), min(box[3], image.height)
    return image.resize(target, FILTERS[resize.filter], box=box, reducing_gap=GAP)


def centred(inner: Image.Image, size: Sides) -> Image.Image:
    """On black, where it does not fill the input's ``size`` = [height, width]."""
    height, width = size
    if inner.size == (width, height):
        return inner
    canvas = Image.new("RGB", (width, height))
    canvas.paste(inner, ((width - inner.width) // 2, (height - inner.height) // 2))
    return canvas
