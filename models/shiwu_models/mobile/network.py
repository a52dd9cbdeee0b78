"""The PyTorch network behind a packed .onnx, from pictures of its size to scores.

Both formats carry the whole answer: what the .onnx leaves to shiwu (temperature, softmax or
sigmoid) is part of the graph here, because the phones' own libraries show its output as it is.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from torch import Tensor, nn

from shiwu_models.classifier import Classifier, parse_model, read_model
from shiwu_models.default.golden import carry_weights
from shiwu_models.errors import ModelError
from shiwu_models.export.fold import check_evaluation_mode
from shiwu_models.export.outputs import pick
from shiwu_models.export.pipeline import probe
from shiwu_models.export.sources import Source
from shiwu_models.export.zoo import Classifier as ZooClassifier
from shiwu_models.head import Head
from shiwu_models.labels.tables import Label, parse_labels
from shiwu_models.manifest import Manifest
from shiwu_models.pack import Packed, unpack
from shiwu_models.preprocess import fit, load_image, normalize
from shiwu_models.scores import top_k
from shiwu_models.verify.torch_path import has_rounded_weights

BOUND = 1e-4  # of scores: engines add in another order


class Scores(nn.Module):
    """Normalised RGB, [N, H, W, 3] or [N, 3, H, W], to scores [N, labels]."""

    def __init__(self, network: nn.Module, head: Head, *, color: str, last: bool) -> None:
        """``last``: the channels are the last axis. ``color`` is the network's own order."""
        super().__init__()
        self.network = network
        self.head = head
        self.reverse = color == "BGR"
        self.last = last

    def forward(self, image: Tensor) -> Tensor:
        """The scores that the page shows."""
        planes = image.permute(0, 3, 1, 2) if self.last else image
        if self.reverse:
            planes = planes[:, [2, 1, 0]]
        logits = pick(self.network(planes))[0]
        head = self.head
        if head.applied:
            scores = logits
        elif head.activation == "Softmax":
            scores = torch.softmax(logits / head.temperature, dim=-1)
        else:
            scores = torch.sigmoid(logits / head.temperature)
        return torch.cat([1 - scores, scores], dim=-1) if head.both else scores


@dataclass(frozen=True)
class Phone:
    """A network ready for a phone's converter, and the file that it belongs to."""

    network: nn.Module
    head: Head
    model: ModelProto
    packed: Packed
    data: bytes  # the packed file's

    @property
    def manifest(self) -> Manifest:
        """How pictures are prepared."""
        return self.packed.manifest

    @property
    def labels(self) -> list[Label]:
        """In the order of the scores."""
        return parse_labels(self.packed.labels)

    def scores(self, *, last: bool) -> Scores:
        """The module to convert."""
        return Scores(self.network, self.head, color=self.manifest.input.color, last=last).eval()

    @property
    def mean_and_std(self) -> tuple[list[float], list[float]]:
        """Of R, G and B in levels of 0 to 255: (x - mean) / std is what goes in."""
        spec = self.manifest.input
        mean, std = (np.array(each) / spec.scale for each in (spec.mean, spec.std))
        step = -1 if spec.color == "BGR" else 1
        return mean[::step].tolist(), std[::step].tolist()


def for_phone(source: Source, path: Path, *, evaluate: bool = False) -> Phone:
    """``source`` with the labels, the manifest and the weights of the packed file at ``path``.

    Where the file's weights are rounded, the network gets them, so that both answer the same.
    Raises ModelError as ``unpack`` does, ``train-mode``, ``parity`` (weights that do not fit), or
    ``input-mismatch`` for a head whose temperature cannot be put into the graph.
    """
    data = read_model(path)
    model = parse_model(data)
    packed = unpack(model)
    network = source.reference
    if evaluate:
        network.eval()
    check_evaluation_mode(network)
    if has_rounded_weights(model):
        carry_weights(cast(ZooClassifier, network), model)
    head = Head.of(model, packed.manifest.outputs.logits, packed.manifest)
    if head.applied and head.temperature != 1:
        raise ModelError(
            "input-mismatch",
            zh="模型末尾已有 softmax 或 sigmoid，又有不等于 1 的温度："
            "请先用 --strip-activation 重新导出。",
            en="The graph ends in softmax or sigmoid and has a temperature other than 1: export it "
            "again with --strip-activation.",
        )
    return Phone(network, head, model, packed, data)


@dataclass(frozen=True)
class Compared:
    """The phone's scores beside those of the .onnx."""

    pictures: int
    same_top: int  # whose five best are the same
    largest: float  # difference of any score

    @property
    def agree(self) -> bool:
        """Whether both say the same."""
        return self.same_top == self.pictures and self.largest <= BOUND


class Comparison:
    """ONNX Runtime's side of the proof."""

    def __init__(self, phone: Phone) -> None:
        """Loads the packed file."""
        self._phone = phone
        self._classifier = Classifier(phone.data)

    def tensors(self, photos: list[Path]) -> list[NDArray[np.float32]]:
        """Inputs as the .onnx takes them: of ``photos``, or noise where there are none."""
        spec, resize = self._phone.manifest.input, self._phone.manifest.resize
        if photos:
            return [normalize(fit(load_image(path), spec.size, resize), spec) for path in photos]
        noise = [probe(batch, 3, spec.size)[:1] for batch in (1, 2, 3)]
        if spec.layout == "NHWC":
            noise = [np.ascontiguousarray(each.transpose(0, 2, 3, 1)) for each in noise]
        return noise

    def compare(
        self, tensors: list[NDArray[np.float32]], theirs: list[NDArray[np.float32]]
    ) -> Compared:
        """``theirs`` are the phone's scores [labels] for the same inputs. Raises ``parity``."""
        same, largest = 0, 0.0
        for tensor, other in zip(tensors, theirs, strict=True):
            [output] = self._classifier.run([tensor])
            ours = self._classifier.score(output).scores
            same += top_k(ours, 5) == top_k(other, 5)
            largest = max(largest, float(np.abs(ours - other).max()))
        found = Compared(len(tensors), same, largest)
        if not found.agree:
            raise ModelError(
                "parity",
                zh=f"转换后结果不一致：{found.same_top}/{found.pictures} 张前五名相同，"
                f"概率最多差 {largest:.1e}（上限 {BOUND:.0e}）。--model 是由这个网络导出的吗？",
                en=f"The converted model differs: top five equal on {found.same_top} of "
                f"{found.pictures}, scores by up to {largest:.1e} (bound {BOUND:.0e}). Was --model "
                "exported from this network?",
            )
        return found

    def rgb_last(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """The .onnx's input as [1, H, W, 3] in RGB."""
        spec = self._phone.manifest.input
        last = tensor if spec.layout == "NHWC" else tensor.transpose(0, 2, 3, 1)
        return np.ascontiguousarray(last[..., ::-1] if spec.color == "BGR" else last)
