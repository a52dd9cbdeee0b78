"""Run a model, and perhaps a second, over labelled photos."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.evaluation.dataset import Sample
from shiwu_models.head import Head
from shiwu_models.manifest import Manifest
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner

BATCH = 16  # enough to share a call's overhead, and 10 MB of input at 224 × 224


@dataclass(frozen=True)
class Predictions:
    """Logits of the photos that could be read, in order, and the files that could not."""

    samples: list[Sample]
    logits: NDArray[np.float32]  # [N, labels]; of a yes or no there are two
    reference: NDArray[np.float32] | None  # [N, labels], the other model's
    unreadable: list[Path]

    @property
    def truth(self) -> NDArray[np.float64]:
        """[N, labels] of 0 and 1."""
        hits = np.zeros(self.logits.shape)
        for row, sample in enumerate(self.samples):
            hits[row, list(sample.classes)] = 1
        return hits


def predict(
    samples: list[Sample],
    manifest: Manifest,
    model: ModelProto,
    reference: ModelProto | None = None,
    *,
    threads: int = 1,
    seen: Callable[[int], None] = lambda _: None,
) -> Predictions:
    """Both models' logits for each sample, preprocessed as the manifest says.

    ``seen`` is told how many photos each step has dealt with. Raises ModelError ``no-photos`` when
    not one of them can be read.
    """
    runner = Runner(model, threads)
    other = Runner(reference, threads) if reference is not None else None
    output = manifest.outputs.logits
    head, other_head = (
        Head.of(each, output, manifest, with_no=True) for each in (model, reference or model)
    )
    size = BATCH if _any_batch(model) and (reference is None or _any_batch(reference)) else 1
    done: list[Sample] = []
    unreadable: list[Path] = []
    logits: list[NDArray[np.float32]] = []
    expected: list[NDArray[np.float32]] = []
    for start in range(0, len(samples), size):
        tensors = []
        for sample in samples[start : start + size]:
            try:
                tensors.append(preprocess(sample.path, manifest.input, manifest.resize))
                done.append(sample)
            except ModelError:
                unreadable.append(sample.path)
        if tensors:
            batch = np.concatenate(tensors)
            logits.append(head.logits(runner.run(batch, output)))
            if other is not None:
                expected.append(other_head.logits(other.run(batch, output)))
        seen(len(samples[start : start + size]))
    if not done:
        raise ModelError(
            "no-photos",
            zh=f"{len(samples)} 张图片一张也读不出，例如 {samples[0].path.name}。请检查这些文件。",
            en=f"None of {len(samples)} pictures can be read, e.g. {samples[0].path.name}.",
        )
    return Predictions(
        samples=done,
        logits=np.concatenate(logits),
        reference=np.concatenate(expected) if expected else None,
        unreadable=unreadable,
    )


def _any_batch(model: ModelProto) -> bool:
    return not model.graph.input[0].type.tensor_type.shape.dim[0].dim_value
