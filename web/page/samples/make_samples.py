#!/usr/bin/env python3
"""Makes the page's sample photos from pictures that come with packages.

    apt-get download lomiri-wallpapers-16.04 && dpkg-deb -x lomiri-wallpapers-16.04_*.deb DEBIAN
    python web/page/samples/make_samples.py DEBIAN

Needs Pillow and scikit-image (only its data files are read). Every photo is at
most 800 pixels wide or high and 80 kB, with a small one beside it for the
first screen; sources and licences are in web/page/public/samples/README.md.
"""

import importlib.util
import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

LONGEST_SIDE = 800
MAX_BYTES = 80_000
SMALL = (320, 240)
FOLDER = Path(__file__).resolve().parent.parent / "public" / "samples"
WALLPAPERS = "usr/share/backgrounds"


@dataclass(frozen=True)
class Source:
    """Where a photo comes from, and what of it is shown: left, top, right, bottom in pixels."""

    path: str
    package: str | None = None
    box: tuple[int, int, int, int] | None = None


SOURCES = {
    "cat": Source("data/chelsea.png", package="skimage"),
    "dogs": Source(f"{WALLPAPERS}/friends_by_Aitzol_Berasategi.jpg", box=(250, 660, 1890, 1890)),
    "coffee": Source("data/coffee.png", package="skimage"),
    "brushes": Source(f"{WALLPAPERS}/Picture_1A_by_freespace.jpg"),
}


def locate(source: Source, debian: Path) -> Path:
    """Finds a Python package's file without importing the package, or one of the unpacked Debian package."""
    if source.package is None:
        return debian / source.path
    spec = importlib.util.find_spec(source.package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{source.package} is not installed: pip install scikit-image")
    return Path(spec.submodule_search_locations[0]) / source.path


def encode(image: Image.Image) -> bytes:
    """The best JPEG that fits the limit."""
    for quality in range(88, 40, -4):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue()
    raise SystemExit("the picture does not fit the size limit")


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    for name, source in SOURCES.items():
        image = Image.open(locate(source, Path(sys.argv[1])))
        image = ImageOps.exif_transpose(image).convert("RGB").crop(source.box)
        small = ImageOps.fit(image, SMALL, Image.Resampling.LANCZOS)
        small.save(FOLDER / f"{name}.small.webp", quality=75, method=6)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        data = encode(image)
        (FOLDER / f"{name}.jpg").write_bytes(data)
        print(f"{name}.jpg {image.width}×{image.height} {len(data):,} bytes")


if __name__ == "__main__":
    main()
