"""Temperature scaling (Guo et al. 2017): one number that makes the probabilities honest.

p = softmax(logits / T), or sigmoid; T is where the mean negative log-likelihood (NLL) of labelled
photos is least. It moves no answer, only how sure each is.

With β = 1 / T the NLL is convex, and its slope is a mean over photos of
E_p[logit] − logit(true class) (for sigmoid: mean over classes of (p − y) · logit), so T is the
one zero of a rising function, found by bisection: the same bits at every run.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 0.05, 20.0  # a T beyond these says that the photos cannot tell
# Fewer photos than this leave T uncertain by more than it usually corrects.
ENOUGH = 1000
_RESAMPLES = 1000
# The bootstrap looks for T between a quarter and four times the fitted one, on points 4.7 % apart,
# between which the slope is nearly straight.
_SPREAD, _GRID = 4.0, 61

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """A fitted temperature; ``low``..``high`` is the 95 % interval by bootstrap over photos."""

    temperature: float
    low: float
    high: float
    photos: int

    @property
    def trustworthy(self) -> bool:
        """Enough photos, and an inner minimum rather than an end of the range."""
        return self.photos >= ENOUGH and LOWEST < self.temperature < HIGHEST


def fit_temperature(logits: NDArray[np.float32], truth: Floats, *, sigmoid: bool = False) -> Fit:
    """T for logits [N, classes] and truth [N, classes] of 0 and 1 (one 1 a row unless sigmoid).

    T is kept within ``LOWEST``..``HIGHEST``. The bootstrap's random numbers have a fixed seed.
    """
    values = logits.astype(np.float64)

    def mean_slope(temperature: float) -> float:
        return float(_slopes(values, truth, 1 / temperature, sigmoid=sigmoid).mean())

    # As T grows, β and with it the slope fall.
    below, above = LOWEST, HIGHEST
    if mean_slope(below) <= 0:
        above = below
    elif mean_slope(above) >= 0:
        below = above
    for _ in range(40):  # 400-fold range: 2⁻⁴⁰ of it is below float32's last digit
        middle = float(np.sqrt(below * above))
        if mean_slope(middle) > 0:
            below = middle
        else:
            above = middle
    best = float(np.sqrt(below * above))

    # Each resample is a row of weights, so the model's figures are computed once a point.
    grid = np.geomspace(best / _SPREAD, best * _SPREAD, _GRID)
    slopes = np.stack([_slopes(values, truth, 1 / t, sigmoid=sigmoid) for t in grid], axis=1)
    rng = np.random.default_rng(2017)
    photos = len(values)
    weights = rng.multinomial(photos, np.full(photos, 1 / photos), size=_RESAMPLES) / photos
    resampled = np.sort([_zero(grid, row) for row in weights @ slopes])
    low, high = resampled[round(0.025 * _RESAMPLES)], resampled[round(0.975 * _RESAMPLES) - 1]
    return Fit(best, float(low), float(high), photos)


def _slopes(logits: Floats, truth: Floats, beta: float, *, sigmoid: bool) -> Floats:
    """d NLL / d β of each photo, [N].

    Written as sums of terms that a sure, right answer makes tiny each: a difference of two nearly
    equal numbers would leave its sign to rounding.
    """
    if sigmoid:
        # (p − y) · logit = m · sigmoid(m · β), m being the logit with its sign turned where y = 1.
        margins = (1 - 2 * truth) * logits
        # tanh's form of the sigmoid overflows nowhere.
        slopes: Floats = (margins * 0.5 * (1 + np.tanh(margins * beta / 2))).mean(axis=1)
        return slopes
    margins = logits - (logits * truth).sum(axis=1, keepdims=True)
    powers = np.exp((margins - margins.max(axis=1, keepdims=True)) * beta)
    slopes = (powers * margins).sum(axis=1) / powers.sum(axis=1)
    return slopes


def _zero(grid: Floats, slopes: Floats) -> float:
    """Where slopes that fall along ``grid`` cross 0, straight between points; an end if nowhere."""
    if slopes[0] <= 0:
        return float(grid[0])
    if slopes[-1] >= 0:
        return float(grid[-1])
    after = int(np.argmax(slopes <= 0))
    share = slopes[after - 1] / (slopes[after - 1] - slopes[after])
    return float(grid[after - 1] + share * (grid[after] - grid[after - 1]))
