"""From a float model to quantised ones, each judged beside it."""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.graph import to_bytes
from shiwu_models.manifest import Manifest
from shiwu_models.pack import Packed
from shiwu_models.quantize.carry import carry_over, prove_weights_only
from shiwu_models.quantize.judge import Judge, Judged
from shiwu_models.quantize.limit import Loss, loss
from shiwu_models.quantize.methods import METHODS, Materials, Report
from shiwu_models.quantize.photos import Photos, held_out, noise
from shiwu_models.sizes import Sizes, measure


@dataclass(frozen=True)
class Source:
    """The float model, and what is known of it: ``manifest`` is the packed one's or was given."""

    model: ModelProto
    packed: Packed | None
    manifest: Manifest | None

    @property
    def output(self) -> str:
        """The logits' name."""
        if self.manifest is not None:
            return self.manifest.outputs.logits
        return str(self.model.graph.output[0].name)


@dataclass(frozen=True)
class Outcome:
    """One quantised model (or the float one), as it would be written."""

    name: str
    method: str
    model: ModelProto
    sizes: Sizes
    judged: Judged
    loss: Loss | None  # None for the float model, and where nothing but noise was at hand


def make(
    source: Source,
    methods: Iterable[str],
    calibration: NDArray[np.float32],
    strengths: tuple[float, ...],
    report: Report,
) -> list[tuple[str, str, ModelProto]]:
    """(name, method, model) for each; a model whose weights alone changed is proven to be the
    float graph with other weights. Raises ModelError as the methods do, and ``parity``."""
    made = []
    for method in methods:
        report(method, 0)
        materials = Materials(source.model, calibration, strengths, report)
        for name, model in METHODS[method].make(materials).items():
            if METHODS[method].weights_only:
                prove_weights_only(source.model, model)
            made.append((name, method, model))
    return made


def judge(
    source: Source,
    made: list[tuple[str, str, ModelProto]],
    photos: Photos | None,
    report: Report,
) -> list[Outcome]:
    """The float model and the others on ``photos``; without any, on the built-in pictures; for a
    model of unknown preprocessing, on noise. In that order; the float model comes first."""
    models = {name: model for name, _, model in made}
    judge = Judge(source.model, models, source.output, source.manifest)
    pictures, count = _pictures(source, photos)
    for index, (tensor, truth) in enumerate(pictures):
        judge.see(tensor, truth)
        report("judge", (index + 1) / count)
    reference, judged = judge.finish()
    report("sizes", 0)
    rows: list[tuple[str, str, ModelProto, Judged, Loss | None]]
    rows = [("float", "float", source.model, reference, None)]
    for name, method, model in made:
        own = judged[name]
        lost = None if source.manifest is None else loss(reference, own, built_in=photos is None)
        rows.append((name, method, _packed(source, method, model, reference, own), own, lost))
    # Brotli's best takes a second a megabyte, outside Python's lock.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sizes = list(pool.map(lambda row: measure(to_bytes(row[2])), rows))
    report("sizes", 1)
    return [
        Outcome(name, method, model, size, own, lost)
        for (name, method, model, own, lost), size in zip(rows, sizes, strict=True)
    ]


def _packed(
    source: Source, method: str, model: ModelProto, reference: Judged, own: Judged
) -> ModelProto:
    if source.packed is None:
        return model
    return carry_over(
        source.packed,
        model,
        weights_only=METHODS[method].weights_only,
        judged=(reference, own) if own.labelled else None,
    )


def _pictures(
    source: Source, photos: Photos | None
) -> tuple[Iterable[tuple[NDArray[np.float32], tuple[int, ...]]], int]:
    if source.manifest is None:
        tensors = noise(source.model)
    elif photos is not None:
        return photos.tensors(source.manifest), len(photos.samples)
    else:
        tensors = held_out(source.manifest)
    return ((tensor[np.newaxis], ()) for tensor in tensors), len(tensors)
