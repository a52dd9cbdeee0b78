"""The committed default model is what it says it is."""

import gzip
import hashlib
import json
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto
from PIL import Image

from conftest import BUNDLE, GOLDEN, PHOTOS, ROOT, float32
from shiwu_models.graph import initializers, load_model, opset, weights_sha256
from shiwu_models.manifest import parse_manifest
from shiwu_models.pack import Packed, unpack
from shiwu_models.parity import relative_difference
from shiwu_models.preprocess import normalize
from shiwu_models.runtime import Runner
from shiwu_models.scores import softmax, top_k

NAMES = ["chelsea", "coffee"]
# Just above the real size after gzip, 3.26 MB: what every first visitor downloads must not grow
# unseen.
LARGEST = 3_300_000


@pytest.fixture(scope="module")
def model() -> ModelProto:
    return load_model(BUNDLE / "lite0.onnx")


@pytest.fixture(scope="module")
def packed(model: ModelProto) -> Packed:
    return unpack(model)


@pytest.fixture(scope="module")
def runner(model: ModelProto) -> Runner:
    return Runner(model)


def golden(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return content


def test_sums() -> None:
    lines = (BUNDLE / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert sums.keys() == {path.name for path in BUNDLE.iterdir()} - {"SHA256SUMS"}
    for name, expected in sums.items():
        assert hashlib.sha256((BUNDLE / name).read_bytes()).hexdigest() == expected, name


def test_size() -> None:
    assert len(gzip.compress((BUNDLE / "lite0.onnx").read_bytes(), 9)) < LARGEST


def test_graph(model: ModelProto) -> None:
    operators = {node.op_type for node in model.graph.node}
    assert opset(model) == 13
    assert "Softmax" not in operators
    assert "BatchNormalization" not in operators
    assert [value.name for value in model.graph.input] == ["input"]
    assert [value.name for value in model.graph.output] == ["output", "features"]
    weights = [array for array in initializers(model).values() if array.ndim > 1]
    assert {array.dtype for array in weights} == {np.dtype(np.int8)}


def test_head_computes_the_logits_from_the_features(
    model: ModelProto, packed: Packed, runner: Runner
) -> None:
    head = packed.manifest.head
    assert head is not None
    assert head.scale is not None
    stored = initializers(model)
    scale = stored[head.scale].astype(np.float32)
    weight = stored[head.weight].astype(np.float32) * scale[:, np.newaxis]
    picture = np.linspace(-1, 1, 3 * 224 * 224, dtype=np.float32).reshape(1, 3, 224, 224)
    logits = runner.run(picture, "features") @ weight.T + stored[head.bias]
    assert relative_difference(runner.run(picture, "output"), logits) < 1e-5


def test_manifest_and_labels_are_the_committed_ones(model: ModelProto, packed: Packed) -> None:
    text = (BUNDLE / "manifest.json").read_text(encoding="utf-8")
    assert packed.manifest == parse_manifest(text)
    labels, taxonomy = (
        (ROOT / "models" / "labels" / name).read_text(encoding="utf-8")
        for name in ("imagenet1k.tsv", "taxonomy.tsv")
    )
    again = "run: python -m shiwu_models relabel"
    assert packed.labels == labels, again
    assert packed.taxonomy == taxonomy, again
    assert packed.manifest.parity is not None
    assert packed.manifest.parity.weights_sha256 == weights_sha256(model)
    assert packed.manifest.parity.accuracy is not None, "run: evaluate --record, then relabel"


@pytest.mark.parametrize("name", NAMES)
def test_golden_belongs_to_these_weights_and_photos(name: str, model: ModelProto) -> None:
    content = golden(name)
    assert content["weights_sha256"] == weights_sha256(model)
    photo = (PHOTOS / content["photo"]).read_bytes()
    assert content["photo_sha256"] == hashlib.sha256(photo).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_onnx_runtime_agrees_with_pytorch(name: str, packed: Packed, runner: Runner) -> None:
    content = golden(name)
    expected = float32(content["logits"])
    assert [float(str(v)) for v in expected] == content["logits"]  # float32 round trip
    picture = normalize(Image.open(GOLDEN / content["resized"]), packed.manifest.input)
    logits = runner.run(picture, "output")[0]
    # The project's bar is 1e-4; two engines with the same weights are well inside 1e-5.
    assert relative_difference(expected, logits) < 1e-5
    assert top_k(logits, 5) == [answer["index"] for answer in content["top5"]]
    temperature = packed.manifest.calibration.temperature
    shares = softmax(expected, temperature)[[answer["index"] for answer in content["top5"]]]
    np.testing.assert_allclose(shares, [answer["probability"] for answer in content["top5"]])
    features = runner.run(picture, "features")[0]
    np.testing.assert_allclose(features[:16], content["features"]["first"], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(features), content["features"]["l2_norm"], 1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_int8_is_close_to_float(name: str) -> None:
    content = golden(name)
    ours, plain = float32(content["logits"]), float32(content["float_model"]["logits"])
    assert relative_difference(plain, ours) < 0.05
    # At temperature 1 each of float's answers keeps its probability within 0.02; so the first stays
    # first where it leads by more than twice that. On chelsea three breeds of cat lie closer.
    shares, kept = softmax(ours), softmax(plain)
    answers = content["float_model"]["top5"]
    for answer in answers:
        assert abs(shares[answer["index"]] - kept[answer["index"]]) < 0.02
    if kept[answers[0]["index"]] - kept[answers[1]["index"]] > 0.04:
        assert content["top5"][0]["id"] == answers[0]["id"]
    assert {a["id"] for a in content["top5"][:3]} == {a["id"] for a in answers[:3]}


def test_batches(runner: Runner) -> None:
    pictures = np.random.default_rng(7).normal(size=(2, 3, 224, 224)).astype(np.float32)
    together = runner.run(pictures, "output")
    assert together.shape == (2, 1000)
    assert relative_difference(runner.run(pictures[1:], "output")[0], together[1]) < 1e-5
