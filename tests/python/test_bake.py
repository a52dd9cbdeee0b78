"""A model with what it was taught built in, as ONNX Runtime and the pipeline see it."""

import hashlib
import json
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, helper, numpy_helper

from conftest import BUNDLE, PHOTOS, ROOT
from shiwu_models.errors import ModelError
from shiwu_models.graph import check_model, load_model, real_weights, to_bytes
from shiwu_models.labels.tables import check_tables
from shiwu_models.manifest import check_schema
from shiwu_models.pack import pack, unpack
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner
from shiwu_models.scores import softmax
from shiwu_models.verify.browser import check_ready

LITE0 = BUNDLE / "lite0.onnx"
TAUGHT = ["我家的猫", "浓缩咖啡（教的）"]


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    if not (ROOT / "dist" / "node.js").exists():
        pytest.skip("the package is not built")
    try:
        check_ready()
    except ModelError as error:
        pytest.skip(error.en)


def bake(model: Path, engine: str, baked: Path) -> dict[str, Any]:
    """What tests/python/bake.mjs prints; ``baked`` is written."""
    photos = [PHOTOS / "chelsea.png", PHOTOS / "coffee.png"]
    command = [which("node"), ROOT / "tests" / "python" / "bake.mjs", model, engine, baked, *photos]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-600:]
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def by_onnxruntime(model: ModelProto) -> list[np.ndarray[Any, Any]]:
    """The scores of each photo, by ONNX Runtime and NumPy alone."""
    manifest = unpack(model).manifest
    runner = Runner(model)
    scores = []
    for photo in ("chelsea.png", "coffee.png"):
        tensor = preprocess(PHOTOS / photo, manifest.input, manifest.resize)
        logits = runner.run(tensor, manifest.outputs.logits)[0]
        scores.append(softmax(logits, manifest.calibration.temperature))
    return scores


def unheaded(folder: Path) -> Path:
    """lite0 with float32 MatMul and Add for its linear layer, which no manifest names."""
    model = load_model(LITE0)
    packed = unpack(model)
    gemm = model.graph.node[-1]
    assert gemm.op_type == "Gemm"
    features, _, bias = gemm.input
    logits = gemm.output[0]
    weight = real_weights(model)["classifier.weight"]
    del model.graph.node[-1]
    model.graph.initializer.append(numpy_helper.from_array(weight.T.copy(), "turned"))
    model.graph.node.extend(
        [
            helper.make_node("MatMul", [features, "turned"], ["product"]),
            helper.make_node("Add", ["product", bias], [logits]),
        ]
    )
    manifest = packed.manifest.model_copy(update={"head": None})
    path = folder / "unheaded.onnx"
    path.write_bytes(to_bytes(pack(model, manifest, packed.labels, packed.taxonomy)))
    return path


@pytest.mark.parametrize("engine", ["ort", "shiwu"])
def test_gives_the_scores_of_the_teaching_classifier(engine: str, tmp_path: Path) -> None:
    found = bake(LITE0, engine, tmp_path / "baked.onnx")
    baked = load_model(tmp_path / "baked.onnx")
    check_model(baked)
    for taught, again, ours in zip(
        found["taught"], found["baked"], by_onnxruntime(baked), strict=True
    ):
        assert len(taught["scores"]) == 1002
        np.testing.assert_allclose(again["scores"], taught["scores"], rtol=0, atol=1e-4)
        # Of the whole way through ONNX Runtime; our engine rounds inputs to 16 bits at each layer.
        atol = 1e-4 if engine == "ort" else 2e-3
        np.testing.assert_allclose(ours, taught["scores"], rtol=0, atol=atol)
    cat, coffee = found["baked"]
    assert cat["first"] == cat["answer"] == "taught:我家的猫"
    assert coffee["first"] == coffee["answer"] == "taught:浓缩咖啡（教的）"
    assert cat["path"] == ["taught"]
    assert found["model"] == {
        "id": "lite0-taught",
        "name": {
            "zh": "EfficientNet-Lite0 通用识别（教过 2 样东西）",
            "en": "EfficientNet-Lite0, general recognition (taught 2 things)",
        },
        "classes": 1002,
        "maps": True,
        "mapped": "taught:浓缩咖啡（教的）",
    }


def test_is_a_packed_model_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "baked.onnx"
    bake(LITE0, "shiwu", path)
    model = load_model(path)
    packed = unpack(model)
    check_schema(packed.manifest.plain())
    check_tables(packed.labels, packed.taxonomy, 1002)
    assert packed.manifest.labels.sha256 == hashlib.sha256(packed.labels.encode()).hexdigest()
    assert packed.manifest.labels.count == 1002
    assert packed.manifest.parity is None
    assert [row.split("\t")[1] for row in packed.labels.splitlines()[-2:]] == TAUGHT
    outputs = {value.name: value.type.tensor_type.shape.dim for value in model.graph.output}
    assert list(outputs) == ["output", "features", "feature_map"]
    assert outputs["output"][1].dim_value == 1002
    # Nothing else has changed: the same nodes, the same weights, and a few bytes for each row.
    before = load_model(LITE0)
    assert model.graph.node == before.graph.node
    longer = {"classifier.weight_int8", "classifier.weight_scale", "classifier.bias"}
    for old, new in zip(before.graph.initializer, model.graph.initializer, strict=True):
        if old.name in longer:
            assert new.dims[0] == old.dims[0] + 2
            assert new.raw_data.startswith(old.raw_data)
        else:
            assert old == new
    assert path.stat().st_size - LITE0.stat().st_size < 4000
    # The pipeline packs it again.
    pack(model, packed.manifest, packed.labels, packed.taxonomy)


@pytest.mark.parametrize("engine", ["ort", "shiwu"])
def test_of_a_layer_that_is_not_known_the_rows_stand_beside_it(engine: str, tmp_path: Path) -> None:
    found = bake(unheaded(tmp_path), engine, tmp_path / "baked.onnx")
    baked = load_model(tmp_path / "baked.onnx")
    check_model(baked)
    assert [node.op_type for node in baked.graph.node][-2:] == ["Gemm", "Concat"]
    for taught, again, ours in zip(
        found["taught"], found["baked"], by_onnxruntime(baked), strict=True
    ):
        np.testing.assert_allclose(again["scores"], taught["scores"], rtol=0, atol=1e-4)
        atol = 1e-4 if engine == "ort" else 2e-3
        np.testing.assert_allclose(ours, taught["scores"], rtol=0, atol=atol)
    assert not found["model"]["maps"]
