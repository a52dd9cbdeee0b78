"""The largest photos of a folder, each at 12, 4 and 0.2 megapixels, as JPEG files of quality 92.

python sized.py PHOTOS FOLDER COUNT   writes FOLDER/00-12.jpg, 00-4.jpg, 00-0.2.jpg, 01-12.jpg …
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from PIL import Image

MEGAPIXELS = (12, 4, 0.2)


def area(path: Path) -> int:
    with Image.open(path) as image:
        return image.width * image.height


def main() -> None:
    photos, folder, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    paths = [each for each in photos.iterdir() if each.suffix.lower() in (".jpg", ".jpeg")]
    largest = sorted(paths, key=lambda path: (-area(path), path.name))[:count]
    for number, path in enumerate(largest):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        for size in MEGAPIXELS:
            scale = math.sqrt(size * 1e6 / (image.width * image.height))
            sides = (round(image.width * scale), round(image.height * scale))
            sized = image.resize(sides, Image.Resampling.LANCZOS)
            sized.save(folder / f"{number:02d}-{size}.jpg", quality=92, subsampling=2)


if __name__ == "__main__":
    main()
