"""``--to coreml``: an .mlpackage for Apple's systems.

It can be made and looked into anywhere; only a Mac, iPhone or iPad runs it. So what is proved here
is that its weights are the .onnx's, and that labels and preprocessing are in it.
"""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from shiwu_models.errors import ModelError
from shiwu_models.extras import extra
from shiwu_models.graph import real_weights
from shiwu_models.manifest import LABELS_KEY, MANIFEST_KEY, TAXONOMY_KEY
from shiwu_models.mobile.network import Phone, Scores

with extra("mobile"):
    import coremltools as ct

INPUT = "image"


class _Pixels(nn.Module):
    """Levels of 0 to 255, RGB [N, 3, H, W], to scores."""

    mean: Tensor
    std: Tensor

    def __init__(self, scores: Scores, mean: list[float], std: list[float]) -> None:
        super().__init__()
        self.scores = scores
        self.register_buffer("mean", torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).reshape(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        """As the manifest says."""
        return self.scores((pixels - self.mean) / self.std)  # type: ignore[no-any-return]


def to_coreml(phone: Phone, output: Path) -> int:
    """Converts, writes, and returns how many of the .onnx's weights were found in it.

    An image input of the manifest's size, normalised in the graph; a classifier whose labels are
    Chinese; float32 throughout; manifest, labels and taxonomy as user-defined metadata under the
    .onnx's own keys. Raises ModelError ``parity`` where a weight is missing.
    """
    height, width = phone.manifest.input.size
    module = _Pixels(phone.scores(last=False), *phone.mean_and_std).eval()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # of a tracer that is old, and that coremltools wants
        traced = torch.jit.trace(module, torch.rand(1, 3, height, width) * 255)  # type: ignore[no-untyped-call]
        model = ct.convert(
            traced,
            inputs=[ct.ImageType(INPUT, (1, 3, height, width), color_layout=ct.colorlayout.RGB)],
            classifier_config=ct.ClassifierConfig([label.zh for label in phone.labels]),
            convert_to="mlprogram",
            compute_precision=ct.precision.FLOAT32,
            minimum_deployment_target=ct.target.iOS15,
        )
    _describe(model, phone)
    output.parent.mkdir(parents=True, exist_ok=True)
    model.save(str(output))
    return require_weights(output, phone)


def _describe(model: Any, phone: Phone) -> None:  # noqa: ANN401 (coremltools has no types)
    manifest = phone.manifest
    model.short_description = f"{manifest.name.zh} · {manifest.name.en}"
    model.author = manifest.source
    model.license = manifest.license
    model.version = manifest.version
    model.input_description[INPUT] = f"RGB, {manifest.resize.mode}"
    texts = {
        MANIFEST_KEY: manifest.compact(),
        LABELS_KEY: phone.packed.labels,
        TAXONOMY_KEY: phone.packed.taxonomy,
    }
    model.user_defined_metadata.update({key: text for key, text in texts.items() if text})


def require_weights(path: Path, phone: Phone) -> int:
    """How many kernels and matrices of the .onnx lie in the package, to 1e-6 of their largest
    value. Raises ModelError ``parity`` where one does not."""
    package = ct.models.MLModel(str(path), skip_model_load=True)
    stored = ct.optimize.coreml.get_weights_metadata(package, weight_threshold=0)
    by_shape: dict[tuple[int, ...], list[Any]] = {}
    for each in stored.values():
        by_shape.setdefault(each.val.shape, []).append(each.val)
    count = 0
    for name, weight in real_weights(phone.model).items():
        if weight.ndim < 2:
            continue
        bound = 1e-6 * float(np.abs(weight).max())
        for form in (weight, weight.T) if weight.ndim == 2 else (weight,):
            if any(np.abs(there - form).max() <= bound for there in by_shape.get(form.shape, [])):
                break
        else:
            raise ModelError(
                "parity",
                zh=f"权重 {name} 不在转换出的 Core ML 模型里。--model 是由这个网络导出的吗？",
                en=f"The weight {name} is not in the Core ML model. Was --model exported from this "
                "network?",
            )
        count += 1
    return count
