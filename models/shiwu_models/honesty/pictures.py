"""Worse copies of photos, and pictures of nothing. Seeded: the same call gives the same pixels."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

Generator = np.random.Generator


def _blurred(image: Image.Image, _: Generator) -> Image.Image:
    """Out of focus by one part in 200 of the shorter side."""
    return image.filter(ImageFilter.GaussianBlur(min(image.size) / 200))


def _noisy(image: Image.Image, random: Generator) -> Image.Image:
    """A sensor in the evening: normal noise with a standard deviation of 15 levels."""
    pixels = np.asarray(image, np.float64)
    return Image.fromarray(
        (pixels + random.normal(0, 15, pixels.shape)).clip(0, 255).astype(np.uint8)
    )


def _dark(image: Image.Image, _: Generator) -> Image.Image:
    """A third of the light, with levels lost."""
    return ImageEnhance.Brightness(image).enhance(1 / 3)


def _cropped(image: Image.Image, random: Generator) -> Image.Image:
    """A part of 70 % of each side, anywhere."""
    width, height = (max(1, round(0.7 * side)) for side in image.size)
    left = int(random.integers(image.width - width + 1))
    top = int(random.integers(image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


Degrade = Callable[[Image.Image, Generator], Image.Image]
DEGRADED: dict[str, Degrade] = {
    "blur": _blurred,
    "noise": _noisy,
    "dark": _dark,
    "crop": _cropped,
}


def degraded(image: Image.Image, kind: str, seed: int) -> Image.Image:
    """A worse copy of an upright RGB picture; ``kind`` is one of ``DEGRADED``."""
    return DEGRADED[kind](image, np.random.default_rng(seed))


SIDE = 320  # pixels of a picture of nothing
# fmt: off
_WORDS = (
    "the", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs", "0123456789", "total",
    "amount", "due", "date", "invoice", "report", "settings", "save", "open", "file", "edit",
    "view", "help", "meeting", "notes", "chapter", "figure", "table", "index",
)
# fmt: on


def _noise(random: Generator) -> Image.Image:
    """White noise, or noise of larger grains."""
    grains = int(random.choice([SIDE, 80, 20]))
    small = random.integers(0, 256, (grains, grains, 3), np.uint8)
    return Image.fromarray(small).resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _gradient(random: Generator) -> Image.Image:
    """From one colour to another, along any direction."""
    x, y = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(0, 1, SIDE))
    angle = random.uniform(0, 2 * np.pi)
    along = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle) + 0.5
    ends = random.uniform(0, 255, (2, 3))
    return Image.fromarray(
        (ends[0] + along.clip(0, 1)[..., np.newaxis] * (ends[1] - ends[0])).astype(np.uint8)
    )


def _text(random: Generator) -> Image.Image:
    """A page of words, dark on light or light on dark, as a screenshot has it."""
    light = bool(random.integers(2))
    ground, ink = ((250, 250, 248), (30, 30, 30)) if light else ((24, 26, 30), (220, 220, 220))
    image = Image.new("RGB", (SIDE, SIDE), ground)
    draw = ImageDraw.Draw(image)
    size = int(random.integers(9, 20))
    font = ImageFont.load_default(size)
    for top in range(12, SIDE - size, int(size * 1.6)):
        line = " ".join(random.choice(_WORDS, int(random.integers(3, 9))))
        draw.text((14, top), line, ink, font)
    return image


def _shapes(random: Generator) -> Image.Image:
    """A few plain shapes on a plain ground."""

    def colour() -> tuple[int, int, int]:
        red, green, blue = (int(level) for level in random.integers(0, 256, 3))
        return red, green, blue

    image = Image.new("RGB", (SIDE, SIDE), colour())
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(1, 7))):
        x, y = (int(place) for place in random.integers(0, SIDE - 60, 2))
        w, h = (int(side) for side in random.integers(30, 160, 2))
        shape = int(random.integers(4))
        if shape == 0:
            draw.rectangle((x, y, x + w, y + h), colour())
        elif shape == 1:
            draw.ellipse((x, y, x + w, y + h), colour())
        elif shape == 2:
            draw.polygon([(x, y + h), (x + w // 2, y), (x + w, y + h)], colour())
        else:
            draw.line((x, y, x + w, y + h), colour(), int(random.integers(2, 20)))
    return image


Draw = Callable[[Generator], Image.Image]
NOTHING: dict[str, Draw] = {
    "noise": _noise,
    "gradient": _gradient,
    "text": _text,
    "shapes": _shapes,
}


def nothing(kind: str, seed: int) -> Image.Image:
    """A picture in which there is none of the thousand things; ``kind`` is one of ``NOTHING``."""
    return NOTHING[kind](np.random.default_rng(seed))
