"""PyTorch models for the export's tests: sound ones, and one for each thing that goes wrong.

The tests import this file as a user's own module, too: ``torch_models:net``.
"""

import torch
from torch import Tensor, nn

from shiwu_models.export.zoo import Classifier


class Net(nn.Module):
    """[N, 3, H, W] → logits [N, classes], by convolution, norm, dropout, pooling, linear layer."""

    def __init__(self, classes: int = 5) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.drop = nn.Dropout(0.5)
        self.fc = nn.Linear(8, classes)

    def forward(self, image: Tensor) -> Tensor:
        maps = torch.relu(self.norm(self.stem(image)))
        logits: Tensor = self.fc(self.drop(maps.mean((2, 3))))
        return logits


def net(classes: int = 5) -> Net:
    torch.manual_seed(3)
    return Net(classes).eval()


def small_classifier() -> Classifier:
    """Convolutions with and without bias, grouped, padded unevenly; norms with a history."""
    torch.manual_seed(9)
    backbone = nn.Sequential(
        nn.ZeroPad2d((0, 1, 0, 1)),
        nn.Conv2d(3, 8, 3, stride=2, bias=False),
        nn.BatchNorm2d(8, eps=1e-3),
        nn.ReLU6(),
        nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.BatchNorm2d(8),
        nn.Dropout(0.5),
    )
    model = Classifier(backbone, nn.Linear(8, 7))
    for norm in (backbone[2], backbone[5]):
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
        nn.init.normal_(norm.running_mean)
        nn.init.uniform_(norm.running_var, 0.1, 3)
    return model.eval()


class Then(nn.Module):
    """A model and what comes after it, which is what goes wrong."""

    def __init__(self, step: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(net(), step)
        self.eval()

    def forward(self, image: Tensor) -> object:
        return self.body(image)


@torch.library.custom_op("shiwu_tests::swirl", mutates_args=())
def swirl(values: Tensor) -> Tensor:
    """An operator of one's own: no ONNX stands behind it."""
    return values.flip(-1) * 2


@swirl.register_fake
def _(values: Tensor) -> Tensor:
    return torch.empty_like(values)


class Swirl(nn.Module):
    def forward(self, values: Tensor) -> Tensor:
        twisted: Tensor = torch.ops.shiwu_tests.swirl(values)
        return twisted


class NonZero(nn.Module):
    def forward(self, values: Tensor) -> Tensor:
        return values[:, torch.nonzero(values[0] > 0)[:, 0]]


class Branch(nn.Module):
    """Another answer for a black picture, which is what a trace is made with."""

    def __init__(self) -> None:
        super().__init__()
        self.body = net()

    def forward(self, image: Tensor) -> Tensor:
        logits: Tensor = self.body(image)
        if image.abs().sum() > 0:
            return logits * 3
        return logits


class Eigenvalues(nn.Module):
    def forward(self, values: Tensor) -> Tensor:
        eigenvalues: Tensor = torch.linalg.eigvalsh(values[:, :, None] * values[:, None, :])
        return eigenvalues


class GridSample(nn.Module):
    """From opset 16 on, says torch."""

    def forward(self, values: Tensor) -> Tensor:
        maps = values[:, None, :, None]
        grid = torch.zeros(1, 5, 1, 2).expand(maps.shape[0], -1, -1, -1)
        sampled: Tensor = nn.functional.grid_sample(maps, grid, align_corners=False)
        return sampled.flatten(1)


class HandmadeSoftmax(nn.Module):
    def forward(self, values: Tensor) -> Tensor:
        powers = torch.exp(values)
        return powers / powers.sum(-1, keepdim=True)


class InDict(nn.Module):
    def forward(self, values: Tensor) -> dict[str, Tensor]:
        return {"loss": values.sum(), "logits": values}


class InTuple(nn.Module):
    def forward(self, values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return values, values * 2, values * 3


def fixed_size() -> nn.Module:
    """Flattens without pooling: runs at 40 × 40 pixels only."""
    return nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.Flatten(), nn.Linear(4 * 20 * 20, 5)).eval()


def not_a_model() -> int:
    return 3
