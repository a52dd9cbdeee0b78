"""From a source to an .onnx that is proven equal to it."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from torch import nn

from shiwu_models import parity
from shiwu_models.errors import ModelError
from shiwu_models.export.checks import (
    final_activation,
    require_logit_values,
    require_logits,
    strip_final_activation,
)
from shiwu_models.export.explain import depends_on_picture
from shiwu_models.export.exporter import DEFAULT_OPSET, Exporter, export
from shiwu_models.export.feature_map import add_feature_map
from shiwu_models.export.features import add_features
from shiwu_models.export.outputs import NAMES, answer_of
from shiwu_models.export.sources import Source
from shiwu_models.graph import check_model
from shiwu_models.runtime import Runner

Size = tuple[int, int]
DEFAULT_SIZE = (224, 224)
# Another size for a model of any size: both sides differ, and stay multiples of 32.
_LARGER = 32, 64


@dataclass(frozen=True)
class Exported:
    """A graph and its proof."""

    model: ModelProto
    difference: float  # largest of all probes, as a fraction of the logits' range
    probes: tuple[tuple[int, ...], ...]  # input shapes that were compared


def export_source(
    source: Source,
    size: Size | None = None,
    opset_version: int = DEFAULT_OPSET,
    *,
    exporter: Exporter = "auto",
    dynamic_size: bool = False,
    channels: int = 3,
    features: bool = False,
    strip_activation: bool = False,
    evaluate: bool = False,
) -> Exported:
    """Export and prove. ``evaluate`` calls ``model.eval()`` first, otherwise the mode is checked.

    ``size`` None is the source's own, else 224 × 224. ``features`` adds the embedding as a second
    output, and the map that it is the mean of, where there is one, as a third. Logits are
    required; ``strip_activation`` takes a final Softmax or Sigmoid off.
    Raises ModelError as ``export`` does, ``invalid-model`` (probabilities) or ``parity``.
    """
    if evaluate:
        source.model.eval()
        source.reference.eval()
    size = size or source.size or DEFAULT_SIZE
    model = export(
        source.model,
        size,
        opset_version,
        exporter=exporter,
        dynamic_size=dynamic_size,
        channels=channels,
        program=source.program,
    )
    if features:
        model = add_feature_map(add_features(model))
    sizes = [size, (size[0] + _LARGER[0], size[1] + _LARGER[1])] if dynamic_size else [size]
    activation = final_activation(model, NAMES[0])
    probes = [probe(batch, channels, side) for side in sizes for batch in (1, 2)]
    # Compared before the activation comes off: that is the function PyTorch has.
    try:
        difference = prove(source.reference, model, probes)
    except ModelError as error:
        if error.code == "parity" and (where := frozen_branch(source.model, probes[0])):
            raise depends_on_picture(where) from error
        raise
    if activation and strip_activation:
        model = strip_final_activation(model, NAMES[0])
    check_model(model)
    require_logits(model, NAMES[0])
    require_logit_values(Runner(model).run(probes[1], NAMES[0]))
    return Exported(model, difference, tuple(p.shape for p in probes))


def probe(batch: int, channels: int, size: Size) -> NDArray[np.float32]:
    """Inputs [batch, channels, *size] about as large as normalised pictures: noise on rings."""
    rng = np.random.default_rng([batch, channels, *size])
    height, width = size
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    phases = rng.uniform(0, 6, (batch, channels, 1, 1))
    rings = np.sin(30 * np.hypot(x - 0.4, y - 0.6) + phases)
    noise = rng.normal(size=(batch, channels, height, width))
    return np.asarray(rings + 0.3 * noise, np.float32)


def frozen_branch(model: nn.Module, tensor: NDArray[np.float32]) -> str | None:
    """``file.py:line`` where Python decides by a tensor's value, or None.

    A trace goes one way at such an ``if`` for ever; torch warns of it and goes on.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            torch.jit.trace(model, (torch.from_numpy(tensor),), check_trace=False)  # type: ignore[no-untyped-call]
        except Exception:  # the difference that was found is the thing to tell
            return None
    for warning in caught:
        if warning.category.__name__ == "TracerWarning" and "boolean" in str(warning.message):
            return f"{Path(warning.filename).name}:{warning.lineno}"
    return None


def prove(reference: nn.Module, model: ModelProto, probes: list[NDArray[np.float32]]) -> float:
    """The largest relative difference of any output on ``probes``, PyTorch against ONNX Runtime.

    Raises ModelError ``parity`` when one is over the bound, ``input-mismatch`` when PyTorch itself
    does not take a probe's batch or size.
    """
    runner = Runner(model)
    largest = 0.0
    for tensor in probes:
        shape = "×".join(map(str, tensor.shape))
        try:
            answers = answer_of(reference, torch.from_numpy(tensor))
        except ModelError:
            raise
        except Exception as error:  # whatever the model raises
            text = " ".join(str(error).split())[:300]
            raise ModelError(
                "input-mismatch",
                zh=f"PyTorch 模型不接受形状为 {shape} 的输入：{text}。它的批次或尺寸是写死的："
                "请用 x.flatten(1) 之类不含固定数的写法；若是 torch.export 的程序，"
                "请以 dynamic_shapes 重新导出；只差尺寸时去掉 --dynamic-size 即可。",
                en=f"The PyTorch model does not take an input of {shape}: {text}. Its batch or "
                "size is written into it: use forms without fixed numbers, such as x.flatten(1); "
                "export a torch.export program again with dynamic_shapes; if only the size "
                "differs, leave out --dynamic-size.",
            ) from error
        for name, expected in zip(NAMES, answers, strict=False):
            got = runner.run(tensor, name)
            difference = parity.require(f"export {shape} {name}", expected.numpy(), got)
            largest = max(largest, difference)
    return largest
