"""``inspect``: figures held against arithmetic by hand and against published ones."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from conftest import BUNDLE, LABELS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.cli import app
from shiwu_models.cli.inspect import _ends
from shiwu_models.inspection.inspect import inspect
from shiwu_models.inspection.macs import macs
from shiwu_models.inspection.structure import inferred
from shiwu_models.inspection.web_support import Support, web_support
from shiwu_models.pack import pack
from shiwu_models.sizes import Sizes

FLOAT, FLOAT16, INT64, DOUBLE = (
    TensorProto.FLOAT,
    TensorProto.FLOAT16,
    TensorProto.INT64,
    TensorProto.DOUBLE,
)


def one_node(
    node: NodeProto,
    shapes: list[list[int]],
    weights: list[list[int]] = [],  # noqa: B006 (never changed)
    kind: int = FLOAT,
    opset: int = 13,
) -> ModelProto:
    """A model of one node: inputs x0 x1 …, float weights w0 w1 …, one output y."""
    graph = helper.make_graph(
        [node],
        "one",
        [helper.make_tensor_value_info(f"x{i}", kind, s) for i, s in enumerate(shapes)],
        [helper.make_tensor_value_info("y", kind, None)],
        [numpy_helper.from_array(np.zeros(s, np.float32), f"w{i}") for i, s in enumerate(weights)],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def facts_of(model: ModelProto, folder: Path) -> dict[str, Any]:
    path = folder / "model.onnx"
    onnx.save(model, path)
    return inspect(path)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        # 8×8 outputs, 16 channels of 3×3×3 products.
        (
            one_node(
                helper.make_node("Conv", ["x0", "w0"], ["y"], pads=[1, 1, 1, 1]),
                [[1, 3, 8, 8]],
                [[16, 3, 3, 3]],
            ),
            8 * 8 * 16 * 27,
        ),
        # Depthwise, stride 2, without padding: 3×3 outputs.
        (
            one_node(
                helper.make_node("Conv", ["x0", "w0"], ["y"], group=4, strides=[2, 2]),
                [[1, 4, 8, 8]],
                [[4, 1, 3, 3]],
            ),
            3 * 3 * 4 * 9,
        ),
        # Each of 4×4×6 inputs goes into 5 channels of 2×2.
        (
            one_node(
                helper.make_node("ConvTranspose", ["x0", "w0"], ["y"], strides=[2, 2]),
                [[1, 6, 4, 4]],
                [[6, 5, 2, 2]],
            ),
            4 * 4 * 6 * 5 * 4,
        ),
        (
            one_node(helper.make_node("Gemm", ["x0", "w0"], ["y"], transB=1), [[1, 7]], [[10, 7]]),
            70,
        ),
        (
            one_node(helper.make_node("Gemm", ["x0", "w0"], ["y"], transA=1), [[7, 2]], [[7, 10]]),
            140,
        ),
        # Attention's product: 4 heads, 9 × 16 by 16 × 9.
        (
            one_node(
                helper.make_node("MatMul", ["x0", "x1"], ["y"]), [[1, 4, 9, 16], [1, 4, 16, 9]]
            ),
            4 * 9 * 16 * 9,
        ),
        (one_node(helper.make_node("Relu", ["x0"], ["y"]), [[1, 7]]), 0),
    ],
)
def test_macs_by_hand(model: ModelProto, expected: int) -> None:
    counted = macs(inferred(model, None))
    assert counted is not None
    assert sum(counted.values()) == expected


def lite0_macs() -> int:
    """EfficientNet-Lite0 by the table of its paper: stages of (kernel, stride, expansion, output
    channels, blocks), TensorFlow's SAME padding, a head of 1280, 1,000 classes."""
    stages = [
        (3, 1, 1, 16, 1),
        (3, 2, 6, 24, 2),
        (5, 2, 6, 40, 2),
        (3, 2, 6, 80, 3),
        (5, 1, 6, 112, 3),
        (5, 2, 6, 192, 4),
        (3, 1, 6, 320, 1),
    ]
    side, channels = 112, 32
    total = side * side * 27 * 32
    for kernel, first_stride, expansion, out, blocks in stages:
        for block in range(blocks):
            stride = first_stride if block == 0 else 1
            wide = channels * expansion
            if expansion > 1:
                total += side * side * channels * wide
            side = math.ceil(side / stride)
            total += side * side * wide * kernel * kernel + side * side * wide * out
            channels = out
    return total + side * side * channels * 1280 + 1280 * 1000


