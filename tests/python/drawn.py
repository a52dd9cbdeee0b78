"""Many small pictures, drawn, and files that are none, for the service and the cluster."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image


def drawn(seed: int, form: str = "PNG", side: int = 72) -> bytes:
    """A picture of smooth noise, as a file; another for each seed."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (5, 6, 3), np.uint8)
    image = Image.fromarray(small).resize((side, side - 8), Image.Resampling.BICUBIC)
    file = BytesIO()
    image.save(file, form)
    return file.getvalue()


def broken() -> dict[str, tuple[bytes, str]]:
    """Name → a file that cannot be named, and the library's code for it."""
    jpeg, png = drawn(1, "JPEG", 200), drawn(2)
    return {
        "empty.jpg": (b"", "empty-input"),
        "text.jpg": (b"not a picture at all\n" * 9, "unsupported-format"),
        "cut.jpg": (jpeg[: len(jpeg) // 3], "truncated-image"),
        "cut.png": (png[: len(png) // 2], "truncated-image"),
        "damaged.png": (png[:8] + bytes(40), "corrupt-image"),
        "photo.heic": (b"\0\0\0\x18ftypheic" + bytes(64), "needs-decoder"),
    }


def fill(folder: Path, count: int) -> None:
    """``count`` pictures, a third of them one folder deeper, and the broken files."""
    (folder / "deep").mkdir(parents=True)
    for seed in range(count):
        place = folder / "deep" if seed % 3 == 0 else folder
        form = "JPEG" if seed % 2 else "PNG"
        (place / f"{seed:04d}.{form.lower()}").write_bytes(drawn(seed, form))
    for name, (data, _) in broken().items():
        (folder / name).write_bytes(data)
