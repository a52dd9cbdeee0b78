"""Paths, small models and tables for the pipeline's tests; nothing here needs PyTorch."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from shiwu_models.default.kernels import choose_kernels

choose_kernels()  # before NumPy

import hypothesis
import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "models" / "bundles" / "lite0"
GOLDEN = ROOT / "tests" / "fixtures" / "golden" / "lite0"
PHOTOS = ROOT / "tests" / "fixtures" / "photos"

# How long an example takes is the machine's affair.
hypothesis.settings.register_profile("shiwu", deadline=None)
hypothesis.settings.load_profile("shiwu")

LABELS = "id\tzh\tzh_aliases\ten\tcategory\na1\t猫\t喵星人|猫咪\tcat\tanimal\nb2\t杯子\t\tcup\t\n"
TAXONOMY = "id\tzh\ten\tparent\nanimal\t动物\tAnimals\t\n"


def float32(values: Any) -> NDArray[np.float32]:  # noqa: ANN401 (whatever NumPy takes)
    return np.array(values, np.float32)


@pytest.fixture
def two_photos(tmp_path: Path) -> Path:
    """A folder with a cat and an espresso, and nothing else."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("chelsea.png", "coffee.png"):
        shutil.copy(PHOTOS / name, folder)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if find_spec("torch") is None:
        skip = pytest.mark.skip(
            reason="PyTorch is not installed (several GB; see models/README.md)"
        )
        for item in items:
            if item.get_closest_marker("torch"):
                item.add_marker(skip)


def tiny_model(opset: int = 13, trans_b: int = 1) -> ModelProto:
    """Conv 3→4, pooling, Gemm 4→2: input [N, 3, 8, 8] → output [N, 2], features [N, 4]."""
    rng = np.random.default_rng(4)
    head = rng.normal(size=(2, 4) if trans_b else (4, 2)).astype(np.float32)
    weights = {
        "stem.weight": rng.normal(size=(4, 3, 3, 3)).astype(np.float32),
        "stem.bias": rng.normal(size=4).astype(np.float32),
        "classifier.weight": head,
        "classifier.bias": np.zeros(2, np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["input", "stem.weight", "stem.bias"], ["map"], "conv"),
        helper.make_node("GlobalAveragePool", ["map"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node(
            "Gemm",
            ["features", "classifier.weight", "classifier.bias"],
            ["output"],
            "fc",
            transB=trans_b,
        ),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, 8, 8])],
        [
            helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", 2]),
            helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 4]),
        ],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    return model
