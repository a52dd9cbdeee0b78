from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from conftest import LABELS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.errors import ModelError
from shiwu_models.evaluation.evaluate import Tally, evaluate, labelled_photos, record, recorded
from shiwu_models.graph import weights_sha256
from shiwu_models.pack import Packed
from shiwu_models.quantize.weight_int8 import quantize

PACKED = Packed(tiny_manifest(), LABELS, TAXONOMY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(6)
    for name in ("a1_cat.JPEG", "b2_cup.JPEG", "b2_mug.png", "zz_unknown.JPEG"):
        pixels = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)
    (tmp_path / "a1_notes.txt").write_text("not a photo")
    return tmp_path


def test_photos_are_found_by_their_ids(folder: Path) -> None:
    photos = labelled_photos(folder, PACKED)
    assert [(path.name, truth) for path, truth in photos] == [
        ("a1_cat.JPEG", 0),
        ("b2_cup.JPEG", 1),
        ("b2_mug.png", 1),
    ]


def test_a_folder_without_photos_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        labelled_photos(tmp_path, PACKED)
    assert caught.value.code == "no-photos"


def test_counts_and_agreement(folder: Path, tmp_path: Path) -> None:
    model = tiny_model()
    small, _ = quantize(model, smallest=0)
    photos = labelled_photos(folder, PACKED)
    *_, (ours, theirs, agreement) = evaluate(photos, PACKED, small, model)
    assert (ours.photos, ours.top5) == (3, 3)  # two classes: always among the first five
    assert theirs.photos == 3
    assert 0 < agreement.largest_difference < 0.5
    path = tmp_path / "measurements.json"
    record(path, small, ours, theirs, agreement)
    found = recorded(path, weights_sha256(small))
    assert found is not None
    assert found.top1 == ours.top1
    assert recorded(path, weights_sha256(model)) is None  # other weights
    assert recorded(tmp_path / "none.json", "") is None


def test_a_model_agrees_with_itself(folder: Path) -> None:
    model = tiny_model()
    *_, (_, _, agreement) = evaluate(labelled_photos(folder, PACKED), PACKED, model, model)
    assert (agreement.same_top1, agreement.largest_difference) == (3, 0)


def test_tally() -> None:
    tally = Tally()
    logits = np.arange(10, dtype=np.float32)
    assert tally.add(logits, 9) == 9
    tally.add(logits, 5)
    tally.add(logits, 4)
    assert (tally.photos, tally.top1, tally.top5) == (3, 1, 2)
