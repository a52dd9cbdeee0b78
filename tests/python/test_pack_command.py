"""``pack`` and ``unpack`` as a model maker runs them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import ModelProto, TensorProto, helper
from typer.testing import CliRunner, Result

from conftest import BUNDLE, LABELS, ROOT, TAXONOMY, tiny_model
from shiwu_models.cli import app
from shiwu_models.export.feature_map import add_feature_map
from shiwu_models.graph import load_model, opset
from shiwu_models.pack import unpack
from shiwu_models.runtime import Runner

IMAGENET = ("--preset", "imagenet")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "My Model.onnx"
    onnx.save(tiny_model(), path)
    return path


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def pack(model: Path, labels: str, *flags: str, encoding: str = "utf-8") -> Result:
    path = written(model.parent / "labels.txt", labels, encoding)
    out = str(model.parent / "out.onnx")
    return CliRunner().invoke(app, ["pack", str(model), "-o", out, "--labels", str(path), *flags])


def packed(model: Path, *flags: str, labels: str = "猫\n杯子\n") -> Any:  # noqa: ANN401 (JSON)
    result = pack(model, labels, *flags)
    assert result.exit_code == 0, result.output
    return unpack(load_model(model.parent / "out.onnx")).manifest.plain()


def flat(text: str) -> str:
    """Without the line breaks of the terminal's width."""
    return "".join(text.split())


def test_what_the_graph_tells_is_taken_from_it(model: Path) -> None:
    manifest = packed(model, *IMAGENET)
    assert manifest["id"] == "my-model"
    assert manifest["name"] == {"zh": "My Model", "en": "My Model"}
    assert manifest["input"]["name"] == "input"
    assert manifest["input"]["layout"] == "NCHW"
    assert manifest["input"]["size"] == [8, 8]
    assert manifest["outputs"] == {
        "logits": "output",
        "features": "features",
        "feature_map": "feature_map",
    }
    assert manifest["head"] == {"weight": "classifier.weight", "bias": "classifier.bias"}
    assert manifest["labels"]["count"] == 2


CASES = ROOT / "tests" / "fixtures" / "models"


@pytest.mark.parametrize("labels", ["狗\n", "猫\n狗\n"])
@pytest.mark.parametrize("kind", ["yes-no", "yes-no-logit"])
def test_one_output_has_one_label_or_two(tmp_path: Path, kind: str, labels: str) -> None:
    path = tmp_path / "yes.onnx"
    path.write_bytes((CASES / f"{kind}.onnx").read_bytes())
    if kind == "yes-no":
        assert "--strip-activation" in pack(path, labels, *IMAGENET).output
    manifest = packed(path, *IMAGENET, "--strip-activation", labels=labels)
    assert (manifest["task"], manifest["labels"]["count"]) == ("single-label", labels.count("\n"))
    refused = pack(path, "甲\n乙\n丙\n", *IMAGENET, "--strip-activation")
    assert "label-count" in refused.output


def test_each_class_keeps_the_sigmoid_that_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "tags.onnx"
    path.write_bytes((CASES / "sigmoid.onnx").read_bytes())
    manifest = packed(path, *IMAGENET, "--strip-activation", labels="甲\n乙\n丙\n丁\n")
    assert manifest["task"] == "multi-label"


def test_weights_in_a_second_file_are_taken_in(tmp_path: Path) -> None:
    for name in ("outside.onnx", "outside.onnx.data"):
        (tmp_path / name).write_bytes((CASES / name).read_bytes())
    packed(tmp_path / "outside.onnx", *IMAGENET, labels="猫\n狗\n杯\n车\n")
    one = load_model(tmp_path / "out.onnx")
    (tmp_path / "outside.onnx.data").unlink()
    single = load_model(CASES / "nchw.onnx")
    picture = np.random.default_rng(1).normal(size=(1, 3, 6, 8)).astype(np.float32)
    got, expected = (Runner(model).run(picture, "output") for model in (one, single))
    assert np.array_equal(got, expected)
    missing = pack(tmp_path / "outside.onnx", "猫\n狗\n杯\n车\n", *IMAGENET)
    assert "outside.onnx.data" in missing.output


