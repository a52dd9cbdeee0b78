"""Pictures that quantisation looks at: the user's own, or ones that come with a package."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shiwu_models.errors import ModelError
from shiwu_models.manifest import Input
from shiwu_models.preprocess import FILTERS, load_image, normalize

COUNT = 48
PHOTO_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}

# scikit-image's own photos that its wheel carries and its documentation calls public domain, CC0
# or free of known copyright restrictions. Left out: the Middlebury motorcycle, whose terms are not
# stated there, microscopy of single cells, and drawings.
BUILT_IN = {
    "astronaut.png": "public domain (NASA)",
    "brick.png": "CC0",
    "camera.png": "CC0 (Lav Varshney)",
    "chelsea.png": "CC0 (Stefan van der Walt)",
    "clock_motion.png": "public domain (Stefan van der Walt)",
    "coffee.png": "CC0 (Rachel Michetti)",
    "coins.png": "no known copyright restrictions (Brooklyn Museum)",
    "grass.png": "CC0",
    "gravel.png": "CC0",
    "hubble_deep_field.jpg": "public domain (NASA)",
    "ihc.png": "no known copyright restrictions",
    "retina.jpg": "CC0",
    "rocket.jpg": "public domain (SpaceX)",
}
AREA = (0.1, 1.0)  # share of a photo's area in a crop, log-uniform
ASPECT = (3 / 4, 4 / 3)  # width / height of a crop, log-uniform


def calibration_tensors(
    spec: Input, *, folder: Path | None = None, count: int = COUNT, seed: int = 1
) -> NDArray[np.float32]:
    """``count`` pictures as a network with input ``spec`` reads them, float32 [count, 3, H, W]
    (or [count, H, W, 3] for NHWC).

    They are crops of random place, size and shape of the photos in ``folder``, taken in turn, or
    without a folder of the built-in photos; half are mirrored, and contrast, brightness and, of
    half of them, colours are changed. The same arguments give the same numbers.
    Raises ModelError ``no-photos`` for a folder without photos, ``invalid-image`` for one that
    cannot be read, and ``missing-package`` when the built-in photos' package is not there.
    """
    photos = [load_image(path) for path in (photo_files(folder) if folder else built_in_files())]
    rng = np.random.default_rng(seed)
    crops = [_vary(photos[i % len(photos)], spec.size, rng) for i in range(count)]
    return np.concatenate([normalize(crop, spec) for crop in crops])


def photo_files(folder: Path) -> list[Path]:
    """The photos in a folder and those below it, by name. Raises ModelError ``no-photos``."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PHOTO_SUFFIXES)
    if not files:
        raise ModelError(
            "no-photos",
            zh=f"校准图片文件夹 {folder.name} 里没有图片。请放入几十张有代表性的照片，"
            "或不给文件夹，改用自带的图片。",
            en=f"The calibration folder {folder.name} has no pictures. Put some dozens of typical "
            "photos there, or give no folder to use the built-in ones.",
        )
    return files


def built_in_files() -> list[Path]:
    """The built-in photos, by name. Raises ModelError ``missing-package``."""
    package = find_spec("skimage")  # the files are read without importing it, which takes a second
    locations = package.submodule_search_locations if package else None
    if not locations:
        raise ModelError(
            "missing-package",
            zh="自带的校准图片来自 scikit-image，这里没有安装。请运行 pip install scikit-image，"
            "或用一个照片文件夹来校准。",
            en="The built-in calibration photos come with scikit-image, which is not installed. "
            "Run pip install scikit-image, or give a folder of photos.",
        )
    return [Path(locations[0]) / "data" / name for name in sorted(BUILT_IN)]


def _vary(photo: Image.Image, size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """A random crop of ``photo`` at [H, W] = ``size``, perhaps mirrored, its light changed."""
    area = photo.width * photo.height * _log_uniform(rng, AREA)
    aspect = _log_uniform(rng, ASPECT)
    width = min(photo.width, float(np.sqrt(area * aspect)))
    height = min(photo.height, float(np.sqrt(area / aspect)))
    left, top = rng.uniform(0, photo.width - width), rng.uniform(0, photo.height - height)
    box = (left, top, left + width, top + height)
    crop = photo.resize((size[1], size[0]), FILTERS["bicubic"], box=box)
    pixels = np.asarray(crop, np.float64)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    middle = pixels.mean()
    pixels = (pixels - middle) * rng.uniform(0.7, 1.3) + middle * rng.uniform(0.7, 1.3)
    if rng.random() < 0.5:
        pixels = pixels[:, :, rng.permutation(3)] * rng.uniform(0.8, 1.2, 3)
    return Image.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _log_uniform(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    low, high = np.log(bounds)
    return float(np.exp(rng.uniform(low, high)))
