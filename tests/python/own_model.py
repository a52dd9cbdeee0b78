"""A model of one's own, from ``model.pth`` to the page's ``.onnx``, by commands that a user types.

    python tests/python/own_model.py

trains the network of ``shapes.py`` and renews ``tests/fixtures/shapes/``.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from conftest import ROOT
from drawings import draw
from shapes import write

FIXTURES = ROOT / "tests" / "fixtures" / "shapes"
FLOAT, SMALL = "shapes.float.onnx", "shapes.onnx"

# In the folder that shapes.write has filled. The manifest says here what INPUT and RESIZE say in
# shapes.py: (x / 255 - 0.5) / 0.5 is (x - 127.5) / 127.5.
COMMANDS = (
    "export model.pth --factory shapes:make_model --size 64 --features -o exported.onnx",
    "simplify exported.onnx --size 64 -o simple.onnx",
    f"pack simple.onnx -o {FLOAT} --labels labels.tsv --id shapes --version 1.0.0 "
    "--name-zh 图形识别 --name-en Shapes --license Apache-2.0 "
    "--source 'Trained on drawn shapes by tests/python/shapes.py' "
    "--preset half --resize crop-shortest --crop-fraction 1 --filter bilinear",
    f"quantize {FLOAT} -o {SMALL} --photos drawings",
)


def shiwu_models(command: str, folder: Path) -> str:
    """Run one command in ``folder``; what it printed. Fails with that when it fails."""
    path = os.pathsep.join([str(ROOT / "models"), str(ROOT / "tests" / "python")])
    done = subprocess.run(
        [sys.executable, "-m", "shiwu_models", *shlex.split(command)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def make(folder: Path) -> torch.nn.Module:
    """Train, then run ``COMMANDS``; the network in PyTorch, for comparison."""
    net = write(folder)
    for command in COMMANDS:
        shiwu_models(command, folder)
    return net


def write_fixtures() -> None:
    """The model and two drawings that it never saw."""
    FIXTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        make(Path(folder))
        (FIXTURES / SMALL).write_bytes((Path(folder) / SMALL).read_bytes())
    for number, shape in enumerate(("star", "heart")):
        draw(shape, np.random.default_rng(40 + number), (200, 150)).save(FIXTURES / f"{shape}.png")


if __name__ == "__main__":
    torch.set_num_threads(1)
    write_fixtures()
