"""Honest answers: the rule by hand, what a fit finds, and the command on its marks."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shiwu_models.errors import ModelError
from shiwu_models.honesty.answer import UNKNOWN, answers, energy, tree_of
from shiwu_models.honesty.pictures import DEGRADED, NOTHING, degraded, nothing
from shiwu_models.honesty.report import write_figures
from shiwu_models.honesty.study import CLEAN, crossed, fit, point
from shiwu_models.labels.tables import Label, Node
from shiwu_models.manifest import Calibration

NODES = [
    Node("animal", "动物", "animal", (), True),
    Node("food", "食物", "food", (), False),
    Node("dog", "狗", "dog", ("animal",), True),
]
LABELS = [
    Label("a", "比格犬", (), "", ("dog",)),
    Label("b", "巴吉度犬", (), "", ("dog",)),
    Label("c", "猫", (), "", ("animal",)),
    Label("d", "热狗", (), "", ("food", "animal")),  # in two, one of them above
]
TREE = tree_of(LABELS, NODES)


def test_a_class_is_once_in_each_node_above_it() -> None:
    below = TREE.holds[4:].sum(axis=1)
    assert below.tolist() == [4, 1, 2]
    # Of four classes: all of them, one, two.
    np.testing.assert_allclose(TREE.gain[4:], [0, 1, 0.5])


def test_the_hedge_decides_how_much_is_given_up() -> None:
    doubtful = np.array([[0.45, 0.35, 0.1, 0.1]])
    assert answers(doubtful, TREE, 0).tolist() == [0]  # 0.45 against 0.8 / 2 for a dog
    assert answers(doubtful, TREE, 1).tolist() == [6]  # 0.9 against 1.2, and 1 for an animal
    assert answers(doubtful, TREE, 5).tolist() == [4]  # 5 against 4.4
    # Without categories what is below 0.4 is a guess.
    flat = tree_of([Label(str(i), str(i), (), "", ()) for i in range(4)], [])
    assert answers(np.array([[0.3, 0.3, 0.2, 0.2]]), flat, 5).tolist() == [UNKNOWN]


def test_energy_is_log_sum_exp_even_for_large_logits() -> None:
    np.testing.assert_allclose(energy(np.zeros((1, 8), np.float32)), np.log(8))
    np.testing.assert_allclose(energy(np.full((1, 2), 1e4, np.float32)), 1e4 + np.log(2))


def test_a_fit_undoes_a_wrong_temperature() -> None:
    random = np.random.default_rng(1)
    logits = random.normal(0, 3, (4000, 4))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = np.array([random.choice(4, p=share) for share in shares])
    shy = {CLEAN: (logits / 2).astype(np.float32)}
    rule = fit(shy, truth, TREE)
    assert rule.temperature == pytest.approx(0.5, rel=0.05)
    # Each half by the other's rule says about the same as all by all's.
    whole = point(shy[CLEAN], truth, TREE, rule)
    assert crossed(shy, truth, TREE)[CLEAN].right == pytest.approx(whole.right, abs=0.02)
    assert whole.right == pytest.approx(0.96, abs=0.02)


def test_what_is_not_familiar_cannot_be_told() -> None:
    logits = np.array([[9, 0, 0, 0], [0.2, 0, 0, 0]], np.float32)
    rule = Calibration(temperature=0.1, hedge=0, familiar=2)
    found = point(logits, np.array([0, 0]), TREE, rule)
    assert (found.right, found.by_class, found.unknown) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("kind", DEGRADED)
def test_worse_copies_are_seeded_and_worse(kind: str) -> None:
    photo = Image.fromarray(np.random.default_rng(3).integers(0, 256, (40, 60, 3), np.uint8))
    photo = photo.resize((600, 400))
    copy = degraded(photo, kind, 7)
    assert copy.mode == "RGB"
    assert copy.tobytes() == degraded(photo, kind, 7).tobytes() != photo.tobytes()
    assert copy.size == ((420, 280) if kind == "crop" else (600, 400))


@pytest.mark.parametrize("kind", NOTHING)
def test_pictures_of_nothing_are_seeded(kind: str) -> None:
    assert nothing(kind, 1).tobytes() == nothing(kind, 1).tobytes() != nothing(kind, 2).tobytes()


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here\n", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        write_figures(page, "lite0", None)  # type: ignore[arg-type]
    assert caught.value.code == "invalid-manifest"
    assert page.read_text(encoding="utf-8") == "nothing here\n"
