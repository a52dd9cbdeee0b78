"""Our own engine in wasm against ONNX Runtime, on what people export from PyTorch."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from conftest import ROOT, tiny_model
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.graph import to_bytes
from shiwu_models.verify.browser import check_ready
from shiwu_models.verify.engine import NotTaken, OwnEngine

if TYPE_CHECKING or find_spec("torch"):
    from engine_zoo import REFUSED, TAKEN
else:
    TAKEN, REFUSED = {}, {}

BUNDLES = ROOT / "models" / "bundles"
SEEDS = ROOT / "tests" / "fuzz" / "seeds" / "engine"


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    try:
        check_ready()
    except ModelError as error:
        pytest.skip(error.en)


def reference(model: Path, tensor: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: tensor}), strict=True))


def difference(model: Path, engine: OwnEngine, seed: int = 7) -> float:
    """The largest of any output, as ``differences`` has them."""
    return max(differences(model, engine, seed).values())


def differences(model: Path, engine: OwnEngine, seed: int = 7) -> dict[str, float]:
    """Of each output, as a fraction of its range; the best five must agree."""
    tensor = np.random.default_rng(seed).normal(size=engine.input_shape).astype(np.float32)
    expected = reference(model, tensor)
    actual = engine.run(tensor)
    assert list(actual) == list(expected)
    worst = {}
    for name, wanted in expected.items():
        given = actual[name]
        assert given.shape == wanted.shape
        worst[name] = float(np.abs(given - wanted).max() / np.ptp(wanted))
        if wanted.ndim == 2:
            np.testing.assert_array_equal(np.argsort(-given)[0, :5], np.argsort(-wanted)[0, :5])
    return worst


def write(model: ModelProto, folder: Path) -> Path:
    file = folder / "model.onnx"
    file.write_bytes(to_bytes(model))
    return file


@pytest.mark.torch
@pytest.mark.parametrize("name", TAKEN)
def test_answers_as_onnx_runtime_does(name: str, tmp_path: Path) -> None:
    entry = TAKEN[name]
    file = write(entry.model(), tmp_path)
    with OwnEngine(file, (entry.size, entry.size)) as engine:
        worst = difference(file, engine)
    print(f"{name}: {worst:.1e}")
    assert worst <= 1e-4


@pytest.mark.torch
@pytest.mark.parametrize("name", REFUSED)
def test_refuses_by_name_what_it_does_not_know(name: str, tmp_path: Path) -> None:
    entry, reason = REFUSED[name]
    file = write(entry.model(), tmp_path)
    with pytest.raises(NotTaken, match=reason) as refused, OwnEngine(file):
        pass
    print(f"{name}: {refused.value}")
    assert refused.value.code == "unsupported-model"


@pytest.mark.parametrize("name", sorted(file.stem for file in SEEDS.iterdir()))
def test_the_fuzzers_models_which_have_every_operator(name: str) -> None:
    file = SEEDS / f"{name}.onnx"
    with OwnEngine(file, (9, 8)) as engine:
        worst = max(difference(file, engine, seed) for seed in range(3))
    print(f"{name}: {worst:.1e}")
    assert worst <= 1e-4


@pytest.mark.parametrize("side", [6, 7, 8, 9])
@pytest.mark.parametrize("ceil", [0, 1])
def test_pools_at_the_borders(side: int, ceil: int, tmp_path: Path) -> None:
    """Every pool in one model, over sides that their windows do not fill."""
    nodes: list[NodeProto] = []
    outputs: list[str] = []
    for kernel, stride, pad in [(2, 2, 0), (3, 2, 0), (3, 2, 1), (3, 3, 1), (2, 3, 0), (4, 3, 2)]:
        shape: dict[str, Any] = {
            "kernel_shape": [kernel] * 2,
            "strides": [stride] * 2,
            "pads": [pad] * 4,
        }
        for counts in (None, 0, 1):
            outputs.append(f"y{len(outputs)}")
            op = "MaxPool" if counts is None else "AveragePool"
            node = helper.make_node(op, ["x"], [outputs[-1]], ceil_mode=ceil, **shape)
            if counts is not None:
                node.attribute.append(helper.make_attribute("count_include_pad", counts))
            nodes.append(node)
    graph = helper.make_graph(
        nodes,
        "pools",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 5, side, side])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=8)
    file = write(model, tmp_path)
    with OwnEngine(file) as engine:
        assert difference(file, engine) <= 1e-6


@pytest.mark.parametrize("name", ["lite0", "lite2"])
def test_the_bundled_models(name: str) -> None:
    file = BUNDLES / name / f"{name}.onnx"
    with OwnEngine(file) as engine:
        worst = differences(file, engine)
        print(f"{name}: {worst}")
        assert max(worst["output"], worst["features"]) <= 1e-4
        # One place of 49 or 81: inputs of 16 bits, which only the mean, the features, evens out.
        assert worst["feature_map"] <= 5e-4
        profile = engine.profile(runs=2, warm_up=1)
    assert len(profile.step_ms) == len(engine.steps)
    assert profile.run_ms > 0


def test_deep_layers_of_int8_weights(tmp_path: Path) -> None:
    """Whose sums would leave whole numbers of 32 bits, and an input far larger than the others."""
    rng = np.random.default_rng(1)
    levels = np.clip(rng.normal(size=(100, 25088)) * 40, -127, 127).astype(np.int8)
    scales = np.full(100, 0.001, np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("DequantizeLinear", ["levels", "scales"], ["w"], axis=0),
            helper.make_node("Flatten", ["x"], ["flat"]),
            helper.make_node("Gemm", ["flat", "w"], ["y"], transB=1),
        ],
        "deep",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 512, 7, 7])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 100])],
        [numpy_helper.from_array(levels, "levels"), numpy_helper.from_array(scales, "scales")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    file = write(model, tmp_path)
    tensor = rng.normal(size=(1, 512, 7, 7)).astype(np.float32)
    tensor[0, 0, 0, 0] = 60
    wanted = reference(file, tensor)["y"]
    with OwnEngine(file) as engine:
        given = engine.run(tensor)["y"]
    assert np.abs(given - wanted).max() <= 1e-5 * np.ptp(wanted)


def inspected(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["inspect", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_inspect_says_which_engine_and_times_it(tmp_path: Path) -> None:
    file = str(write(tiny_model(), tmp_path))
    own = json.loads(inspected(file, "--json", "--profile"))["own_engine"]
    assert own["engine"] == "shiwu"
    assert own["reason"] is None
    # The convolution's and the last layer's.
    assert sum(step["macs"] for step in own["profile"]["steps"]) == 6 * 6 * 4 * 27 + 4 * 2
    shown = inspected(file, "--profile")
    assert "shiwu 自己的引擎" in shown
    assert "GMAC/s" in shown
    assert "shiwu 自己的引擎" in inspected(file)


def test_inspect_says_why_it_is_not_ours(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("Softplus", ["x"], ["y"])],
        "other",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 8, 8])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    file = str(write(model, tmp_path))
    assert "ONNX Runtime：operator Softplus" in inspected(file)
    own = json.loads(inspected(file, "--json"))["own_engine"]
    assert own["engine"] == "onnxruntime"
    assert own["reason"] == "operator Softplus"
