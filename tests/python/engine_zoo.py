"""Architectures for the engine's tests: random weights, norms with a history, exported."""

from collections.abc import Callable
from dataclasses import dataclass

import timm
import torch
import torchvision.models as tv
from onnx import ModelProto
from torch import Tensor, nn
from torch.nn import functional

from shiwu_models.export.exporter import Exporter, export
from shiwu_models.export.zoo import ZOO
from shiwu_models.simplify import simplify


def conv_bn(inputs: int, outputs: int, side: int, stride: int, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, side // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def mobilenet_v1() -> nn.Module:
    """Howard et al. 2017, table 1."""
    layers: list[nn.Module] = [conv_bn(3, 32, 3, 2)]
    channels = 32
    for outputs, stride in (
        [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
        + [(512, 1)] * 5
        + [(1024, 2), (1024, 1)]
    ):
        layers.append(conv_bn(channels, channels, 3, stride, groups=channels))
        layers.append(conv_bn(channels, outputs, 1, 1))
        channels = outputs
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000)]
    return nn.Sequential(*layers, *head)


class Densely(nn.Module):
    """DenseNet's idea in small: each layer sees all before it; pools of every kind between."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = conv_bn(3, 12, 7, 2)
        self.layers = nn.ModuleList(conv_bn(12 + 9 * i, 9, 3, 1) for i in range(4))
        self.transition = nn.Sequential(nn.BatchNorm2d(48), nn.ReLU(), nn.Conv2d(48, 24, 1))
        self.fc = nn.Linear(24, 100)

    def forward(self, image: Tensor) -> Tensor:
        maps = functional.max_pool2d(self.stem(image), 3, 2, padding=1)
        for layer in self.layers:
            maps = torch.cat([maps, layer(maps)], 1)
        maps = functional.avg_pool2d(self.transition(maps), 3, 2, padding=1)
        logits: Tensor = self.fc(maps.mean((2, 3)))
        return logits


class Plain(nn.Module):
    """What a beginner writes: convolutions, pools, flattened maps, two linear layers."""

    def __init__(self) -> None:
        super().__init__()
        self.maps = nn.Sequential(
            nn.Conv2d(3, 10, 5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(10, 21, 3, padding=1),
            nn.SiLU(),
            nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Dropout(0.3),
            nn.Conv2d(21, 13, 3, padding=2, dilation=2),
            nn.Hardtanh(-1, 2),
        )
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(13 * 64, 30), nn.Sigmoid(), nn.Linear(30, 6)
        )

    def forward(self, image: Tensor) -> Tensor:
        logits: Tensor = self.head(self.maps(image))
        return logits


def trained() -> nn.Module:
    """Plain, taught for some steps to say which of six corners and sides is the brightest."""
    net = Plain()
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    for _ in range(60):
        image = torch.randn(32, 3, 32, 32)
        target = torch.randint(6, (32,))
        for one, where in zip(image, target, strict=True):
            row, column = divmod(int(where), 3)
            one[:, row * 16 : row * 16 + 16, column * 10 : column * 10 + 10] += 1
        optimizer.zero_grad()
        functional.cross_entropy(net(image), target).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return net.eval()


def settled(net: nn.Module, size: int) -> nn.Module:
    """Norms with scales of their own and the statistics of random pictures, so that activations
    neither vanish nor explode, as in a trained model."""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        nn.init.uniform_(norm.weight, 0.6, 1.4)
        nn.init.normal_(norm.bias, 0, 0.2)
        norm.momentum = None  # the mean of what is seen
        norm.reset_running_stats()
    if norms:
        net.train()
        with torch.no_grad():
            net(torch.randn(4, 3, size, size))
    return net.eval()


@dataclass(frozen=True)
class Entry:
    make: Callable[[], nn.Module]
    size: int
    exporter: Exporter = "torchscript"
    settles: bool = True

    def model(self) -> ModelProto:
        """The simplified graph."""
        torch.manual_seed(5)
        net = self.make()
        if self.settles:
            net = settled(net, self.size)
        opset = 18 if self.exporter == "dynamo" else 17
        return simplify(export(net, (self.size, self.size), opset, exporter=self.exporter))


def from_timm(name: str) -> Callable[[], nn.Module]:
    return lambda: timm.create_model(name, pretrained=False)


TAKEN: dict[str, Entry] = {
    "mobilenet_v1": Entry(mobilenet_v1, 128),
    "mobilenet_v2": Entry(tv.mobilenet_v2, 128),
    "mobilenet_v3_large": Entry(tv.mobilenet_v3_large, 128),
    "mobilenet_v3_small": Entry(tv.mobilenet_v3_small, 160),
    "mobilenet_v3_small-dynamo": Entry(tv.mobilenet_v3_small, 96, "dynamo"),
    "timm-mobilenetv3_large_100": Entry(from_timm("mobilenetv3_large_100"), 128),
    "mnasnet1_0": Entry(tv.mnasnet1_0, 128),
    "timm-semnasnet_100": Entry(from_timm("semnasnet_100"), 128),
    "resnet18": Entry(tv.resnet18, 128),
    "resnet18-dynamo": Entry(tv.resnet18, 96, "dynamo"),
    "resnet50": Entry(tv.resnet50, 160),
    "timm-resnet50d": Entry(from_timm("resnet50d"), 97),
    "squeezenet1_1": Entry(tv.squeezenet1_1, 161),
    "efficientnet_b0": Entry(tv.efficientnet_b0, 160),
    "timm-tf_efficientnet_b0": Entry(from_timm("tf_efficientnet_b0"), 129),
    "timm-tf_efficientnet_lite4": Entry(from_timm("tf_efficientnet_lite4"), 200),
    "densenet121": Entry(tv.densenet121, 96),
    "densely": Entry(Densely, 75),
    "trained": Entry(trained, 32, settles=False),
    "lite1": Entry(lambda: ZOO["lite1"].load(), 240, settles=False),
}
# What it must not take, and how it says so.
REFUSED: dict[str, tuple[Entry, str]] = {
    "resnext50_32x4d": (Entry(tv.resnext50_32x4d, 64), "Conv in groups"),
    "ghostnet_100": (Entry(from_timm("ghostnet_100"), 64), "operator Slice"),
    "shufflenet_v2_x0_5": (Entry(tv.shufflenet_v2_x0_5, 64), "operator Transpose"),
    "vit_tiny": (Entry(from_timm("vit_tiny_patch16_224"), 224), "operator Transpose"),
    "convnext_tiny": (Entry(tv.convnext_tiny, 64), "operator Transpose"),
}
