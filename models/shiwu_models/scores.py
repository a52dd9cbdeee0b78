"""Logits to probabilities and ranks, in float64: the reference for the C++ core's."""

import numpy as np
from numpy.typing import NDArray


def softmax(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities along the last axis, float64; ``temperature`` > 0 divides the logits."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


def sigmoid(logits: NDArray[np.float32], temperature: float = 1.0) -> NDArray[np.float64]:
    """The probability of each for itself, float64; ``temperature`` > 0 divides the logits."""
    # tanh's form of 1 / (1 + exp(-x)), which cannot overflow.
    halves: NDArray[np.float64] = 0.5 + 0.5 * np.tanh(logits.astype(np.float64) / temperature / 2)
    return halves


def top_k(scores: NDArray[np.floating], k: int) -> list[int]:
    """Indices of the ``k`` largest of a vector, best first; ties go to the lower index."""
    order = np.argsort(-scores, kind="stable")
    return [int(index) for index in order[:k]]
