"""Metrics of a multi-label tagger: each label is a yes-or-no question of its own.

Shapes: probabilities [N, labels] in 0..1, truth [N, labels] booleans.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Scores:
    """One label at one threshold. A share of nothing (no such photo, no such answer) is 0."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class LabelScores:
    """One label: at the given threshold, and at the one with the largest F1."""

    index: int
    threshold: float
    photos: int  # that show it
    at_threshold: Scores
    average_precision: float | None  # None when no photo shows it
    best_threshold: float | None
    best_f1: float | None


def scores_at(
    probabilities: NDArray[np.float64], truth: NDArray[np.bool_], at: float | NDArray[np.float64]
) -> Scores:
    """Precision, recall and F1 over all entries given; ``at`` (one, or one a label) counts as
    yes."""
    said = probabilities >= at
    hits = int((said & truth).sum())
    precision = hits / max(int(said.sum()), 1)
    recall = hits / max(int(truth.sum()), 1)
    f1 = 2 * hits / max(int(said.sum()) + int(truth.sum()), 1)
    return Scores(precision, recall, f1)


def average_precision(probabilities: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """AP = Σ (recallₙ − recallₙ₋₁) · precisionₙ over the distinct thresholds, highest first.

    Not interpolated. ``truth`` must hold at least one True.
    """
    precision, recall, _ = _curve(probabilities, truth)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def best_threshold(
    probabilities: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[float, float]:
    """(threshold, F1) with the largest F1; of equals the highest threshold.

    The threshold lies midway to the next lower probability, so that it is not one photo's own.
    """
    precision, recall, thresholds = _curve(probabilities, truth)
    with np.errstate(invalid="ignore"):
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
    best = int(np.argmax(f1))
    following = thresholds[best + 1] if best + 1 < len(thresholds) else 0.0
    return float((thresholds[best] + following) / 2), float(f1[best])


def label_scores(
    probabilities: NDArray[np.float64], truth: NDArray[np.bool_], at: NDArray[np.float64]
) -> list[LabelScores]:
    """Each label's figures at its own threshold of ``at`` [labels], in the model's order."""
    result = []
    for index in range(truth.shape[1]):
        column, shown = probabilities[:, index], truth[:, index]
        some = bool(shown.any())
        threshold, f1 = best_threshold(column, shown) if some else (None, None)
        result.append(
            LabelScores(
                index=index,
                threshold=float(at[index]),
                photos=int(shown.sum()),
                at_threshold=scores_at(column, shown, float(at[index])),
                average_precision=average_precision(column, shown) if some else None,
                best_threshold=threshold,
                best_f1=f1,
            )
        )
    return result


def _curve(
    probabilities: NDArray[np.float64], truth: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Precision and recall at each distinct probability, highest first, and those probabilities."""
    order = np.argsort(-probabilities, kind="stable")
    sorted_probabilities, shown = probabilities[order], truth[order]
    last_of_equals = np.append(np.diff(sorted_probabilities) != 0, True)
    hits = np.cumsum(shown)[last_of_equals]
    said = np.flatnonzero(last_of_equals) + 1
    return hits / said, hits / max(int(shown.sum()), 1), sorted_probabilities[last_of_equals]
