import numpy as np

from conftest import float32
from shiwu_models.scores import softmax, top_k


def test_softmax_is_stable_and_sums_to_one() -> None:
    probabilities = softmax(float32([1e4, 1e4, -1e4]))
    np.testing.assert_allclose(probabilities, [0.5, 0.5, 0])
    assert softmax(float32([0, 2]), temperature=2)[1] == softmax(float32([0, 1]))[1]


def test_ties_go_to_the_lower_index() -> None:
    assert top_k(float32([1, 3, 3, 2, 3]), 4) == [1, 2, 4, 3]
