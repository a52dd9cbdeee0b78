"""A small network of one's own, trained in seconds on drawn shapes.

    python tests/python/shapes.py FOLDER

trains it and leaves in FOLDER what its maker would have at hand: ``model.pth`` (a state dict),
``labels.tsv``, and held-out ``drawings/<class id>_<number>.png``.
"""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from drawings import SHAPES, drawings, labels_table
from shiwu_models.manifest import Input, Resize
from shiwu_models.preprocess import fit, normalize

SIZE = (64, 64)  # height, width
INPUT = Input(
    name="input",
    layout="NCHW",
    size=SIZE,
    color="RGB",
    scale=1.0,
    mean=(127.5, 127.5, 127.5),
    std=(127.5, 127.5, 127.5),
)
RESIZE = Resize(mode="crop-shortest", crop_fraction=1.0, filter="bilinear")

TRAINING, HELD_OUT = 1800, 600
EPOCHS, BATCH, RATE = 7, 50, 1e-2


class ShapeNet(nn.Module):
    """Four convolutions, global average pooling and a linear layer: about 20,000 numbers."""

    def __init__(self, classes: int = len(SHAPES)) -> None:
        super().__init__()
        widths = (3, 8, 16, 32, 48)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [
                nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
        self.backbone = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(widths[-1], classes)

    def forward(self, image: Tensor) -> Tensor:
        """float32 [N, 3, 64, 64] → logits [N, classes]."""
        logits: Tensor = self.classifier(torch.flatten(self.pool(self.backbone(image)), 1))
        return logits


def make_model() -> nn.Module:
    """The network without its weights: the factory that a state dict needs."""
    return ShapeNet().eval()


def tensors(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Drawings as the network's input, float32 [count, 3, 64, 64], and their classes [count]."""
    pictures, labels = zip(*drawings(count, seed), strict=True)
    batch = [normalize(fit(picture, SIZE, RESIZE), INPUT) for picture in pictures]
    return np.concatenate(batch), np.array(labels, np.int64)


def train(seed: int = 5) -> ShapeNet:
    """A trained network in evaluation mode; about 10 s on one core."""
    torch.manual_seed(seed)
    images, labels = (torch.from_numpy(array) for array in tensors(TRAINING, seed))
    net = ShapeNet().train()
    steps = EPOCHS * (TRAINING // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(EPOCHS):
        for batch in torch.split(torch.randperm(TRAINING), BATCH):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(images[batch]), labels[batch])
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return net.eval()


def held_out_accuracy(net: nn.Module, seed: int = 6) -> float:
    """Share of drawings that the network never saw and names rightly."""
    images, labels = tensors(HELD_OUT, seed)
    with torch.no_grad():
        answers = net(torch.from_numpy(images)).argmax(1).numpy()
    return float((answers == labels).mean())


def write(folder: Path, pictures: int = 60, seed: int = 6) -> ShapeNet:
    """Train; write ``model.pth``, ``labels.tsv`` and held-out drawings under ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    net = train()
    torch.save(net.state_dict(), folder / "model.pth")
    (folder / "labels.tsv").write_text(labels_table(), encoding="utf-8", newline="\n")
    (folder / "drawings").mkdir(exist_ok=True)
    for number, (picture, label) in enumerate(drawings(pictures, seed)):
        picture.save(folder / "drawings" / f"{SHAPES[label][0]}_{number:03}.png")
    return net


if __name__ == "__main__":
    torch.set_num_threads(1)
    target = Path(sys.argv[1])
    print(f"held out: {held_out_accuracy(write(target)):.1%}")
