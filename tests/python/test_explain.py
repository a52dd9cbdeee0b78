"""What ONNX Runtime refuses, provoked for real, and what a model maker is told of it."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from conftest import tiny_model
from shiwu_models.errors import ErrorCode, ModelError
from shiwu_models.graph import check_model, load_model, to_bytes
from shiwu_models.runtime import Runner

node = helper.make_node
BROKEN: dict[str, tuple[list[Any], ErrorCode, str]] = {
    "rank": ([node("Conv", ["input", "w"], ["output"], "c1")], "invalid-graph", "do not fit"),
    "nowhere": ([node("Relu", ["nowhere"], ["output"], "c1")], "invalid-graph", "does not exist"),
    "cycle": (
        [
            node("Add", ["input", "b"], ["a"], "c1"),
            node("Relu", ["a"], ["b"], "c2"),
            node("Relu", ["b"], ["output"], "c3"),
        ],
        "invalid-graph",
        "",
    ),
    "types": ([node("Add", ["input", "k"], ["output"], "c1")], "invalid-graph", ""),
    "twice": (
        [node("Relu", ["input"], ["output"], "c1"), node("Relu", ["input"], ["output"], "c2")],
        "invalid-graph",
        "same name",
    ),
    "attribute": (
        [node("Softmax", ["input"], ["output"], "c1", axs=1)],
        "invalid-graph",
        "attribute",
    ),
    "operator": ([node("Swirl", ["input"], ["output"], "c1")], "missing-operator", "Swirl"),
}


def model_of(nodes: list[Any], opset: int = 13, rank: int = 4) -> ModelProto:
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "broken",
        [value("input", TensorProto.FLOAT, ["N", 3, 8, 8])],
        [value("output", TensorProto.FLOAT, list("abcd")[:rank])],
        [
            numpy_helper.from_array(np.ones((4, 3, 3), np.float32), "w"),
            numpy_helper.from_array(np.ones(8, np.int64), "k"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


@pytest.mark.parametrize("name", BROKEN)
def test_graphs_that_onnx_runtime_refuses(name: str) -> None:
    nodes, code, cause = BROKEN[name]
    with pytest.raises(ModelError) as caught:
        Runner(model_of(nodes))
    assert caught.value.code == code
    assert cause in caught.value.en
    if name in ("rank", "types", "attribute", "operator"):
        assert "node c1" in caught.value.en
        assert "节点 c1" in caught.value.zh


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "types"])
def test_the_checker_says_the_same_before_anything_runs(name: str) -> None:
    nodes, code, _ = BROKEN[name]
    with pytest.raises(ModelError) as caught:
        check_model(model_of(nodes))
    assert caught.value.code == code


def test_an_operator_of_another_domain() -> None:
    model = model_of([node("Swirl", ["input"], ["output"], "c1", domain="mine")])
    model.opset_import.append(helper.make_opsetid("mine", 1))
    with pytest.raises(ModelError, match="no operator mine:Swirl") as caught:
        Runner(model)
    assert caught.value.code == "missing-operator"


def test_an_opset_from_the_future() -> None:
    with pytest.raises(ModelError, match="goes up to") as caught:
        Runner(model_of([node("Relu", ["input"], ["output"])], opset=99))
    assert caught.value.code == "unsupported-opset"


@pytest.mark.parametrize(
    ("shape", "cause"),
    [
        ((1, 8, 8, 3), "NHWC"),
        ((3, 8, 8), "batch axis is missing"),
        ((1, 3, 9, 9), "picture size"),
        ((1, 4, 8, 8), "number of channels"),
        ((1, 1, 3, 8, 8), "should have 4 axes"),
    ],
)
def test_inputs_of_the_wrong_shape(shape: tuple[int, ...], cause: str) -> None:
    with pytest.raises(ModelError) as caught:
        Runner(tiny_model()).run(np.zeros(shape, np.float32), "output")
    assert caught.value.code == "input-mismatch"
    assert cause in caught.value.en
    assert "N×3×8×8" in caught.value.zh
    assert "×".join(map(str, shape)) in caught.value.zh


def test_a_shape_that_is_fixed_inside() -> None:
    model = model_of(
        [
            node("Flatten", ["input"], ["flat"], "f"),
            node("MatMul", ["flat", "q"], ["output"], "fc"),
        ],
        rank=2,
    )
    model.graph.initializer.append(numpy_helper.from_array(np.ones((192, 2), np.float32), "q"))
    for axis in (2, 3):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = "HW"[axis - 2]
    with pytest.raises(ModelError, match="node fc, operator MatMul") as caught:
        Runner(model).run(np.zeros((1, 3, 9, 9), np.float32), "output")
    assert caught.value.code == "input-mismatch"


def test_weights_in_another_file_are_taken_in_or_missed(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    onnx.save(
        tiny_model(), path, save_as_external_data=True, location="m.weights", size_threshold=0
    )
    assert to_bytes(load_model(path)) == to_bytes(tiny_model())
    (tmp_path / "m.weights").unlink()
    with pytest.raises(ModelError, match="same folder") as caught:
        load_model(path)
    assert caught.value.code == "invalid-model"
    assert "m.weights" in caught.value.zh


def test_weights_of_over_2_gib_in_another_file_are_refused_unread(tmp_path: Path) -> None:
    model = tiny_model()
    (tensor,) = (t for t in model.graph.initializer if t.name == "classifier.weight")
    tensor.ClearField("raw_data")
    tensor.dims[:] = [2**15, 2**14]
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="huge.weights")
    (path := tmp_path / "m.onnx").write_bytes(to_bytes(model))
    with pytest.raises(ModelError, match=r"2\.00 GiB") as caught:
        load_model(path)
    assert caught.value.code == "too-large"
