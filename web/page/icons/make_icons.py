"""The page's mark, as in public/favicon.svg, in the sizes that systems ask for.

    python web/page/icons/make_icons.py

writes public/icons/{192,512,maskable-512}.png. Needs Pillow. The maskable one fills its square: systems
cut it to a shape of their own, within the middle 80 percent of which the mark lies.
"""

import pathlib
from itertools import pairwise

from PIL import Image, ImageDraw

FOLDER = pathlib.Path(__file__).parent.parent / "public" / "icons"
SEAL = "#b23a25"
GRID = 32  # the drawing's own units
FINE = 4  # drawn larger, then shrunk, for smooth edges
CORNERS = [
    [(7, 12), (7, 7), (12, 7)],
    [(20, 7), (25, 7), (25, 12)],
    [(25, 20), (25, 25), (20, 25)],
    [(12, 25), (7, 25), (7, 20)],
]
STROKE = 2.5


def icon(size, *, maskable):
    unit = size * FINE / GRID
    image = Image.new("RGBA", (size * FINE, size * FINE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    radius = 0 if maskable else 7 * unit
    draw.rounded_rectangle((0, 0, size * FINE - 1, size * FINE - 1), radius, SEAL)
    half = STROKE / 2
    for corner in CORNERS:
        for (x0, y0), (x1, y1) in pairwise(corner):
            # square caps: half a stroke further on every side
            box = (min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half)
            draw.rectangle([value * unit for value in box], "white")
    draw.ellipse([value * unit for value in (12, 12, 20, 20)], "white")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main():
    FOLDER.mkdir(exist_ok=True)
    for size in (192, 512):
        icon(size, maskable=False).save(FOLDER / f"{size}.png", optimize=True)
    icon(512, maskable=True).convert("RGB").save(FOLDER / "maskable-512.png", optimize=True)


if __name__ == "__main__":
    main()
