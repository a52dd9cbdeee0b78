"""Every place that a PyTorch model can come from, as a user types it."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

if TYPE_CHECKING or find_spec("torch"):
    import torch

    import torch_models as models
    from shiwu_models.export.pipeline import export_source
    from shiwu_models.export.sources import open_source, parse_arguments
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model, opset

pytestmark = pytest.mark.torch
FACTORY = "torch_models:net"


@pytest.fixture
def pictures() -> "torch.Tensor":
    return torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def refuse(source: str | Path, code: str, **options: object) -> str:
    with pytest.raises(ModelError) as caught:
        open_source(str(source), **options)  # type: ignore[arg-type]
    assert caught.value.code == code
    return caught.value.en


def test_state_dicts_in_all_their_wrappings(tmp_path: Path) -> None:
    state = models.net().state_dict()
    wrapped = {f"module.{name}": tensor for name, tensor in state.items()}
    for number, content in enumerate(
        (state, {"state_dict": wrapped, "epoch": 3}, {"model": {"state_dict": state}})
    ):
        torch.save(content, file := tmp_path / f"{number}.pth")
        for source in (
            open_source(str(file), factory=FACTORY),
            open_source(FACTORY, weights=file),
        ):
            loaded = source.model.state_dict()
            assert all(torch.equal(loaded[name], state[name]) for name in state)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    state = models.net().state_dict()
    state["extra.weight"] = state.pop("norm.weight")
    torch.save(state, file := tmp_path / "w.pth")
    said = refuse(file, "load-failed", factory=FACTORY, arguments={"classes": 7})
    assert "missing norm.weight" in said
    assert "unexpected extra.weight" in said
    assert "fc.weight [5, 8] ≠ [7, 8]" in said
    assert "--factory" in refuse(file, "load-failed")


def test_a_whole_pickle_runs_nothing_unless_allowed(tmp_path: Path) -> None:
    torch.save(models.net(), file := tmp_path / "whole.pth")
    said = refuse(file, "unsafe-pickle")
    assert "any code" in said
    assert "--allow-pickle" in said
    assert isinstance(open_source(str(file), allow_pickle=True).model, models.Net)

    class Harm:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (tmp_path / "harm",)  # type: ignore[return-value]

    torch.save(Harm(), file)
    refuse(file, "unsafe-pickle")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("kind", ["trace", "script"])
def test_torchscript(tmp_path: Path, pictures: "torch.Tensor", kind: str) -> None:
    model = models.net()
    script = torch.jit.trace(model, pictures) if kind == "trace" else torch.jit.script(model)  # type: ignore[no-untyped-call]
    script.save(str(file := tmp_path / "m.pt"))
    exported = export_source(open_source(str(file)), (32, 32), features=True)
    assert opset(exported.model) == 13
    with pytest.raises(ModelError, match="--exporter torchscript"):
        export_source(open_source(str(file)), (32, 32), 18, exporter="dynamo")


@pytest.mark.parametrize("free", [True, False])
def test_a_torch_export_program(tmp_path: Path, pictures: "torch.Tensor", *, free: bool) -> None:
    shapes = ({0: torch.export.Dim("batch")},) if free else None
    program = torch.export.export(models.net(), (pictures,), dynamic_shapes=shapes)
    torch.export.save(program, file := tmp_path / "m.pt2")
    source = open_source(str(file))
    assert source.size == (32, 32)
    assert opset(export_source(source).model) == 13
    if free:
        exported = export_source(source, opset_version=18, exporter="dynamo")
        assert exported.model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "N"
    else:
        with pytest.raises(ModelError, match="batch is fixed at 2") as caught:
            export_source(source, opset_version=18, exporter="dynamo")
        assert caught.value.code == "input-mismatch"


def test_what_was_recorded_in_train_mode_cannot_be_mended(
    tmp_path: Path, pictures: "torch.Tensor"
) -> None:
    torch.export.save(torch.export.export(models.Net(), (pictures,)), file := tmp_path / "m.pt2")
    assert "recorded in train mode" in refuse(file, "train-mode")
    traced = torch.jit.trace(models.Net(), pictures, check_trace=False)  # type: ignore[no-untyped-call]
    traced.save(str(file := tmp_path / "m.pt"))
    with pytest.raises(ModelError, match="recorded in train mode") as caught:
        export_source(open_source(str(file)), (32, 32), evaluate=True)
    assert caught.value.code == "train-mode"


def test_what_is_no_source_is_explained(tmp_path: Path) -> None:
    assert "lite0, lite1, lite2" in refuse("lite9", "load-failed")
    assert "no file" in refuse(tmp_path / "gone.pth", "load-failed")
    assert "returned int" in refuse("torch_models:not_a_model", "load-failed")
    assert "No module named" in refuse("nowhere_at_all:net", "load-failed")
    assert "unexpected keyword" in refuse(FACTORY, "load-failed", arguments={"klasses": 3})
    (junk := tmp_path / "junk.pth").write_bytes(b"hello")
    assert "torch.save" in refuse(junk, "load-failed")
    (onnx := tmp_path / "m.onnx").write_bytes(b"")
    assert "ONNX already" in refuse(onnx, "load-failed")
    assert parse_arguments(["classes=7", "name=a=b"]) == {"classes": 7, "name": "a=b"}
    with pytest.raises(ModelError, match="name=value"):
        parse_arguments(["classes"])


def test_the_command_writes_proves_and_fails_clearly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(
        "import torch_models\n\ndef fresh():\n    return torch_models.Net()\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    run = CliRunner().invoke
    out = tmp_path / "out" / "m.onnx"
    failed = run(app, ["export", "mine:fresh", "-o", str(out)])
    assert failed.exit_code == 1
    assert "train-mode" in failed.output
    assert not out.exists()
    done = run(app, ["export", "mine:fresh", "--eval", "--size", "40x64", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "max |Δ|" in done.output
    dims = load_model(out).graph.input[0].type.tensor_type.shape.dim
    assert [dim.dim_value for dim in dims[1:]] == [3, 40, 64]
    wrong = run(app, ["export", "mine:fresh", "--size", "12y", "-o", str(out)])
    assert wrong.exit_code == 1
    assert "input-mismatch" in wrong.output
