"""What goes wrong on the way to ONNX: each provoked for real, and explained."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING or find_spec("torch"):
    import torch
    from torch import nn

    import torch_models as models
    from shiwu_models.export import exporter as exporter_module
    from shiwu_models.export.exporter import export, weight_bytes
    from shiwu_models.export.fold import check_evaluation_mode, fold_batch_norms
    from shiwu_models.export.pipeline import export_source
    from shiwu_models.export.sources import Source
from shiwu_models.errors import ErrorCode, ModelError

pytestmark = pytest.mark.torch
SIZE = (32, 32)


def refuse(model: "nn.Module", code: ErrorCode, **options: Any) -> ModelError:  # noqa: ANN401
    with pytest.raises(ModelError) as caught:
        export_source(Source(model, model), options.pop("size", SIZE), **options)
    assert caught.value.code == code, caught.value.en
    return caught.value


def test_opsets_that_nobody_runs() -> None:
    said = refuse(models.net(), "unsupported-opset", opset_version=99)
    assert "7 to 26" in said.en
    assert "99" in said.zh
    said = refuse(models.net(), "unsupported-opset", opset_version=22, exporter="torchscript")
    assert "--exporter dynamo" in said.en


def test_an_operator_that_needs_a_newer_opset() -> None:
    said = refuse(models.Then(models.GridSample()), "unsupported-opset")
    assert "aten::grid_sampler (in module body.1)" in said.en
    assert "--opset 16" in said.en
    assert "--opset 16" in said.zh


def test_an_opset_that_the_newer_exporter_silently_misses() -> None:
    said = refuse(models.net(), "unsupported-opset", exporter="dynamo")
    assert "gave 18" in said.en
    assert "--exporter torchscript" in said.en


def test_the_newer_exporter_without_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter_module, "find_spec", lambda _name: None)
    said = refuse(models.net(), "missing-package", exporter="dynamo", opset_version=18)
    assert "pip install onnxscript" in said.en


@pytest.mark.parametrize(("exporter", "version"), [("torchscript", 13), ("dynamo", 18)])
def test_a_custom_operator(exporter: str, version: int) -> None:
    model = models.Then(models.Swirl())
    said = refuse(model, "missing-operator", exporter=exporter, opset_version=version)
    assert "custom operator shiwu_tests::swirl" in said.en
    assert "自定义算子 shiwu_tests::swirl" in said.zh
    if exporter == "torchscript":
        assert "in module body.1" in said.en


def test_an_operator_that_onnx_has_not(capfd: pytest.CaptureFixture[str]) -> None:
    said = refuse(models.Then(models.Eigenvalues()), "missing-operator")
    assert "aten::linalg_eigvalsh" in said.en
    assert "custom" not in said.en
    # torch prints the whole graph by itself; the person needs the sentence.
    assert "graph(" not in capfd.readouterr().out


def test_nonzero() -> None:
    said = refuse(models.Then(models.NonZero()), "missing-operator")
    assert "aten::nonzero" in said.zh
    assert "torch.where or topk" in said.en


@pytest.mark.parametrize(("exporter", "version"), [("torchscript", 13), ("dynamo", 18)])
def test_an_if_on_what_the_picture_holds(exporter: str, version: int) -> None:
    model = models.Branch().eval()
    said = refuse(model, "missing-operator", exporter=exporter, opset_version=version)
    assert "depends on what the picture holds" in said.en
    if exporter == "torchscript":
        assert "torch_models.py:" in said.en


def test_a_wrong_input_size_with_one_that_works() -> None:
    said = refuse(models.fixed_size(), "input-mismatch", size=(224, 224))
    assert "224x224" in said.en
    assert "--size 40." in said.en
    assert export_source(Source(m := models.fixed_size(), m), (40, 40)).difference < 1e-5
    assert (
        "leave out --dynamic-size"
        in refuse(models.fixed_size(), "input-mismatch", size=(40, 40), dynamic_size=True).en
    )


def test_wrong_channels() -> None:
    assert "--channels 3" in refuse(models.net(), "input-mismatch", channels=1).en


def test_a_model_that_runs_at_no_size() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(7, 2)).eval()
    assert "does not run in PyTorch itself" in refuse(model, "export-failed").en


def test_a_model_in_half_precision() -> None:
    said = refuse(models.net().half(), "export-failed")
    assert "model.float()" in said.en
    assert "model.float()" in said.zh


def test_train_mode_is_refused_and_named() -> None:
    model = models.small_classifier()
    model.backbone[6].train()  # type: ignore[index]
    for step in (check_evaluation_mode, fold_batch_norms, lambda m: export(m, (16, 12))):
        with pytest.raises(ModelError) as caught:
            step(model)
        assert caught.value.code == "train-mode"
        assert "backbone.6" in caught.value.en
        assert "--eval" in caught.value.en
    assert export_source(Source(model, model), (16, 12), evaluate=True).difference < 1e-5


@pytest.mark.parametrize("step", [lambda: nn.Softmax(-1), nn.Sigmoid, models.HandmadeSoftmax])
def test_a_double_softmax(step: Any) -> None:  # noqa: ANN401
    said = refuse(models.Then(step()), "invalid-model")
    assert "doubled" in said.en
    assert "--strip-activation" in said.en
    assert "logits" in said.zh


def test_log_softmax_is_undone_by_softmax_and_allowed() -> None:
    model = models.Then(nn.LogSoftmax(-1))
    assert export_source(Source(model, model), SIZE).difference < 1e-5


def test_outputs_that_cannot_be_told_apart() -> None:
    said = refuse(models.Then(models.InTuple()), "export-failed")
    assert "([1, 5], [1, 5], [1, 5])" in said.en


def test_more_than_one_file_holds_is_refused_before_any_work() -> None:
    with torch.device("meta"):  # 2.1 GB by shape alone; nothing is allocated
        model = nn.Sequential(nn.Flatten(), nn.Linear(16384, 32768)).eval()
    assert weight_bytes(model) == 4 * (16384 * 32768 + 32768)
    said = refuse(model, "too-large")
    assert "2.00 GiB" in said.en
    assert "小一些的模型" in said.zh
