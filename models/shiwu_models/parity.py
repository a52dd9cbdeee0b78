"""Do two ways of running a model agree?"""

import numpy as np
from numpy.typing import NDArray

from shiwu_models.errors import ModelError
from shiwu_models.scores import top_k

# What is asked of two engines on one machine with the same weights. Float32 sums in another order
# differ by about 1e-6 of the range; a wrong weight, padding or axis differs by far more.
BOUND = 1e-5


def relative_difference(reference: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """max |reference - other| as a fraction of the reference's range; 0 means equal.

    Numbers that are all the same, as the one of a yes or no is, have no range: then of their size.
    """
    most = float(reference.max())
    span = (most - float(reference.min())) or abs(most) or 1.0
    return float(np.abs(reference.astype(np.float64) - other).max()) / span


def require(
    what: str,
    reference: NDArray[np.float32],
    other: NDArray[np.float32],
    bound: float = BOUND,
) -> float:
    """The relative difference of two logits [N, classes], if it is within ``bound`` and each
    row's top five are the same; else ModelError ``parity``, naming ``what``."""
    difference = relative_difference(reference, other)
    same = all(top_k(a, 5) == top_k(b, 5) for a, b in zip(reference, other, strict=True))
    if not difference <= bound or not same:
        raise ModelError(
            "parity",
            zh=f"{what}：结果不一致。最大差为范围的 {difference:.2e}（上限 {bound:.0e}），"
            f"前五名{'相同' if same else '不同'}。",
            en=f"{what}: results differ by {difference:.2e} of the range (bound {bound:.0e}); "
            f"top five {'identical' if same else 'different'}.",
        )
    return difference
