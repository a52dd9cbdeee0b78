#!/usr/bin/env python3
"""Makes the page's sample photos from pictures that come with Python packages.

    python web/page/samples/make_samples.py [output folder]

Needs Pillow, scikit-image and scikit-learn (only their data files are read).
Every photo is at most 800 pixels wide or high and 120 kB; sources and licences
are in web/page/public/samples/README.md.
"""

import importlib.util
import io
import sys
from pathlib import Path

from PIL import Image

LONGEST_SIDE = 800
MAX_BYTES = 120_000

# name: (package, path inside it)
SOURCES = {
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "palace": ("sklearn", "datasets/images/china.jpg"),
    "cameraman": ("skimage", "data/camera.png"),
}


def locate(package: str, path: str) -> Path:
    """Finds a package's file without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: pip install scikit-image scikit-learn")
    return Path(spec.submodule_search_locations[0]) / path


def encode(image: Image.Image) -> bytes:
    """The best JPEG that fits the limit."""
    for quality in range(88, 40, -4):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue()
    raise SystemExit("the picture does not fit the size limit")


def main() -> None:
    default = Path(__file__).resolve().parent.parent / "public" / "samples"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, path) in SOURCES.items():
        image = Image.open(locate(package, path)).convert("RGB")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        data = encode(image)
        (folder / f"{name}.jpg").write_bytes(data)
        print(f"{name}.jpg {image.width}×{image.height} {len(data):,} bytes")


if __name__ == "__main__":
    main()