def test_a_list_of_maps_gives_way_to_the_scores(tmp_path: Path) -> None:
    path = tmp_path / "vision.onnx"
    path.write_bytes((CASES / "custom-vision.onnx").read_bytes())
    labels = "猫\n狗\n杯\n车\n"
    assert "--strip-activation" in pack(path, labels, "--preset", "half").output
    manifest = packed(path, "--preset", "half", "--strip-activation", labels=labels)
    assert manifest["outputs"] == {"logits": "model_output"}
    # What is left is what the maps were made of: NumPy's ratio of exponentials.
    picture = np.random.default_rng(1).normal(size=(1, 3, 6, 8)).astype(np.float32)
    logits = Runner(load_model(tmp_path / "out.onnx")).run(picture, "model_output")
    whole = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (scores,) = whole.run(["loss"], {"data": picture})[0]
    exponentials = np.exp(logits[0].astype(np.float64))
    expected = exponentials / exponentials.sum()
    names = ("cat", "dog", "cup", "bicycle")
    assert [scores[name] for name in names] == pytest.approx(expected.tolist(), abs=1e-6)


def test_half_precision_is_told_how_to_become_whole(tmp_path: Path) -> None:
    path = tmp_path / "half.onnx"
    path.write_bytes((CASES / "float16.onnx").read_bytes())
    assert "model.float()" in pack(path, "甲\n乙\n", *IMAGENET).output


def test_torchvisions_preset_in_the_manifests_units(model: Path) -> None:
    spec = packed(model, *IMAGENET)["input"]
    # torchvision's white, in red: (1 - 0.485) / 0.229.
    white = (255 * spec["scale"] - spec["mean"][0]) / spec["std"][0]
    assert white == pytest.approx((1 - 0.485) / 0.229)
    assert spec["color"] == "RGB"


def test_flags_are_the_last_word(model: Path) -> None:
    part = written(
        model.parent / "part.json",
        json.dumps({"license": "MIT", "source": "mine", "resize": {"filter": "box"}}),
    )
    manifest = packed(
        model,
        *IMAGENET,
        *("--manifest", str(part), "--source", "yours", "--color", "BGR", "--mean", "1,2,3"),
        *("--std", "4", "--scale", "1", "--resize", "pad", "--temperature", "1.5"),
        *("--name-zh", "小模型", "--name-en", "Tiny", "--id", "tiny", "--task", "multi-label"),
    )
    assert (manifest["license"], manifest["source"]) == ("MIT", "yours")
    assert manifest["resize"] == {"mode": "pad", "crop_fraction": 0.875, "filter": "box"}
    assert (manifest["input"]["mean"], manifest["input"]["std"]) == ([1, 2, 3], [4, 4, 4])
    assert (manifest["input"]["color"], manifest["task"]) == ("BGR", "multi-label")
    assert manifest["calibration"] == {"temperature": 1.5}
    assert manifest["name"] == {"zh": "小模型", "en": "Tiny"}


def test_what_nobody_can_guess_must_be_said(model: Path) -> None:
    result = pack(model, "猫\n杯子\n")
    assert result.exit_code == 1
    assert flat("--color --scale --mean --std") in flat(result.output)
    assert "--preset" in result.output


def test_gbk_labels_are_converted_and_reported(model: Path) -> None:
    result = pack(model, "大白鲨\n金鱼和杯子\n", *IMAGENET, encoding="gbk")
    assert "GB18030" in result.output
    assert "大白鲨" in unpack(load_model(model.parent / "out.onnx")).labels


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ("大白鲨\n金鱼\n".encode().decode("latin-1"), "unreadable-text"),
        ("猫\n杯子\n狗\n", "label-count"),
        ("猫\n\n杯子\n", "invalid-labels"),
    ],
)
def test_bad_labels_stop_it(model: Path, labels: str, code: str) -> None:
    result = pack(model, labels, *IMAGENET)
    assert result.exit_code == 1
    assert code in result.output
    assert not (model.parent / "out.onnx").exists()


def test_a_size_that_the_graph_does_not_take(model: Path) -> None:
    result = pack(model, "猫\n杯子\n", *IMAGENET, "--size", "224")
    assert result.exit_code == 1
    assert "input-mismatch" in result.output
    assert "8×8" in result.output


