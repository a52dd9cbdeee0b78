"""``shiwu-models quantize`` as people type it."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, numpy_helper
from PIL import Image
from typer.testing import CliRunner, Result

from conftest import LABELS, PHOTOS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.cli import app
from shiwu_models.graph import load_model, to_bytes
from shiwu_models.manifest import MANIFEST_KEY
from shiwu_models.pack import pack, unpack
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner
from shiwu_models.scores import top_k


def wide_model() -> ModelProto:
    """The tiny model with a first layer that is worth quantising: 96 × 3 × 3 × 3 numbers."""
    model = tiny_model()
    rng = np.random.default_rng(2)
    wide = {
        "stem.weight": rng.normal(size=(96, 3, 3, 3)),
        "stem.bias": rng.normal(size=96),
        "classifier.weight": rng.normal(size=(2, 96)),
        "classifier.bias": np.zeros(2),
    }
    del model.graph.initializer[:]
    for name, array in wide.items():
        model.graph.initializer.append(numpy_helper.from_array(array.astype(np.float32), name))
    model.graph.output[1].type.tensor_type.shape.dim[1].dim_value = 96
    return model


@pytest.fixture
def floating(tmp_path: Path) -> Path:
    path = tmp_path / "float.onnx"
    model = pack(wide_model(), tiny_manifest(), LABELS, TAXONOMY)
    path.write_bytes(to_bytes(model))
    return path


@pytest.fixture
def labelled(tmp_path: Path, floating: Path) -> Path:
    """Six photos, each with the float model's own answer as its label."""
    folder = tmp_path / "photos"
    folder.mkdir()
    manifest = tiny_manifest()
    runner = Runner(load_model(floating))
    for i in range(6):
        photo = folder / "photo.png"
        with Image.open(PHOTOS / ("chelsea.png", "coffee.png")[i % 2]) as image:
            image.crop((40 * i, 10 * i, 40 * i + 200, 10 * i + 200)).save(photo)
        logits = runner.run(preprocess(photo, manifest.input, manifest.resize), "output")[0]
        photo.rename(folder / f"{('a1', 'b2')[top_k(logits, 1)[0]]}_{i}.png")
    return folder


def run(*arguments: str | int | Path) -> Result:
    return CliRunner().invoke(app, ["quantize", *map(str, arguments)], env={"COLUMNS": "200"})


def test_a_packed_model_stays_packed(floating: Path, labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "small" / "out.onnx"
    result = run(floating, "-o", out, "--photos", labelled)
    assert result.exit_code == 0, result.output
    assert "6/6" in result.output
    packed = unpack(load_model(out))
    assert packed.labels == LABELS
    assert out.stat().st_size < floating.stat().st_size - 5000


def test_a_model_that_loses_too_much_is_not_written(
    floating: Path, labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.onnx"
    out.write_bytes(b"what was there")
    # Ranges taken from a black picture cut all photos down to it.
    black = tmp_path / "black"
    black.mkdir()
    Image.new("RGB", (64, 64)).save(black / "black.png")
    wrong = ("--method", "static-int8", "--calibration", black)
    result = run(floating, "-o", out, "--photos", labelled, *wrong)
    assert result.exit_code == 1
    for part in ("accuracy-drop", "--max-drop 0.5", "weight-int8"):
        assert part in result.output
    assert out.read_bytes() == b"what was there"
    assert run(floating, "-o", out, "--photos", labelled, *wrong, "--max-drop", 100).exit_code == 0
    assert unpack(load_model(out)).labels == LABELS


def test_all_compares_and_writes_nothing_without_a_folder(
    floating: Path, labelled: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    curve = tmp_path / "curve.json"
    result = run(
        floating, "--method", "all", "--photos", labelled, "--calibration", labelled,
        "--curve", curve,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    rows = json.loads(curve.read_text(encoding="utf-8"))
    assert [row["name"] for row in rows[:3]] == ["float", "weight-int8", "compact"]
    assert {"static-int8", "fp16"} <= {row["method"] for row in rows}
    assert sum(row["method"] == "compact" for row in rows) == 5
    assert all(row["photos"] == 6 and row["raw"] > row["gzip"] > 0 for row in rows)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, curve])


def test_without_labels_changed_answers_are_the_bound(floating: Path, tmp_path: Path) -> None:
    result = run(floating, "-o", tmp_path / "out.onnx", "--photos", PHOTOS)
    assert result.exit_code == 0, result.output
    assert "bound" in result.output


def test_without_a_manifest_only_noise_is_compared(floating: Path, tmp_path: Path) -> None:
    bare = load_model(floating)
    del bare.metadata_props[:]
    path, out = tmp_path / "bare.onnx", tmp_path / "out.onnx"
    path.write_bytes(to_bytes(bare))
    result = run(path, "-o", out)
    assert result.exit_code == 0, result.output
    assert "random numbers" in result.output
    assert MANIFEST_KEY not in [entry.key for entry in load_model(out).metadata_props]
    refused = run(path, "-o", out, "--method", "static-int8")
    assert refused.exit_code == 1
    assert "--manifest" in refused.output
    manifest = tmp_path / "manifest.json"
    manifest.write_text(tiny_manifest().pretty(), encoding="utf-8")
    judged = run(path, "-o", out, "--photos", PHOTOS, "--manifest", manifest)
    assert judged.exit_code == 0, judged.output
    assert "bound" in judged.output


def test_without_photos_the_built_in_ones_are_a_weak_check(floating: Path, tmp_path: Path) -> None:
    pytest.importorskip("skimage")
    result = run(floating, "-o", tmp_path / "out.onnx")
    assert result.exit_code == 0, result.output
    assert "weak check" in result.output


def test_an_output_is_asked_for(floating: Path) -> None:
    asked = run(floating)
    assert asked.exit_code == 2
    assert "--method all" in asked.output


def test_a_folder_without_pictures_is_explained(floating: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    result = run(floating, "-o", tmp_path / "out.onnx", "--photos", empty)
    assert result.exit_code == 1
    assert "no-photos" in result.output
