"""Run a model over photos, worse copies of them and pictures of nothing, and draw the sum."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto
from PIL import Image

from shiwu_models.errors import ModelError
from shiwu_models.evaluation.dataset import Sample
from shiwu_models.evaluation.metrics import Bin, reliability
from shiwu_models.honesty.answer import UNKNOWN, Tree, tree_of
from shiwu_models.honesty.pictures import DEGRADED, NOTHING, degraded, nothing
from shiwu_models.honesty.study import (
    CLEAN,
    HEDGES,
    Point,
    answer,
    calibration_error,
    crossed,
    crossed_error,
    fit,
    point,
)
from shiwu_models.labels.tables import parse_labels, parse_taxonomy
from shiwu_models.manifest import Calibration
from shiwu_models.pack import Packed
from shiwu_models.preprocess import fit as fit_picture
from shiwu_models.preprocess import load_image, normalize
from shiwu_models.runtime import Runner
from shiwu_models.scores import softmax

KINDS = 1 + len(DEGRADED)  # runs of each photo
NOTHINGS = 100  # pictures of each kind of nothing

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Measured:
    """Shares are 0..1; by kind of picture: ``clean``, ``blur`` …"""

    photos: int
    rule: Calibration  # fitted on all photos
    flat: dict[str, float]  # top-1
    crossed: dict[str, Point]  # each half by the other's rule
    error: dict[str, tuple[float, float]]  # ECE at temperature 1, and of each half by the other's
    curve: list[tuple[float, Point]]  # by hedge, on all clean photos
    bins: tuple[
        list[Bin], list[Bin]
    ]  # reliability of clean photos, at temperature 1 and the rule's
    nothing: dict[str, float]  # what is not told


def measure(
    samples: list[Sample],
    model: ModelProto,
    packed: Packed,
    *,
    threads: int = 1,
    seen: Callable[[], None] = lambda: None,
) -> Measured:
    """All of it. Raises ModelError ``invalid-labels`` where labels have no categories."""
    labels = parse_labels(packed.labels)
    if not packed.taxonomy:
        raise ModelError(
            "invalid-labels",
            zh="这个模型的标签没有类目，老实的回答无从谈起。请用 pack --taxonomy 加上类目表。",
            en="This model's labels have no categories to fall back on: pack --taxonomy adds them.",
        )
    tree = tree_of(labels, parse_taxonomy(packed.taxonomy))
    runner = Runner(model, threads)
    manifest = packed.manifest

    def logits(image: Image.Image) -> Logits:
        tensor = normalize(fit_picture(image, manifest.input.size, manifest.resize), manifest.input)
        return runner.run(tensor, manifest.outputs.logits)

    by_kind: dict[str, list[Logits]] = {kind: [] for kind in (CLEAN, *DEGRADED)}
    for seed, sample in enumerate(samples):
        for kind, image in _copies(load_image(sample.path), seed):
            by_kind[kind].append(logits(image))
            seen()
    found = {kind: np.concatenate(rows) for kind, rows in by_kind.items()}
    truth = np.array([sample.classes[0] for sample in samples])
    rule = fit(found, truth, tree)
    errors = crossed_error(found, truth, tree)
    return Measured(
        photos=len(samples),
        rule=rule,
        flat={k: float((each.argmax(axis=1) == truth).mean()) for k, each in found.items()},
        crossed=crossed(found, truth, tree),
        error={k: (calibration_error(each, truth, 1), errors[k]) for k, each in found.items()},
        curve=[
            (hedge, point(found[CLEAN], truth, tree, rule.model_copy(update={"hedge": hedge})))
            for hedge in HEDGES
        ],
        bins=(_bins(found[CLEAN], truth, 1), _bins(found[CLEAN], truth, rule.temperature)),
        nothing={kind: _untold(kind, logits, tree, rule) for kind in NOTHING},
    )


def _copies(image: Image.Image, seed: int) -> Iterator[tuple[str, Image.Image]]:
    yield CLEAN, image
    for kind in DEGRADED:
        yield kind, degraded(image, kind, seed)


def _untold(
    kind: str, logits: Callable[[Image.Image], Logits], tree: Tree, rule: Calibration
) -> float:
    rows = np.concatenate([logits(nothing(kind, seed)) for seed in range(NOTHINGS)])
    return float((answer(rows, tree, rule) == UNKNOWN).mean())


def _bins(logits: Logits, truth: NDArray[np.intp], temperature: float) -> list[Bin]:
    probabilities = softmax(logits, temperature)
    return reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth, 10)
