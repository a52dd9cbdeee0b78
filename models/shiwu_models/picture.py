"""The bytes of a picture to what the model sees, within limits, with the library's error codes.

What the service and the cluster share. Pixels are those of ``preprocess`` (exact) or of the
library's fast way; this adds what a stranger's file asks for: limits looked at before anything is
decoded, and a code for each failure.
"""

import io
import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PIL import ExifTags, Image, ImageFile, ImageOps, UnidentifiedImageError

from shiwu_models.color import ToSrgb, to_srgb
from shiwu_models.fast import (
    MIRRORED_X,
    MIRRORED_Y,
    Sides,
    centred,
    denominator,
    resized,
    scaled,
    seen_box,
)
from shiwu_models.library_errors import PictureError
from shiwu_models.manifest import Resize
from shiwu_models.preprocess import FILTERS, fit, to_rgb

Precision = Literal["fast", "exact"]

MAX_PIXELS = 200_000_000  # the library's (kDefaultMaxPixels in wasm/include/shiwu/decode.h)
MAX_SIDE = 65_536
# Pillow's names. It reads many more: what nobody asked for is not a stranger's to start.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "DIB", "WEBP", "AVIF")

# The limit is the caller's, and looked at below; Pillow's own would come first, as a warning.
Image.MAX_IMAGE_PIXELS = None

_CUT = ("truncated", "premature end", "unexpected end", "end of file")
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"}
_SIGNATURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM")


@dataclass(frozen=True)
class Region:
    """A rectangle in whole pixels of the upright picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """Of the model's size, 8-bit RGB, and what is known of the file; sides are the whole one's."""

    pixels: Image.Image
    width: int
    height: int
    orientation: int

    def plain(self) -> dict[str, int | str | bool]:
        """``image`` of the library's answer."""
        return {
            "width": self.width,
            "height": self.height,
            "orientation": self.orientation,
            "decoder": "pillow",
            "truncated": False,  # a cut file is refused here
        }


def read_picture(
    data: bytes,
    size: Sides,
    resize: Resize,
    *,
    precision: Precision = "fast",
    max_pixels: int = MAX_PIXELS,
    region: Region | None = None,
) -> Picture:
    """Decode a file and bring it, or its ``region``, to ``size`` = [height, width].

    Raises PictureError ``empty-input``, ``unsupported-format``, ``needs-decoder`` (HEIC),
    ``image-too-large`` (by the header, before pixels are made), ``corrupt-image``,
    ``truncated-image``, ``invalid-argument`` (a region that reaches outside), ``out-of-memory``.
    """
    if not data:
        raise PictureError("empty-input")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; the pixels are what counts
            return _read(data, size, resize, precision, max_pixels, region)
    except MemoryError as error:
        raise PictureError("out-of-memory", str(error)) from error
    except PictureError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever their loops run into
        text = " ".join(str(error).split())[:200]
        cut = isinstance(error, EOFError) or any(word in text.lower() for word in _CUT)
        raise PictureError("truncated-image" if cut else "corrupt-image", text) from error


def _read(
    data: bytes,
    size: Sides,
    resize: Resize,
    precision: Precision,
    max_pixels: int,
    region: Region | None,
) -> Picture:
    with _open(data) as image:
        stored = image.size
        if stored[0] * stored[1] > max_pixels or max(stored) > MAX_SIDE:
            raise PictureError("image-too-large", f"{stored[0]} x {stored[1]} pixels")
        orientation = _orientation(image)
        width, height = stored if orientation < 5 else (stored[1], stored[0])
        region = _inside(region, width, height)
        if precision == "exact":
            pixels = fit(_crop(_upright(image, orientation), region), size, resize)
        else:
            colours = to_srgb(image.info)
            pixels = _fast(image, orientation, (width, height), region, size, resize)
            if colours is not None:
                pixels = _coloured(pixels, colours)
    return Picture(pixels, width, height, orientation)


def _fast(
    image: ImageFile.ImageFile,
    orientation: int,
    full: Sides,
    region: Region,
    size: Sides,
    resize: Resize,
) -> Image.Image:
    box, target = seen_box((region.width, region.height), size, resize)
    if image.format not in ("JPEG", "MPO"):
        part = _crop(_upright(image, orientation), region)
        return centred(resized(part, box, target, resize), size)
    by = denominator(box, target)
    if by > 1:
        stored = image.size
        image.draft(image.mode, (stored[0] // by, stored[1] // by))
        if image.size != (-(-stored[0] // by), -(-stored[1] // by)):  # of a kind that cannot
            by = 1
    x, y = orientation in MIRRORED_X, orientation in MIRRORED_Y
    left, right, *across = scaled(full[0], by, x, region.x, region.width, (box[0], box[2]))
    top, bottom, *down = scaled(full[1], by, y, region.y, region.height, (box[1], box[3]))
    part = _upright(image, orientation).crop((left, top, right, bottom))
    inner = part.resize(
        target, FILTERS[resize.filter], box=(across[0], down[0], across[1], down[1])
    )
    return centred(inner, size)


def _coloured(pixels: Image.Image, colours: ToSrgb) -> Image.Image:
    return Image.fromarray(colours(np.asarray(pixels)))


def _open(data: bytes) -> ImageFile.ImageFile:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
            raise PictureError("needs-decoder", "heic") from error
        # It begins as a picture does, and cannot be read on.
        webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
        known = webp or data.startswith(_SIGNATURES)
        raise PictureError(
            "corrupt-image" if known else "unsupported-format", "no header that can be read"
        ) from error


def _orientation(image: Image.Image) -> int:
    try:
        value: Any = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged metadata leave the picture as it lies
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    image.load()
    return to_rgb(image if orientation == 1 else ImageOps.exif_transpose(image))


def _inside(region: Region | None, width: int, height: int) -> Region:
    whole = Region(0, 0, width, height)
    if region is None:
        return whole
    x, y, w, h = region.x, region.y, region.width, region.height
    if x < 0 or y < 0 or w < 1 or h < 1 or x + w > width or y + h > height:
        raise PictureError(
            "invalid-argument", f"region {x},{y},{w},{h} is not inside of {width} x {height}"
        )
    return region


def _crop(image: Image.Image, region: Region) -> Image.Image:
    if image.size == (region.width, region.height):
        return image
    return image.crop((region.x, region.y, region.x + region.width, region.y + region.height))
