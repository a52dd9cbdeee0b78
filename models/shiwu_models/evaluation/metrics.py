"""How right and how honest a classifier is: plain formulas on arrays, in float64.

Shapes: probabilities [N, classes] in 0..1, truth [N] class indices, correct [N] booleans.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 15  # as in Guo et al. 2017, so that figures compare
_TINY = 1e-12  # a probability of 0 costs log(1e-12), not infinity

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


def wilson(count: int, total: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's score interval of a share (Wilson 1927); ``z`` = 1.96 gives 95 %.

    Unlike share ± 1.96·se it stays within 0..1 and holds for shares near 1 and few photos.
    (0, 1) for no photos.
    """
    if total == 0:
        return 0.0, 1.0
    share, square = count / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = z * math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    half /= 1 + square / total
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(only_ours: int, only_theirs: int) -> float:
    """McNemar's exact two-sided p of two models on the same photos.

    Only photos that exactly one of the two has right count; were both models equally good, each
    such photo would be a toss of a coin. p = 2·P(X ≤ smaller), X ~ Binomial(both counts, ½), at
    most 1; exact also for counts too small for the chi-squared form.
    """
    total = only_ours + only_theirs
    tail = sum(math.comb(total, k) for k in range(min(only_ours, only_theirs) + 1))
    return min(1.0, float(2 * tail / 2**total))


def rank_of_truth(logits: NDArray[np.float32], truth: Indices) -> Indices:
    """0 where the true class comes first, 1 where second…; ties go to the lower index."""
    own = np.take_along_axis(logits, truth[:, np.newaxis], axis=1)
    before = np.arange(logits.shape[1]) < truth[:, np.newaxis]
    ranks: Indices = ((logits > own) | ((logits == own) & before)).sum(axis=1)
    return ranks


def negative_log_likelihood(probabilities: Floats, truth: Indices) -> float:
    """Mean of −ln p(true class), in nats."""
    own = np.take_along_axis(probabilities, truth[:, np.newaxis], axis=1)
    return float(-np.log(np.maximum(own, _TINY)).mean())


def brier(probabilities: Floats, truth: Indices) -> float:
    """Mean over photos of Σ over classes of (p − y)², 0..2 (Brier 1950)."""
    hits = np.zeros_like(probabilities)
    np.put_along_axis(hits, truth[:, np.newaxis], 1.0, axis=1)
    return float(np.square(probabilities - hits).sum(axis=1).mean())


@dataclass(frozen=True)
class Bin:
    """Answers whose confidence lies in (low, high]: how many, how sure, how often right."""

    low: float
    high: float
    count: int
    confidence: float  # mean; 0 in an empty bin
    accuracy: float  # share that is right; 0 in an empty bin


def reliability(confidence: Floats, correct: Flags, bins: int = BINS) -> list[Bin]:
    """The reliability diagram's ``bins`` bins of equal width; the first holds 0 too."""
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    result = []
    for place in range(bins):
        chosen = places == place
        count = int(chosen.sum())
        result.append(
            Bin(
                low=place / bins,
                high=(place + 1) / bins,
                count=count,
                confidence=float(confidence[chosen].mean()) if count else 0.0,
                accuracy=float(correct[chosen].mean()) if count else 0.0,
            )
        )
    return result


def expected_calibration_error(bins: list[Bin]) -> float:
    """ECE = Σ over bins of (count / N) · |accuracy − confidence| (Guo et al. 2017, eq. 3)."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.accuracy - b.confidence) for b in bins) / max(total, 1)
