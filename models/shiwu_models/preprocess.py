"""A picture to the network's input, by Pillow and NumPy alone.

This is the independent reference for the C++ core: the same pixels must give the same tensor, bit
for bit. Nothing here is shared with the C++ beyond the manifest.
"""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from shiwu_models.errors import ModelError
from shiwu_models.manifest import Input, Resize

FILTERS = {
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def load_image(path: Path) -> Image.Image:
    """Read a picture upright, in 8-bit RGB, with alpha laid on white.

    EXIF orientation is applied once; of an animation the first frame is taken; of 16-bit grey the
    high byte. Raises ModelError ``invalid-image`` when Pillow cannot read the file.
    """
    try:
        with Image.open(path) as image:
            return to_rgb(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise ModelError(
            "invalid-image",
            zh=f"读不出图片 {path.name}：{error}。请换一张，或先用看图软件另存。",
            en=f"Cannot read {path.name}: {error}. Try another file, or save it again first.",
        ) from error


def to_rgb(image: Image.Image) -> Image.Image:
    """Any of Pillow's modes to 8-bit RGB; what is transparent lies on white."""
    if image.mode.startswith("I;16"):
        high_byte = (np.asarray(image, dtype=np.uint16) >> 8).astype(np.uint8)
        image = Image.fromarray(high_byte)
    if "A" in image.getbands() or "transparency" in image.info:
        rgba = image.convert("RGBA")
        canvas = Image.new("RGB", rgba.size, (255, 255, 255))
        canvas.paste(rgba, mask=rgba.getchannel("A"))
        return canvas
    return image.convert("RGB")


def crop_box(
    width: int, height: int, size: tuple[int, int], crop_fraction: float
) -> tuple[float, float, float, float]:
    """The centred box (left, top, right, bottom) in source pixels, fractions allowed.

    ``size`` is the input's [height, width]; the box has its aspect ratio and is the largest that
    fits, times ``crop_fraction`` (0 < f <= 1). In double precision, as the C++ core has it.
    """
    target_h, target_w = size
    crop_w = crop_fraction * min(float(width), height * target_w / target_h)
    crop_h = crop_fraction * min(float(height), width * target_h / target_w)
    left, top = (width - crop_w) / 2, (height - crop_h) / 2
    return left, top, min(left + crop_w, float(width)), min(top + crop_h, float(height))


def fit(image: Image.Image, size: tuple[int, int], resize: Resize) -> Image.Image:
    """An upright RGB picture to ``size`` = [height, width], 8 bits a channel."""
    height, width = size
    resample = FILTERS[resize.filter]
    if resize.mode == "stretch":
        return image.resize((width, height), resample)
    if resize.mode == "crop-shortest":
        box = crop_box(image.width, image.height, size, resize.crop_fraction)
        return image.resize((width, height), resample, box=box)
    scale = min(width / image.width, height / image.height)
    inner = tuple(
        min(max(math.floor(side * scale + 0.5), 1), limit)
        for side, limit in ((image.width, width), (image.height, height))
    )
    canvas = Image.new("RGB", (width, height))
    canvas.paste(
        image.resize((inner[0], inner[1]), resample),
        ((width - inner[0]) // 2, (height - inner[1]) // 2),
    )
    return canvas


def normalize(image: Image.Image, spec: Input) -> NDArray[np.float32]:
    """An RGB picture of the input's size to float32 [1, 3, H, W] (or [1, H, W, 3] for NHWC)."""
    pixels = np.asarray(image, dtype=np.float32)
    if spec.color == "BGR":
        pixels = pixels[:, :, ::-1]
    tensor = (pixels * np.float32(spec.scale) - _float32(spec.mean)) / _float32(spec.std)
    if spec.layout == "NCHW":
        tensor = tensor.transpose(2, 0, 1)
    return np.ascontiguousarray(tensor[np.newaxis], dtype=np.float32)


def _float32(values: tuple[float, float, float]) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def preprocess(path: Path, spec: Input, resize: Resize) -> NDArray[np.float32]:
    """A file to the network's input, float32, a batch of one. Raises as ``load_image`` does."""
    return normalize(fit(load_image(path), spec.size, resize), spec)
