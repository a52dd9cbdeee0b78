"""The measuring processes give figures that can be true, and say clearly when they cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conftest import LABELS, PHOTOS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.bench.child import peak_bytes
from shiwu_models.bench.result import Bench, Round, summarise
from shiwu_models.bench.run import Subject, bench
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.graph import to_bytes
from shiwu_models.pack import pack

PHOTO = PHOTOS / "chelsea.png"


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    file = tmp_path / "tiny.onnx"
    file.write_bytes(to_bytes(pack(tiny_model(), tiny_manifest(), LABELS, TAXONOMY)))
    return file


def test_every_round_counts() -> None:
    def one(times: list[float], load: float, peak: int | None) -> Round:
        return Round(
            import_ms=1, load_ms=load, first_ms=2, times_ms=times, peak_bytes=peak, version="9"
        )

    rounds = [one([1, 2, 3], 10, 5), one([4, 5], 30, 7), one([105], 20, None)]
    row = summarise("onnxruntime", "m.onnx", rounds)
    assert (row.runs, row.mean_ms, row.p50_ms) == (6, 20, 3.5)
    assert row.p95_ms == pytest.approx(np.percentile([1, 2, 3, 4, 5, 105], 95))
    assert (row.load_ms, row.startup_ms, row.peak_bytes) == (20, 23, 7)


def test_rounds_alternate_and_every_run_is_there(packed: Path) -> None:
    order: list[str] = []
    subjects = [Subject("onnxruntime", str(packed)), Subject("preprocess", str(packed))]
    result = bench(
        subjects,
        packed,
        tiny_manifest(),
        PHOTO,
        runs=5,
        rounds=2,
        warm_up=1,
        seen=order.append,
    )
    assert order == [str(packed)] * 4
    assert [(row.engine, row.runs) for row in result.rows] == [
        ("onnxruntime", 5),
        ("preprocess", 5),
    ]
    network, before = result.rows
    assert 0 < network.p50_ms <= network.p95_ms
    assert network.p50_ms < 50 < network.startup_ms  # a tiny network; an import takes longer
    assert before.peak_bytes is None or 2**24 < before.peak_bytes < 2**30
    assert result.ratio(network) is None  # nothing to compare with


def test_peak_memory_is_this_process_s_own() -> None:
    """Under a parent of 300 MB a small child stays small: getrusage says otherwise on Linux."""
    ballast = np.ones(300 * 2**20, np.uint8)
    code = "from shiwu_models.bench.child import peak_bytes; print(peak_bytes() or 1)"
    root = Path(__file__).parents[2] / "models"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert int(done.stdout) < 2**27
    assert (peak_bytes() or len(ballast)) >= len(ballast)


def test_a_model_that_does_not_run_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    with pytest.raises(ModelError) as caught:
        bench([Subject("onnxruntime", str(broken))], broken, tiny_manifest(), PHOTO, runs=1)
    assert caught.value.code == "load-failed"
    assert "broken.onnx" in caught.value.en


@pytest.mark.torch
def test_the_command_beside_pytorch(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "from torch import nn\n"
        "def make():\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(),\n"
        "                         nn.Linear(4, 2))\n",
        encoding="utf-8",
    )
    out = tmp_path / "bench.json"
    arguments = ["bench", str(packed), "--torch", "net:make", "--no-browser", "--runs", "2"]
    arguments += ["--rounds", "1", "--photo", str(PHOTO), "--json", str(out)]
    here = Path.cwd()
    os.chdir(tmp_path)  # where open_source looks for net.py
    try:
        done = CliRunner().invoke(app, arguments)
    finally:
        os.chdir(here)
    assert done.exit_code == 0, done.output
    result = Bench.model_validate(json.loads(out.read_text(encoding="utf-8")))
    assert [row.engine for row in result.rows] == ["pytorch", "onnxruntime", "preprocess"]
    torch_row, other, _ = result.rows
    assert result.ratio(torch_row) == 1
    assert result.ratio(other) == pytest.approx(other.p50_ms / torch_row.p50_ms)
    # What PyTorch brings along is what ONNX Runtime is there to save.
    assert (torch_row.peak_bytes or 2) > (other.peak_bytes or 1)
    done = CliRunner().invoke(app, [*arguments[:2], "--torch", "none:make", "--runs", "1"])
    assert done.exit_code == 1
    assert "none:make" in done.output