def test_the_default_model(monkeypatch: pytest.MonkeyPatch) -> None:
    # brotli's best of 5 MB takes a dozen seconds; bytes are looked at with the tiny model.
    monkeypatch.setattr(
        "shiwu_models.inspection.inspect.measure", lambda data: Sizes(len(data), 0, 0)
    )
    facts = inspect(BUNDLE / "lite0.onnx")
    assert facts["checker"] == "ok"
    assert facts["macs"] == lite0_macs()
    # Published: 407 M. That counts three more steps (normalise: two, clip: one) for each of the
    # 6.74 M numbers that its convolutions put out; Lite1's 631 M and Lite2's 899 M do, too.
    assert abs(facts["macs"] + 3 * 6_737_696 - 407e6) < 2e6
    # Published: 4.7 M.
    assert round(facts["parameters"] / 1e6, 1) in (4.6, 4.7)
    assert facts["opsets"] == {"ai.onnx": 13}
    assert facts["inputs"] == [{"name": "input", "type": "float", "shape": ["N", 3, 224, 224]}]
    assert [value["shape"] for value in facts["outputs"]] == [
        ["N", 1000],
        ["N", 1280],
        ["N", 1280, 7, 7],
    ]
    assert sum(facts["operators"].values()) == facts["nodes"]
    assert facts["quantized_tensors"] == facts["operators"]["DequantizeLinear"]
    assert facts["metadata"]["labels"]["count"] == 1000
    assert facts["metadata"]["labels"]["first"][1] == "金鱼"
    assert facts["metadata"]["manifest"]["id"] == "lite0"
    size = (BUNDLE / "lite0.onnx").stat().st_size
    assert facts["bytes"]["raw"] == size
    assert {s["wasm"] for s in facts["web"]["operators"]} == {"yes"}
    assert {s["webgpu"] for s in facts["web"]["operators"]} == {"yes"}
    assert facts["problems"] == []


def test_parameters_types_and_largest(tmp_path: Path) -> None:
    facts = facts_of(tiny_model(), tmp_path)
    assert facts["parameters"] == 4 * 3 * 9 + 4 + 2 * 4 + 2
    assert facts["weights"] == {"float": {"tensors": 4, "numbers": 122, "bytes": 488}}
    assert facts["largest"][0] == {
        "name": "stem.weight",
        "type": "float",
        "shape": [4, 3, 3, 3],
        "bytes": 432,
    }
    sizes = facts["bytes"]
    data = (tmp_path / "model.onnx").read_bytes()
    assert sizes["raw"] == len(data)
    assert sizes["gzip"] == len(gzip.compress(data, 9, mtime=0))
    assert 0 < sizes["brotli"] < sizes["gzip"]
    assert facts["macs_by_operator"] == {"Conv": 6 * 6 * 4 * 27, "Gemm": 8}


def test_free_sides_need_a_size(tmp_path: Path) -> None:
    model = tiny_model()
    for axis, name in ((2, "H"), (3, "W")):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    assert facts_of(model, tmp_path)["macs"] is None
    facts = inspect(tmp_path / "model.onnx", (12, 22))
    assert facts["macs"] == 10 * 20 * 4 * 27 + 8
    assert facts["input_size"] == [12, 22]


def kinds(model: ModelProto) -> list[Support]:
    return web_support(inferred(model, None)).operators


def test_operators_by_backend() -> None:
    (relu,) = kinds(one_node(helper.make_node("Relu", ["x0"], ["y"]), [[1, 4]]))
    assert (relu.wasm, relu.webgpu, relu.zh) == ("yes", "yes", "")
    (det,) = kinds(one_node(helper.make_node("Det", ["x0"], ["y"]), [[2, 2]]))
    assert (det.wasm, det.webgpu) == ("yes", "wasm")
    assert "no such operator" in det.en
    node = helper.make_node("Conv", ["x0", "x1"], ["y"])
    (conv,) = kinds(one_node(node, [[1, 3, 4, 4], [2, 3, 1, 1]], kind=DOUBLE))
    assert (conv.wasm, conv.webgpu) == ("no", "no")
    assert "double" in conv.zh
    (half,) = kinds(one_node(helper.make_node("Sin", ["x0"], ["y"]), [[1, 4]], kind=FLOAT16))
    assert (half.wasm, half.webgpu) == ("cast", "yes")
    (celu,) = kinds(one_node(helper.make_node("HardSwish", ["x0"], ["y"]), [[4]], opset=14))
    assert celu.wasm == "parts"
    (whole,) = kinds(one_node(helper.make_node("Relu", ["x0"], ["y"]), [[4]], kind=INT64, opset=14))
    assert whole.wasm == "no"
    own = helper.make_node("Swirl", ["x0"], ["y"], domain="my.own")
    (swirl,) = kinds(one_node(own, [[4]]))
    assert (swirl.operator, swirl.wasm) == ("my.own.Swirl", "no")


