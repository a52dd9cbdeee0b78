import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import BUNDLE
from shiwu_models.cli import app
from shiwu_models.default.bundle import model_in
from shiwu_models.default.changes import Snapshot, explain, snapshot
from shiwu_models.errors import ModelError

COMMITTED = snapshot(BUNDLE)


def changed(**parts: object) -> Snapshot:
    assert COMMITTED is not None
    return Snapshot("0" * 64, {**COMMITTED.manifest, **parts})


def test_the_committed_bundle_is_itself() -> None:
    assert COMMITTED is not None
    sums = (BUNDLE / "SHA256SUMS").read_text(encoding="utf-8")
    assert f"{COMMITTED.sha256}  lite0.onnx\n" in sums
    (line,) = explain(COMMITTED, COMMITTED)
    assert "identical" in line


def test_a_folder_without_a_model_is_new(tmp_path: Path) -> None:
    assert snapshot(tmp_path) is None
    assert COMMITTED is not None
    assert "new" in explain(None, COMMITTED)[0]


def test_another_tool_version_is_named() -> None:
    assert COMMITTED is not None
    tools = {**COMMITTED.manifest["made_by"], "torch": "2.5.0"}
    lines = explain(COMMITTED, changed(made_by=tools))
    assert f"torch: {COMMITTED.manifest['made_by']['torch']} → 2.5.0" in lines
    assert not any(line.startswith("numpy") for line in lines)
    assert any("weights are the same" in line for line in lines)


def test_same_tools_and_other_weights_are_not_passed_over() -> None:
    assert COMMITTED is not None
    parity = {**COMMITTED.manifest["parity"], "weights_sha256": "1" * 64}
    lines = explain(COMMITTED, changed(parity=parity))
    assert any("processor" in line for line in lines)


def test_other_labels_are_named() -> None:
    assert COMMITTED is not None
    labels = json.loads(json.dumps(COMMITTED.manifest["labels"])) | {"sha256": "2" * 64}
    assert any("labels changed" in line for line in explain(COMMITTED, changed(labels=labels)))


@pytest.mark.parametrize("names", [[], ["a.onnx", "b.onnx"]])
def test_a_folder_that_is_no_bundle_is_explained(names: list[str], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match=r"one \.onnx") as caught:
        model_in(tmp_path)
    assert caught.value.code == "load-failed"
    assert model_in(BUNDLE) == BUNDLE / "lite0.onnx"


@pytest.mark.torch  # make_default.py imports it
def test_the_commands_explain_it_too(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["relabel", "--bundle", str(tmp_path)])
    assert done.exit_code == 1
    assert "load-failed" in done.output
