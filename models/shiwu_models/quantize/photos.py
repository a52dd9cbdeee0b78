"""Which pictures a quantised model is judged by."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.evaluation.dataset import SUFFIXES, Sample, read_dataset
from shiwu_models.graph import initializers
from shiwu_models.labels.tables import parse_labels
from shiwu_models.manifest import Manifest
from shiwu_models.pack import Packed
from shiwu_models.preprocess import preprocess
from shiwu_models.quantize.calibration import calibration_tensors

HELD_OUT = 64
HELD_OUT_SEED = 2  # calibration has 1
NOISE = 16


@dataclass(frozen=True)
class Photos:
    """Photos to judge by; ``labelled`` when their classes are known."""

    samples: tuple[Sample, ...]
    labelled: bool

    def tensors(self, manifest: Manifest) -> Iterator[tuple[NDArray[np.float32], tuple[int, ...]]]:
        """Each photo as the network's input, a batch of one, and its classes."""
        for sample in self.samples:
            yield preprocess(sample.path, manifest.input, manifest.resize), sample.classes


def find_photos(source: Path, packed: Packed | None) -> Photos:
    """The labelled photos of a folder or csv; where there is none (or no labels table), all
    pictures in the folder and below. Raises ModelError ``no-photos``."""
    if packed is not None and packed.labels:
        several = packed.manifest.task == "multi-label"
        try:
            found = read_dataset(source, parse_labels(packed.labels), several=several)
            return Photos(tuple(found.samples), labelled=True)
        except ModelError as error:
            if error.code != "no-photos" or not source.is_dir():
                raise
    return Photos(tuple(Sample(path, ()) for path in pictures_in(source)), labelled=False)


def pictures_in(folder: Path) -> list[Path]:
    """Picture files in a folder and below, by path. Raises ModelError ``no-photos``."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    ]
    if not found:
        raise ModelError(
            "no-photos",
            zh=f"{folder} 里没有图片（{'、'.join(sorted(SUFFIXES))}）。请检查路径。",
            en=f"{folder} has no pictures ({', '.join(sorted(SUFFIXES))}). Check the path.",
        )
    return found


def held_out(manifest: Manifest) -> NDArray[np.float32]:
    """Inputs [N, ...] made of the built-in photos, cropped otherwise than for calibration: of the
    same few photos, so a weak check. Raises ModelError ``missing-package``."""
    return calibration_tensors(manifest.input, count=HELD_OUT, seed=HELD_OUT_SEED)


def noise(model: ModelProto) -> NDArray[np.float32]:
    """``NOISE`` normal tensors of the first input's shape, always the same: all that there is for
    a model whose preprocessing is unknown. Free sides are 224."""
    stored = initializers(model)
    value = next(value for value in model.graph.input if value.name not in stored)
    dims = [int(dim.dim_value) for dim in value.type.tensor_type.shape.dim][1:]
    sides = [side or (3 if axis == 0 else 224) for axis, side in enumerate(dims)]
    rng = np.random.default_rng(5)
    return rng.normal(size=(NOISE, *sides)).astype(np.float32)