def softmaxed() -> ModelProto:
    result = tiny_model()
    result.graph.node[-1].output[0] = "raw"
    result.graph.node.append(helper.make_node("Softmax", ["raw"], ["output"], axis=1))
    return result


def test_a_second_softmax_is_refused_or_taken_off(model: Path) -> None:
    onnx.save(softmaxed(), model)
    result = pack(model, "猫\n杯子\n", *IMAGENET)
    assert result.exit_code == 1
    assert "--strip-activation" in result.output
    packed(model, *IMAGENET, "--strip-activation")
    operators = [n.op_type for n in load_model(model.parent / "out.onnx").graph.node]
    assert "Softmax" not in operators


def test_channels_last_and_free_sides(model: Path) -> None:
    nodes = [
        helper.make_node("Transpose", ["photo"], ["nchw"], perm=[0, 3, 1, 2]),
        helper.make_node("GlobalAveragePool", ["nchw"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "nhwc",
        [helper.make_tensor_value_info("photo", TensorProto.FLOAT, ["N", "H", "W", 3])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 3])],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), model
    )
    result = pack(model, "红\n绿\n蓝\n", *IMAGENET)
    assert "--size" in result.output
    manifest = packed(model, *IMAGENET, "--size", "32x48", labels="红\n绿\n蓝\n")
    assert manifest["input"]["layout"] == "NHWC"
    assert manifest["input"]["size"] == [32, 48]
    assert manifest["outputs"] == {"logits": "scores"}


def test_unknown_categories_are_left_out_and_said(model: Path) -> None:
    result = pack(model, LABELS.replace("animal", "nothing-we-know"), *IMAGENET)
    assert "--taxonomy" in result.output
    assert "nothing-we-know" not in unpack(load_model(model.parent / "out.onnx")).labels
    taxonomy = written(model.parent / "taxonomy.tsv", TAXONOMY)
    pack(model, LABELS, *IMAGENET, "--taxonomy", str(taxonomy))
    content = unpack(load_model(model.parent / "out.onnx"))
    assert (content.labels, content.taxonomy) == (LABELS, TAXONOMY)


def test_packing_the_unpacked_gives_the_same_bytes(tmp_path: Path) -> None:
    runner, source = CliRunner(), BUNDLE / "lite0.onnx"
    texts = tmp_path / "texts"
    assert runner.invoke(app, ["unpack", str(source), "-o", str(texts)]).exit_code == 0
    assert sorted(p.name for p in texts.iterdir()) == [
        "labels.tsv",
        "manifest.json",
        "taxonomy.tsv",
    ]
    command = ["pack", str(source), "-o", str(tmp_path / "again.onnx")]
    for flag, name in (("labels", "labels.tsv"), ("taxonomy", "taxonomy.tsv")):
        command += [f"--{flag}", str(texts / name)]
    result = runner.invoke(app, [*command, "--manifest", str(texts / "manifest.json")])
    assert result.exit_code == 0, result.output
    assert (tmp_path / "again.onnx").read_bytes() == source.read_bytes()


def test_figures_measured_on_other_weights_are_left_out(model: Path) -> None:
    text = (BUNDLE / "manifest.json").read_text(encoding="utf-8")
    parity = json.loads(text)["parity"]
    part = written(model.parent / "part.json", json.dumps({"parity": parity}))
    assert "parity" not in packed(model, *IMAGENET, "--manifest", str(part))


def test_a_manifest_that_breaks_the_schema(model: Path) -> None:
    for content in ('{"resize": {"crop_fracton": 1}}', "[1]", "{"):
        part = written(model.parent / "part.json", content)
        result = pack(model, "猫\n杯子\n", *IMAGENET, "--manifest", str(part))
        assert result.exit_code == 1
        assert "invalid-manifest" in result.output


def test_unpack_without_a_manifest_says_what_to_do(model: Path) -> None:
    result = CliRunner().invoke(app, ["unpack", str(model), "-o", str(model.parent / "x")])
    assert result.exit_code == 1
    assert "pack" in result.output


def test_the_graph_stays_as_it_was_but_for_its_map(model: Path) -> None:
    packed(model, *IMAGENET)
    before, after = load_model(model), load_model(model.parent / "out.onnx")
    assert after.graph == add_feature_map(before).graph
    assert opset(after) == opset(before)
