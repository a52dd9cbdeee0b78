"""Rounding with error feedback and an eye on the bits.

Error feedback: Frantar et al., "GPTQ" (2022), after Hassibi and Stork's Optimal Brain Surgeon.
The choice among levels by error plus λ times bits is video coding's rate-distortion optimised
quantisation.
"""

import numpy as np
from numpy.typing import NDArray

LEVELS = 127  # symmetric: -128 is left unused
BLOCK = 64  # inputs after which the others hear of the errors; only speed depends on it
DAMPING = 0.01  # of the mean of the Hessian's diagonal, added to it


def inverse_factor(hessian: NDArray[np.float64], damping: float = DAMPING) -> NDArray[np.float64]:
    """Upper U with H⁻¹ = Uᵀ U, for each of the symmetric H [groups, d, d], after damping.

    1 / U[j, j]² is what remains of input j's energy when the inputs after it can answer for it.
    """
    size = hessian.shape[-1]
    level = np.trace(hessian, axis1=1, axis2=2) / size
    level[level <= 0] = 1  # an input that is always 0: any weight will do
    damped = hessian + (damping * level)[:, np.newaxis, np.newaxis] * np.eye(size)
    lower = np.linalg.cholesky(np.linalg.inv(damped))
    return np.ascontiguousarray(lower.transpose(0, 2, 1))


def bits_of_levels(levels: NDArray[np.int8]) -> NDArray[np.float64]:
    """Ideal code length of each level -127..127, float64 [255], by its share in ``levels``.

    A little of its neighbours' counts keeps the length of a rare level finite.
    """
    counts = np.bincount(levels.astype(np.int64).ravel() + LEVELS, minlength=2 * LEVELS + 1)
    smooth = np.convolve(counts, [0.25, 0.5, 0.25], mode="same") * 0.2 + counts * 0.8 + 0.05
    bits: NDArray[np.float64] = -np.log2(smooth / smooth.sum())
    return bits


def nearest(weight: NDArray[np.float64], step: NDArray[np.float64]) -> NDArray[np.int8]:
    """Plain rounding of ``weight`` [groups, r, d] by ``step`` [groups, r]."""
    levels = np.rint(weight / step[:, :, np.newaxis])
    return np.clip(levels, -LEVELS, LEVELS).astype(np.int8)


def round_rows(
    weight: NDArray[np.float64],
    step: NDArray[np.float64],
    factor: NDArray[np.float64],
    price: NDArray[np.float64],
    bits: NDArray[np.float64],
) -> NDArray[np.int8]:
    """Levels int8 [groups, r, d] for ``weight`` [groups, r, d].

    ``step`` [groups, r]; ``factor`` from ``inverse_factor``, [groups, d, d]; ``price`` [groups, r]
    is the output error that one bit is worth; ``bits`` [255] from ``bits_of_levels``.
    Column after column: take the cheaper of the nearest level and its neighbour towards 0, then
    let the columns that are still to come make up for the error.
    """
    rest = weight.copy()
    levels = np.empty(weight.shape, np.int8)
    inputs = weight.shape[2]
    for start in range(0, inputs, BLOCK):
        end = min(start + BLOCK, inputs)
        errors = np.empty((*step.shape, end - start))
        for j in range(start, end):
            own = factor[:, j, j, np.newaxis]
            exact = rest[:, :, j] / step
            chosen = _cheaper(exact, np.square(step / own), price, bits)
            levels[:, :, j] = chosen
            error = (exact - chosen) * step / own
            errors[:, :, j - start] = error
            rest[:, :, j + 1 : end] -= (
                error[:, :, np.newaxis] * factor[:, j, np.newaxis, j + 1 : end]
            )
        rest[:, :, end:] -= errors @ factor[:, start:end, end:]
    return levels


def _cheaper(
    exact: NDArray[np.float64],
    weight: NDArray[np.float64],
    price: NDArray[np.float64],
    bits: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The nearest level or the next one towards 0, by weight * error² + price * bits."""
    first = np.clip(np.rint(exact), -LEVELS, LEVELS)
    second = first - np.sign(first)
    costs = [
        weight * np.square(exact - level) + price * bits[level.astype(np.int64) + LEVELS]
        for level in (first, second)
    ]
    return np.where(costs[1] < costs[0], second, first)


def output_error(error: NDArray[np.float64], hessian: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean squared change of each output [groups, r] for weight errors [groups, r, d]."""
    change: NDArray[np.float64] = ((error @ hessian) * error).sum(axis=2)
    return change
