"""From PyTorch to ONNX: the graph that comes out, by both exporters, with live PyTorch."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING or find_spec("torch"):
    import torch
    from torch import nn

    import torch_models as models
    from shiwu_models.default.golden import carry_weights, run_torch
    from shiwu_models.export.exporter import export
    from shiwu_models.export.fold import fold_batch_norms
    from shiwu_models.export.pipeline import export_source, probe
    from shiwu_models.export.sources import Source
    from shiwu_models.export.zoo import Classifier
from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers, opset
from shiwu_models.parity import relative_difference
from shiwu_models.quantize.weight_int8 import quantize
from shiwu_models.runtime import Runner
from shiwu_models.simplify import simplify

pytestmark = pytest.mark.torch
PICTURES = np.random.default_rng(8).normal(size=(2, 3, 16, 12)).astype(np.float32)


def test_folding_keeps_the_function() -> None:
    model = models.small_classifier()
    before, _ = run_torch(model, PICTURES)
    assert fold_batch_norms(model) == 2
    assert fold_batch_norms(model) == 0
    after, _ = run_torch(model, PICTURES)
    assert relative_difference(before, after) < 1e-5
    assert not any(isinstance(part, nn.BatchNorm2d) for part in model.modules())


def test_export_simplify_quantize_and_back() -> None:
    model = models.small_classifier()
    expected, features = run_torch(model, PICTURES)
    folded = models.small_classifier()
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
    carrier = models.small_classifier()
    carry_weights(carrier, int8)
    carried, _ = run_torch(carrier, PICTURES)
    assert relative_difference(carried, Runner(int8).run(PICTURES, "output")) < 1e-5
    assert relative_difference(expected, carried) > 1e-5  # int8 did change something


def test_another_models_weights_are_refused() -> None:
    model = models.small_classifier()
    fold_batch_norms(model)
    other = Classifier(nn.Conv2d(3, 8, 3), nn.Linear(8, 7)).eval()
    with pytest.raises(ModelError, match="not the same model"):
        carry_weights(other, simplify(export(model, (16, 12))))


@pytest.mark.parametrize(("exporter", "version"), [("torchscript", 13), ("dynamo", 18)])
def test_both_exporters_give_free_batch_and_size_features_and_the_names_of_pytorch(
    exporter: Any,  # noqa: ANN401 (one of a Literal, which parametrize cannot type)
    version: int,
) -> None:
    model = models.net()
    exported = export_source(
        Source(model, model), (64, 96), version, exporter=exporter, dynamic_size=True, features=True
    )
    graph = exported.model.graph
    assert opset(exported.model) == version
    dims = graph.input[0].type.tensor_type.shape.dim
    assert [dim.dim_value or dim.dim_param for dim in dims][:2] == ["N", 3]
    assert all(dim.dim_param for dim in dims[2:])
    assert [value.name for value in (*graph.input, *graph.output)] == [
        "input",
        "output",
        "features",
        "feature_map",
    ]
    assert {"fc.weight", "fc.bias"} <= set(initializers(exported.model))
    assert exported.difference < 1e-5
    assert exported.probes == ((1, 3, 64, 96), (2, 3, 64, 96), (1, 3, 96, 160), (2, 3, 96, 160))
    # The embedding is what the linear layer reads: logits = features @ weight.T + bias.
    tensor = probe(3, 3, (40, 72))
    runner = Runner(exported.model)
    with torch.no_grad():
        again = model.fc(torch.from_numpy(runner.run(tensor, "features"))).numpy()
    assert relative_difference(runner.run(tensor, "output"), again) < 1e-5
    # The newer exporter notes each line's file and function: the maker's, not the visitor's.
    assert b"torch_models" not in exported.model.SerializeToString()


def test_a_newer_opset_goes_to_the_newer_exporter_by_itself() -> None:
    model = models.net()
    exported = export_source(Source(model, model), (32, 32), 22)
    assert opset(exported.model) == 22


def test_logits_are_found_in_a_dict() -> None:
    model = models.Then(models.InDict())
    exported = export_source(Source(model, model), (32, 32))
    assert [value.name for value in exported.model.graph.output] == ["output"]
    assert "body.0.fc.weight" in initializers(exported.model)


def test_features_need_a_linear_layer() -> None:
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
    with pytest.raises(ModelError) as caught:
        export_source(Source(model, model), (32, 32), features=True)
    assert caught.value.code == "export-failed"
    assert "(logits, features)" in caught.value.en


@pytest.mark.parametrize("activation", ["Softmax", "Sigmoid"])
def test_a_final_activation_comes_off_when_asked(activation: str) -> None:
    step = nn.Softmax(-1) if activation == "Softmax" else nn.Sigmoid()
    model = models.Then(step)
    exported = export_source(Source(model, model), (32, 32), strip_activation=True)
    tensor = probe(2, 3, (32, 32))
    with torch.no_grad():
        logits = model.body[0](torch.from_numpy(tensor)).numpy()
    assert relative_difference(logits, Runner(exported.model).run(tensor, "output")) < 1e-5
