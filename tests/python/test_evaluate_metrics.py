"""Figures against hand-computed cases, published values and the definitions spelled out slowly."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import float32
from shiwu_models.evaluation import metrics
from shiwu_models.evaluation.multilabel import (
    average_precision,
    best_threshold,
    label_scores,
    scores_at,
)
from shiwu_models.evaluation.temperature import HIGHEST, LOWEST, fit_temperature
from shiwu_models.evaluation.thresholds import moved, with_thresholds


def test_wilson() -> None:
    # Newcombe 1998, table I: 81 of 263 → 0.2553 to 0.3662; 0 of 20 → 0 to 0.1611.
    assert metrics.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert metrics.wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert metrics.wilson(0, 0) == (0, 1)


@given(st.integers(1, 500), st.data())
def test_wilson_holds_the_share_and_solves_its_equation(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total))
    low, high = metrics.wilson(count, total)
    assert 0 <= low <= count / total + 1e-12
    assert count / total - 1e-12 <= high <= 1
    for end in (low, high):  # (share - p)² = z² p (1 - p) / n, by which it is defined
        if 0 < end < 1:
            square = 1.959963984540054**2 * end * (1 - end) / total
            assert (count / total - end) ** 2 == pytest.approx(square, abs=1e-12)


def test_mcnemar() -> None:
    assert metrics.mcnemar(0, 0) == 1
    assert metrics.mcnemar(1, 2) == 1
    assert metrics.mcnemar(0, 6) == 2 / 64
    assert metrics.mcnemar(2, 9) == pytest.approx(2 * (1 + 11 + 55) / 2**11)


def test_rank_of_truth_gives_ties_to_the_lower_index() -> None:
    logits = float32([[1, 3, 3, 2]] * 4)
    assert metrics.rank_of_truth(logits, np.arange(4)).tolist() == [3, 0, 1, 2]


def test_expected_calibration_error_by_hand() -> None:
    # Two bins of 0.5: {0.3, 0.5} right once, mean 0.4; {0.6, 0.8, 1.0} right twice, mean 0.8.
    confidence = np.array([0.3, 0.5, 0.6, 0.8, 1.0])
    correct = np.array([True, False, True, False, True])
    bins = metrics.reliability(confidence, correct, bins=2)
    assert [entry.count for entry in bins] == [2, 3]
    assert metrics.expected_calibration_error(bins) == pytest.approx(
        2 / 5 * abs(0.5 - 0.4) + 3 / 5 * abs(2 / 3 - 0.8)
    )


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_expected_calibration_error_is_its_definition(pairs: list[tuple[float, bool]]) -> None:
    confidence = np.array([pair[0] for pair in pairs])
    correct = np.array([pair[1] for pair in pairs])
    expected = 0.0
    for place in range(15):
        inside = [
            (p, hit)
            for p, hit in pairs
            if (p > place / 15 or (place == 0 and p == 0)) and p <= (place + 1) / 15
        ]
        if inside:
            gap = np.mean([hit for _, hit in inside]) - np.mean([p for p, _ in inside])
            expected += len(inside) / len(pairs) * abs(float(gap))
    # A confidence right on a bin's edge may round to either side.
    if not any(abs(p * 15 - round(p * 15)) < 1e-9 and p > 0 for p, _ in pairs):
        bins = metrics.reliability(confidence, correct)
        assert metrics.expected_calibration_error(bins) == pytest.approx(expected, abs=1e-12)


def test_likelihood_and_brier() -> None:
    probabilities = np.array([[0.7, 0.2, 0.1], [0.0, 0.0, 1.0]])
    truth = np.array([0, 2])
    assert metrics.negative_log_likelihood(probabilities, truth) == pytest.approx(
        -math.log(0.7) / 2
    )
    assert metrics.brier(probabilities, truth) == pytest.approx((0.09 + 0.04 + 0.01) / 2)
    never = metrics.negative_log_likelihood(probabilities, np.array([0, 0]))
    assert math.isfinite(never)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    """Labels drawn from p, logits T·log p: softmax(logits / T) is p, so T is what to find."""
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet(np.full(6, 0.7), size=6000)
    drawn = (probabilities.cumsum(axis=1) > rng.random((6000, 1))).argmax(axis=1)
    truth = np.eye(6)[drawn]
    logits = (temperature * np.log(probabilities + 1e-9)).astype(np.float32)
    fit = fit_temperature(logits, truth)
    assert fit.temperature == pytest.approx(temperature, rel=0.05)
    assert fit.low < temperature < fit.high
    assert fit.high - fit.low < 0.2 * temperature
    assert fit.trustworthy
    assert fit == fit_temperature(logits, truth)


def test_a_tagger_s_temperature_is_found_again() -> None:
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 2, (4000, 3))
    truth = (rng.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(float)
    fit = fit_temperature((3 * logits).astype(np.float32), truth, sigmoid=True)
    assert fit.temperature == pytest.approx(3, rel=0.06)


def test_the_fit_has_the_least_likelihood() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (50, 4)).astype(np.float32)
    truth = np.eye(4)[rng.integers(0, 4, 50)]
    truth[:30] = np.eye(4)[logits[:30].argmax(axis=1)]
    fit = fit_temperature(logits, truth)

    def likelihood(temperature: float) -> float:
        powers = np.exp(logits.astype(np.float64) / temperature)
        own = (powers * truth).sum(axis=1) / powers.sum(axis=1)
        return float(-np.log(own).mean())

    best = likelihood(fit.temperature)
    assert all(best <= likelihood(t) + 1e-12 for t in np.geomspace(LOWEST, HIGHEST, 400))
    assert not fit.trustworthy  # fifty photos


def test_all_right_or_all_wrong_stays_in_range() -> None:
    logits = float32([[5, 0], [0, 5], [4, 1]])
    right = np.eye(2)[[0, 1, 0]]
    assert fit_temperature(logits, right).temperature == pytest.approx(LOWEST)
    assert fit_temperature(logits, 1 - right).temperature == pytest.approx(HIGHEST)


def test_average_precision_by_hand() -> None:
    # Ranked: yes, no, yes, no → precision 1 at recall ½, ⅔ at recall 1.
    probabilities = np.array([0.9, 0.8, 0.7, 0.6])
    truth = np.array([True, False, True, False])
    assert average_precision(probabilities, truth) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    # All the same: one threshold, whose precision is the share.
    assert average_precision(np.full(4, 0.5), truth) == pytest.approx(0.5)


def test_scores_at_a_threshold() -> None:
    probabilities = np.array([[0.9, 0.2], [0.5, 0.6]])
    truth = np.array([[True, True], [False, True]])
    scores = scores_at(probabilities, truth, 0.5)  # says yes to three, two of them right
    assert (scores.precision, scores.recall) == pytest.approx((2 / 3, 2 / 3))
    own = scores_at(probabilities, truth, np.array([0.8, 0.1]))
    assert (own.precision, own.recall, own.f1) == (1, 1, 1)


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=1, max_size=30))
def test_no_threshold_beats_the_best(pairs: list[tuple[float, bool]]) -> None:
    probabilities = np.array([pair[0] for pair in pairs])
    truth = np.array([pair[1] for pair in pairs])
    if not truth.any():
        return
    threshold, f1 = best_threshold(probabilities, truth)
    assert scores_at(probabilities, truth, threshold).f1 == pytest.approx(f1)
    assert all(scores_at(probabilities, truth, at).f1 <= f1 + 1e-12 for at in probabilities)


def test_a_label_without_photos_has_no_average_precision() -> None:
    each = label_scores(np.array([[0.2, 0.9]]), np.array([[False, True]]), np.array([0.5, 0.5]))
    assert (each[0].average_precision, each[0].best_threshold) == (None, None)
    assert each[1].average_precision == 1


@given(st.floats(-8, 8), st.floats(0.01, 0.99), st.floats(0.2, 5), st.floats(0.2, 5))
def test_a_moved_threshold_divides_the_same_logits(
    logit: float, threshold: float, before: float, after: float
) -> None:
    border = before * math.log(threshold / (1 - threshold))
    if abs(logit - border) > 1e-6:
        there = 1 / (1 + math.exp(-logit / after)) >= moved(threshold, before, after)
        assert there == (1 / (1 + math.exp(-logit / before)) >= threshold)


def test_thresholds_go_into_the_table() -> None:
    assert with_thresholds("zh\ten\n猫\tcat\n狗\tdog\n", [0.25, None]) == (
        "zh\ten\tthreshold\n猫\tcat\t0.25\n狗\tdog\t\n"
    )
    assert with_thresholds("zh\tthreshold\ten\n猫\t0.5\tcat\n", [1 / 3]) == (
        "zh\tthreshold\ten\n猫\t0.3333\tcat\n"
    )
