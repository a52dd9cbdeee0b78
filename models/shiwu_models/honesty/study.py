"""How honest answers are: fitted on one half of the photos and reported on the other."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shiwu_models.evaluation.metrics import BINS, expected_calibration_error, reliability
from shiwu_models.evaluation.temperature import fit_temperature
from shiwu_models.honesty.answer import UNKNOWN, Tree, answers, energy
from shiwu_models.manifest import Calibration
from shiwu_models.scores import softmax

CLEAN = "clean"
GOAL = 0.96  # of clean photos answered right: beyond it depth is lost fast, see the curve
HEDGES = tuple(float(f"{step:.2g}") for step in np.geomspace(0.5, 50, 41))
LOST = 0.005  # of clean photos that may be taken for nothing known

Floats = NDArray[np.float64]
Logits = NDArray[np.float32]
Truth = NDArray[np.intp]


@dataclass(frozen=True)
class Point:
    """What a rule gives on a set of photos; shares are 0..1."""

    right: float  # an answer that holds the truth; what cannot be told is not right
    gain: float  # mean information of right answers, of that of a class
    by_class: float
    class_right: float  # of those
    by_category: float
    category_right: float
    unknown: float


def point(logits: Logits, truth: Truth, tree: Tree, rule: Calibration) -> Point:
    """The answers to photos of these classes; ``logits`` is [N, classes]."""
    given = answer(logits, tree, rule)
    told = given != UNKNOWN
    right = told & tree.holds[given, truth]
    by_class = told & (given < tree.classes)
    by_category = told & ~by_class
    return Point(
        right=_share(right),
        gain=float(np.where(right, tree.gain[given], 0).mean()),
        by_class=_share(by_class),
        class_right=_share(right[by_class]),
        by_category=_share(by_category),
        category_right=_share(right[by_category]),
        unknown=_share(~told),
    )


def answer(logits: Logits, tree: Tree, rule: Calibration) -> NDArray[np.intp]:
    """[N] nodes of ``tree`` or ``UNKNOWN``, as the classifier gives them."""
    given = answers(softmax(logits, rule.temperature), tree, rule.hedge or 0)
    if rule.familiar is not None:
        given = np.where(energy(logits) < rule.familiar, UNKNOWN, given)
    return given


def fit(logits: Mapping[str, Logits], truth: Truth, tree: Tree, goal: float = GOAL) -> Calibration:
    """The rule from photos and their worse copies; ``logits`` is [N, classes] by kind.

    Temperature: photos weigh as much as all their copies together. Hedge: the least by which
    ``goal`` of the photos are answered right, else the one with most of them. Familiar: ``LOST`` of
    the photos lie below. Four digits each, as many as the photos bear.
    """
    hits = np.zeros((len(truth), tree.classes))
    hits[np.arange(len(truth)), truth] = 1
    copies = [each for kind, each in logits.items() if kind != CLEAN]
    every = np.concatenate([*[logits[CLEAN]] * max(len(copies), 1), *copies])
    temperature = fit_temperature(every, np.tile(hits, (len(every) // len(hits), 1))).temperature
    familiar = float(np.quantile(energy(logits[CLEAN]), LOST))
    rules = [
        Calibration(temperature=_short(temperature), hedge=hedge, familiar=_short(familiar))
        for hedge in HEDGES
    ]
    rights = [point(logits[CLEAN], truth, tree, rule).right for rule in rules]
    enough = [rule for rule, right in zip(rules, rights, strict=True) if right >= goal]
    return enough[0] if enough else rules[int(np.argmax(rights))]


def crossed(logits: Mapping[str, Logits], truth: Truth, tree: Tree) -> dict[str, Point]:
    """By kind: each half of the photos by the rule that the other half gives, together."""
    parts = np.arange(len(truth)) % 2
    found: dict[str, list[Point]] = {kind: [] for kind in logits}
    for half in (0, 1):
        ours, theirs = parts == half, parts != half
        rule = fit({kind: each[theirs] for kind, each in logits.items()}, truth[theirs], tree)
        for kind, each in logits.items():
            found[kind].append(point(each[ours], truth[ours], tree, rule))
    return {kind: _mean(points) for kind, points in found.items()}


def crossed_error(logits: Mapping[str, Logits], truth: Truth, tree: Tree) -> dict[str, float]:
    """ECE by kind of scores whose temperature the other half of the photos gave."""
    parts = np.arange(len(truth)) % 2
    confidence = {kind: np.zeros(len(truth)) for kind in logits}
    for half in (0, 1):
        ours, theirs = parts == half, parts != half
        rule = fit({kind: each[theirs] for kind, each in logits.items()}, truth[theirs], tree)
        for kind, each in logits.items():
            confidence[kind][ours] = softmax(each[ours], rule.temperature).max(axis=1)
    return {
        kind: expected_calibration_error(
            reliability(confidence[kind], each.argmax(axis=1) == truth, BINS)
        )
        for kind, each in logits.items()
    }


def calibration_error(logits: Logits, truth: Truth, temperature: float) -> float:
    """ECE of the first class (Guo et al. 2017), 15 bins."""
    probabilities = softmax(logits, temperature)
    correct = probabilities.argmax(axis=1) == truth
    return expected_calibration_error(reliability(probabilities.max(axis=1), correct, BINS))


def _mean(points: list[Point]) -> Point:
    """Halves of nearly equal size; shares of what a half may have none of are weighed by it."""

    def weighed(value: str, weight: str) -> float:
        weights = [getattr(each, weight) for each in points]
        values = [getattr(each, value) for each in points]
        return float(np.dot(values, weights) / max(sum(weights), 1e-12))

    def plain(value: str) -> float:
        return float(np.mean([getattr(each, value) for each in points]))

    return Point(
        right=plain("right"),
        gain=plain("gain"),
        by_class=plain("by_class"),
        class_right=weighed("class_right", "by_class"),
        by_category=plain("by_category"),
        category_right=weighed("category_right", "by_category"),
        unknown=plain("unknown"),
    )


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _share(flags: NDArray[np.bool_]) -> float:
    return float(flags.mean()) if len(flags) else 0.0
