"""Pictures of six shapes, drawn by Pillow: data for a small model, made on the spot."""

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# id, Chinese name, English name: the order of the model's classes.
SHAPES = (
    ("circle", "圆形", "circle"),
    ("triangle", "三角形", "triangle"),
    ("square", "正方形", "square"),
    ("star", "五角星", "star"),
    ("cross", "十字形", "cross"),
    ("heart", "心形", "heart"),
)
OVERSAMPLING = 3  # drawn so many times larger and then shrunk: Pillow draws without antialiasing
MOST_TILT = math.radians(25)

Point = tuple[float, float]


def outline(shape: str) -> list[Point]:
    """The corners of a shape (curves as short chords) around 0, none farther off than 1."""
    match shape:
        case "circle":
            return _around(64, (1.0,))
        case "triangle":
            return _around(3, (1.0,))
        case "square":
            return _around(4, (1.0,))
        case "star":
            return _around(10, (1.0, 0.42))
        case "cross":
            inner, outer = 0.3, 0.95
            quarter = [(-inner, -outer), (inner, -outer), (inner, -inner)]
            return [_turned(point, turn * math.pi / 2) for turn in range(4) for point in quarter]
        case "heart":
            angles = np.linspace(0, 2 * math.pi, 64, endpoint=False)
            return [_heart(angle) for angle in angles]
    raise ValueError(shape)


def draw(shape: str, rng: np.random.Generator, size: tuple[int, int] = (96, 96)) -> Image.Image:
    """One shape, dark on light noisy paper, of a random colour, place, size and tilt; RGB.

    ``size`` is [width, height] in pixels, as Pillow has it. The shape lies within the centred
    square, so that a centre crop leaves it whole.
    """
    width, height = (side * OVERSAMPLING for side in size)
    canvas = Image.new("RGB", (width, height), _colour(rng, 170, 256))
    pen = ImageDraw.Draw(canvas)
    for _ in range(rng.integers(0, 4)):  # lines behind the shape, so that edges alone say nothing
        ends = [(rng.uniform(0, width), rng.uniform(0, height)) for _ in range(2)]
        pen.line(ends, fill=_colour(rng, 100, 220), width=OVERSAMPLING)
    side = min(width, height)
    radius = rng.uniform(0.26, 0.44) * side
    play = side / 2 - radius
    centre = [length / 2 + rng.uniform(-play, play) for length in (width, height)]
    turn = rng.uniform(-MOST_TILT, MOST_TILT)
    points = [_turned(point, turn) for point in outline(shape)]
    corners = [(centre[0] + radius * x, centre[1] + radius * y) for x, y in points]
    pen.polygon(corners, fill=_colour(rng, 0, 130))
    picture = canvas.resize(size, Image.Resampling.BOX)
    if rng.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.0)))
    noise = rng.normal(0, rng.uniform(2, 14), (size[1], size[0], 3))
    pixels = np.asarray(picture, np.float64) + noise
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def drawings(count: int, seed: int) -> Iterator[tuple[Image.Image, int]]:
    """``count`` pictures with their class, the classes in turn; the same for the same seed."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        label = number % len(SHAPES)
        # Landscape, square and portrait, as photos come.
        width, height = rng.integers(72, 128, 2)
        yield draw(SHAPES[label][0], rng, (int(width), int(height))), label


def labels_table() -> str:
    """The classes as the pipeline's own labels table."""
    rows = [f"{name}\t{zh}\t{en}" for name, zh, en in SHAPES]
    return "\n".join(["id\tzh\ten", *rows]) + "\n"


def _around(count: int, radii: tuple[float, ...]) -> list[Point]:
    """Points evenly around 0, the radii in turn, the first at the top."""
    return [_turned((0, -radii[i % len(radii)]), 2 * math.pi * i / count) for i in range(count)]


def _heart(angle: float) -> Point:
    """The usual sextic heart curve, made to lie within the unit circle."""
    x = 16 * math.sin(angle) ** 3
    y = 13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle)
    return x / 17, -(y - math.cos(4 * angle) + 2.5) / 17


def _turned(point: Point, angle: float) -> Point:
    x, y = point
    return (
        x * math.cos(angle) - y * math.sin(angle),
        x * math.sin(angle) + y * math.cos(angle),
    )


def _colour(rng: np.random.Generator, lowest: int, limit: int) -> tuple[int, int, int]:
    red, green, blue = rng.integers(lowest, limit, 3)
    return int(red), int(green), int(blue)
