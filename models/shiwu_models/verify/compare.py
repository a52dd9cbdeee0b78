"""Two answers to one picture: how far apart, and are they the same answer?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shiwu_models.parity import relative_difference
from shiwu_models.scores import top_k

# What is asked of probabilities, absolutely: the article's allclose(atol=1e-4). With rtol 0, so
# that large and small probabilities are held to the same line.
ATOL = 1e-4
TOP = 5


@dataclass(frozen=True)
class Difference:
    """One path beside another on one picture."""

    logits: float  # max |Δ|, in the logits' own units
    logits_of_range: float  # the same as a fraction of the first path's range
    scores: float  # max |Δ| of probabilities
    cosine: float  # of the logits: 1 is the same direction
    allclose: bool  # of probabilities, within ATOL
    same_top: bool  # the same best five in the same order
    same_up_to_ties: bool  # or in another only where the measured |Δ| can swap neighbours

    @property
    def agree(self) -> bool:
        """Whether the two give the same result."""
        return self.allclose and self.same_up_to_ties


def compare(
    logits: NDArray[np.float32],
    scores: NDArray[np.floating],
    other_logits: NDArray[np.float32],
    other_scores: NDArray[np.floating],
) -> Difference:
    """Compare two paths' logits and probabilities, each a vector [classes]."""
    gap = float(np.abs(scores.astype(np.float64) - other_scores).max())
    mine, others = top_k(scores, TOP), top_k(other_scores, TOP)
    # Each score may be off by `gap`, so two that lie within 2·gap may change places.
    tied = all(
        abs(float(scores[a]) - float(scores[b])) <= 2 * gap
        for a, b in zip(mine, others, strict=True)
    )
    return Difference(
        logits=float(np.abs(logits.astype(np.float64) - other_logits).max()),
        logits_of_range=relative_difference(logits, other_logits),
        scores=gap,
        cosine=cosine(logits, other_logits),
        allclose=gap <= ATOL,
        same_top=mine == others,
        same_up_to_ties=mine == others or (gap <= ATOL and tied),
    )


def cosine(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Cosine of the angle between two vectors, -1 to 1; 1 for two zero vectors."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    if lengths == 0:
        return 1.0 if not a.any() and not b.any() else 0.0
    return min(max(float(a @ b) / lengths, -1.0), 1.0)