def test_of_nodes_of_one_kind_the_worst_counts() -> None:
    model = one_node(helper.make_node("Relu", ["x0"], ["a"]), [[1, 4]], opset=14)
    model.graph.node.append(helper.make_node("Cast", ["a"], ["b"], to=DOUBLE))
    model.graph.node.append(helper.make_node("Relu", ["b"], ["c"]))
    model.graph.node.append(helper.make_node("Cast", ["c"], ["y"], to=FLOAT))
    relu = next(s for s in kinds(model) if s.operator == "Relu")
    assert (relu.nodes, relu.wasm, relu.webgpu) == (2, "yes", "wasm")


def test_the_double_softmax_and_train_mode_are_found(tmp_path: Path) -> None:
    model = tiny_model()
    model.graph.node[-1].output[0] = "raw"
    model.graph.node.append(helper.make_node("Softmax", ["raw"], ["output"], axis=1))
    (problem,) = facts_of(model, tmp_path)["problems"]
    assert problem["code"] == "invalid-model"
    assert "Softmax" in problem["zh"]
    model = tiny_model()
    model.graph.node.insert(
        0, helper.make_node("Dropout", ["input", "", "training"], ["dropped"], "drop")
    )
    model.graph.node[1].input[0] = "dropped"
    model.graph.initializer.append(numpy_helper.from_array(np.array(True), "training"))
    (problem,) = facts_of(model, tmp_path)["problems"]
    assert problem["code"] == "train-mode"


def test_a_broken_graph_is_described_all_the_same(tmp_path: Path) -> None:
    model = tiny_model()
    model.graph.node[1].input[0] = "nowhere"
    facts = facts_of(model, tmp_path)
    assert facts["checker"] != "ok"
    assert facts["problems"][0]["code"] == "invalid-graph"
    assert facts["nodes"] == 4


def test_weights_in_another_file(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    onnx.save(tiny_model(), path, save_as_external_data=True, location="w.bin", size_threshold=0)
    facts = inspect(path)
    assert facts["checker"] == "ok"
    assert facts["external_data"] == ["w.bin"]
    assert facts["bytes"]["external"] >= 488
    assert facts["parameters"] == 122
    (tmp_path / "w.bin").unlink()
    assert inspect(path)["checker"] != "ok"


def test_an_opset_that_the_browser_refuses(tmp_path: Path) -> None:
    newest = web_support(tiny_model()).newest_opset
    if onnx.defs.onnx_opset_version() <= newest:
        pytest.skip("this onnx knows no newer opset than ONNX Runtime Web")
    codes = [p["code"] for p in facts_of(tiny_model(opset=newest + 1), tmp_path)["problems"]]
    assert "unsupported-opset" in codes


def test_the_command_prints_one_json_object_or_a_table(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    onnx.save(pack(tiny_model(), tiny_manifest(), LABELS, TAXONOMY), path)
    result = CliRunner().invoke(app, ["inspect", str(path), "--json"])
    assert result.exit_code == 0
    facts = json.loads(result.stdout)
    assert facts["file"] == "tiny.onnx"
    assert facts["metadata"]["labels"] == {
        "count": 2,
        "first": ["猫", "杯子"],
        "last": ["猫", "杯子"],
        "thresholds": 0,
    }
    text = CliRunner().invoke(app, ["inspect", str(path)]).output
    for word in ("GlobalAveragePool", "猫、杯子", "小模型", "WebGPU", "wasm"):
        assert word in text
    assert "2: 猫、杯子 " in text  # both ends of a short list are the same labels: once is enough


@pytest.mark.parametrize("count", range(1, 9))
def test_a_short_list_of_labels_is_shown_whole(count: int) -> None:
    names = [str(number) for number in range(count)]
    shown = _ends(names[:3], names[-3:], count)
    assert shown.replace(" … ", "、").split("、") == (
        names if count < 7 else names[:3] + names[-3:]
    )
    assert ("…" in shown) == (count > 6)


def test_a_missing_file_is_not_called_unsound(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / "nothing.onnx")])
    assert result.exit_code == 1
    assert "Check the path" in result.output
    assert "sound" not in result.output


def test_what_is_no_onnx(tmp_path: Path) -> None:
    path = tmp_path / "photo.onnx"
    path.write_bytes(b"\x89PNG not a model")
    result = CliRunner().invoke(app, ["inspect", str(path)])
    assert result.exit_code == 1
    assert "invalid-model" in result.output
