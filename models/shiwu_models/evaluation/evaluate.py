"""How often is the model right, and how often does it agree with another?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.graph import weights_sha256
from shiwu_models.labels.tables import parse_labels
from shiwu_models.manifest import Accuracy
from shiwu_models.pack import Packed
from shiwu_models.parity import relative_difference
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner
from shiwu_models.scores import top_k

SUFFIXES = {".jpeg", ".jpg", ".png", ".webp"}


@dataclass
class Tally:
    """Counts over the photos seen so far."""

    photos: int = 0
    top1: int = 0
    top5: int = 0

    def add(self, logits: NDArray[np.float32], truth: int) -> int:
        """Count one photo's logits [classes]; returns the first answer."""
        best = top_k(logits, 5)
        self.photos += 1
        self.top1 += best[0] == truth
        self.top5 += truth in best
        return best[0]


@dataclass
class Agreement:
    """One model beside another on the same photos."""

    same_top1: int = 0
    largest_difference: float = 0.0  # of the reference's logits' range


def labelled_photos(folder: Path, packed: Packed) -> list[tuple[Path, int]]:
    """(file, class index) for each picture named ``<label id>_<anything>.<suffix>``, by name.

    Raises ModelError ``no-photos`` when there is none whose id the labels know.
    """
    index = {label.id: i for i, label in enumerate(parse_labels(packed.labels))}
    photos = [
        (path, index[path.name.split("_", 1)[0]])
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in SUFFIXES and path.name.split("_", 1)[0] in index
    ]
    if not photos:
        raise ModelError(
            "no-photos",
            zh=f"{folder.name} 里没有名为“<类别编号>_<名称>.JPEG”的图片。",
            en=f"{folder.name} has no picture named <class id>_<name>.JPEG.",
        )
    return photos


def evaluate(
    photos: list[tuple[Path, int]],
    packed: Packed,
    model: ModelProto,
    reference: ModelProto | None = None,
) -> Iterator[tuple[Tally, Tally, Agreement]]:
    """Run each photo; yields the running counts of model and reference and how they agree.

    Without a reference its counts stay at 0. Preprocessing is the manifest's.
    """
    manifest = packed.manifest
    ours, theirs, agreement = Tally(), Tally(), Agreement()
    runner = Runner(model)
    other = Runner(reference) if reference is not None else None
    for path, truth in photos:
        tensor = preprocess(path, manifest.input, manifest.resize)
        logits = runner.run(tensor, manifest.outputs.logits)[0]
        answer = ours.add(logits, truth)
        if other is not None:
            expected = other.run(tensor, manifest.outputs.logits)[0]
            agreement.same_top1 += theirs.add(expected, truth) == answer
            agreement.largest_difference = max(
                agreement.largest_difference, relative_difference(expected, logits)
            )
        yield ours, theirs, agreement


def record(path: Path, model: ModelProto, ours: Tally, theirs: Tally, agreement: Agreement) -> None:
    """Write the counts beside the weights' digest, for ``make-default`` to put in the manifest."""
    accuracy = Accuracy(
        photos=ours.photos,
        top1=ours.top1,
        top5=ours.top5,
        float_top1=theirs.top1,
        float_top5=theirs.top5,
        same_top1=agreement.same_top1,
    )
    content = {"weights_sha256": weights_sha256(model), "accuracy": accuracy.model_dump()}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def recorded(path: Path, weights: str) -> Accuracy | None:
    """The counts recorded for exactly these weights, or None."""
    if not path.exists():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["weights_sha256"] != weights:
        return None
    return Accuracy.model_validate(content["accuracy"])
