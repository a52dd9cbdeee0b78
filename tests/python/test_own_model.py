"""A model that is not from the zoo, from model.pth to the page."""

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conftest import ROOT
from drawings import SHAPES

if TYPE_CHECKING or find_spec("torch"):
    import torch

    from own_model import FIXTURES, FLOAT, SMALL, make, shiwu_models
    from shapes import INPUT, RESIZE, held_out_accuracy, tensors
from shiwu_models.graph import load_model
from shiwu_models.pack import unpack
from shiwu_models.parity import relative_difference
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner

pytestmark = pytest.mark.torch
BROWSERS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Path, torch.nn.Module]":
    folder = tmp_path_factory.mktemp("own")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return folder, make(folder)
    finally:
        torch.set_num_threads(threads)


def test_the_network_has_learnt(own: "tuple[Path, torch.nn.Module]") -> None:
    assert held_out_accuracy(own[1]) > 0.95


def test_the_packed_model_answers_as_pytorch_does(
    own: "tuple[Path, torch.nn.Module]",
) -> None:
    folder, net = own
    images, labels = tensors(120, seed=7)
    with torch.no_grad():
        expected = net(torch.from_numpy(images)).numpy()
    floating = Runner(load_model(folder / FLOAT)).run(images, "output")
    assert relative_difference(expected, floating) < 1e-5
    small = Runner(load_model(folder / SMALL)).run(images, "output")
    assert (small.argmax(1) == expected.argmax(1)).mean() > 0.97
    assert (small.argmax(1) == labels).mean() > 0.95


def test_the_file_says_everything_itself(own: "tuple[Path, torch.nn.Module]") -> None:
    packed = unpack(load_model(own[0] / SMALL))
    manifest = packed.manifest
    assert (manifest.name.zh, manifest.license) == ("图形识别", "Apache-2.0")
    assert manifest.resize == RESIZE
    assert manifest.outputs.features == "features"
    assert [line.split("\t")[1] for line in packed.labels.splitlines()[1:]] == [
        zh for _, zh, _ in SHAPES
    ]
    # The manifest was written by hand, on the command line; training used its own numbers.
    drawing = own[0] / "drawings" / "circle_000.png"
    trained_on = preprocess(drawing, INPUT, RESIZE)
    np.testing.assert_allclose(
        preprocess(drawing, manifest.input, manifest.resize), trained_on, atol=1e-6
    )


def test_evaluate_and_verify(own: "tuple[Path, torch.nn.Module]") -> None:
    folder, _ = own
    shiwu_models(f"evaluate drawings --model {SMALL} --json accuracy.json", folder)
    top1 = json.loads((folder / "accuracy.json").read_text("utf-8"))["single"]["top1"]
    assert top1["total"] == 60
    assert top1["count"] >= 58
    said = shiwu_models(
        f"verify drawings --model {FLOAT} --torch model.pth --factory shapes:make_model "
        "--limit 6 --no-browser",
        folder,
    )
    assert "结果一致: True" in said


def test_the_committed_model_is_of_this_making(own: "tuple[Path, torch.nn.Module]") -> None:
    fresh, committed = (unpack(load_model(path / SMALL)) for path in (own[0], FIXTURES))
    # Weights differ in their last digits between processors, and so does what was measured.
    assert committed.labels == fresh.labels
    for field in ("id", "name", "input", "resize", "outputs", "head", "license", "source"):
        assert getattr(committed.manifest, field) == getattr(fresh.manifest, field)


def test_the_page_classifies_with_it(own: "tuple[Path, torch.nn.Module]") -> None:
    npx = shutil.which("npx")
    browser = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not npx or not (ROOT / "node_modules" / "@playwright").exists():
        pytest.skip("node_modules is missing: run npm ci first")
    if not (ROOT / "dist" / "site" / "index.html").exists():
        pytest.skip("the page is not built: run npm run build first")
    if not browser:
        pytest.skip("no Chrome or Chromium found: set CHROME_PATH")
    done = subprocess.run(
        [
            *(npx, "playwright", "test", "-c", "tests/e2e/playwright.config.ts"),
            *("own-model", "--project=desktop", "--grep=@fresh"),
        ],
        cwd=ROOT,
        env=os.environ | {"SHIWU_OWN_MODEL": str(own[0] / SMALL), "CHROME_PATH": browser},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
