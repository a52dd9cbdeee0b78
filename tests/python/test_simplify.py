"""Fewer nodes, the same answers."""

from pathlib import Path

import numpy as np
import onnxslim
import pytest
from onnx import ModelProto, helper, numpy_helper
from typer.testing import CliRunner

from conftest import tiny_model
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model, to_bytes
from shiwu_models.simplify import probes, simplify_proven


def roundabout_model() -> ModelProto:
    """``tiny_model`` with two Identity nodes, a constant sum and metadata to keep."""
    model = tiny_model()
    (gemm,) = (node for node in model.graph.node if node.op_type == "Gemm")
    half = numpy_helper.from_array(np.array([0.5, -1], np.float32), "half")
    model.graph.initializer.append(half)
    gemm.input[2] = "sum"
    first = [
        helper.make_node("Identity", ["half"], ["a"]),
        helper.make_node("Add", ["a", "half"], ["b"]),
        helper.make_node("Identity", ["b"], ["sum"]),
    ]
    nodes = [*first, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.metadata_props.add(key="shiwu.labels", value="猫")
    return model


def test_nodes_go_and_answers_and_metadata_stay() -> None:
    result = simplify_proven(roundabout_model())
    assert result.nodes == (7, 4)
    assert result.size[1] < result.size[0]
    assert result.difference < 1e-6
    assert [(p.key, p.value) for p in result.model.metadata_props] == [("shiwu.labels", "猫")]


def test_probes_fill_free_axes() -> None:
    model = tiny_model()
    for axis, name in ((2, "H"), (3, "W")):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    assert {tensor.shape for tensor in probes(model, (24, 40))} == {(2, 3, 24, 40)}
    assert {tensor.shape for tensor in probes(tiny_model(), (24, 40))} == {(2, 3, 8, 8)}


def test_a_simplifier_that_changes_answers_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source := tmp_path / "in.onnx").write_bytes(to_bytes(roundabout_model()))
    out = tmp_path / "out.onnx"

    def broken(model: ModelProto) -> ModelProto:
        (bias,) = (t for t in model.graph.initializer if t.name == "stem.bias")
        bias.CopyFrom(numpy_helper.from_array(np.ones(4, np.float32), "stem.bias"))
        return model

    with monkeypatch.context() as patch:
        patch.setattr(onnxslim, "slim", broken)
        with pytest.raises(ModelError) as caught:
            simplify_proven(roundabout_model())
        assert caught.value.code == "parity"
        failed = CliRunner().invoke(app, ["simplify", str(source), "-o", str(out)])
        assert failed.exit_code == 1
        assert not out.exists()
    done = CliRunner().invoke(app, ["simplify", str(source), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "7 → 4 nodes" in done.output
    assert len(load_model(out).graph.node) == 4
