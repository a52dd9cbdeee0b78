"""The three paths on photos: where they agree, how closely, and at which arrow they part."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto
from PIL import Image

from shiwu_models.head import Head
from shiwu_models.labels.tables import Label, parse_labels
from shiwu_models.pack import Packed
from shiwu_models.preprocess import fit, load_image, normalize
from shiwu_models.runtime import Runner
from shiwu_models.scores import top_k
from shiwu_models.verify.activation import (
    activation_of,
    not_in_pytorch,
    only_in_pytorch,
    twice,
)
from shiwu_models.verify.browser import BrowserPath
from shiwu_models.verify.compare import TOP, Difference, compare
from shiwu_models.verify.diagnose import Finding, diagnose

if TYPE_CHECKING:
    from shiwu_models.verify.torch_path import TorchPath

PathName = Literal["pytorch", "onnxruntime", "browser"]
Arrow = Literal["decode", "resize", "normalize", "network", "softmax"]
ARROWS: tuple[Arrow, ...] = ("decode", "resize", "normalize", "network", "softmax")
_ARROW_OF: dict[str, Arrow] = {
    "layout": "normalize",
    "color": "normalize",
    "normalize": "normalize",
}
Preprocess = Callable[[Path], NDArray[np.float32]]

# JPEG's standard leaves a decoder free in its inverse DCT and in how it enlarges halved colour
# planes. The core and Pillow's wheels have the same one, libjpeg-turbo, and equal pixels; a Pillow
# built with another may differ, rightly. Half a level on average is what rounding alone could do; a
# wrong colour matrix, a shift by a pixel or a missed orientation gives several levels.
LOSSY_MEAN_BOUND = 0.5
LOSSY_FORMATS = {"JPEG", "MPO"}
# Two engines in float32 differ by about 1e-6 of the logits' range; the project's bar is 1e-4.
LOGITS_BOUND = 1e-4


@dataclass(frozen=True)
class Named:
    """One of a path's answers."""

    index: int
    zh: str
    score: float  # 0 to 1


@dataclass(frozen=True)
class Answer:
    """What one path says of a photo."""

    path: PathName
    logits: NDArray[np.float32]  # [outputs], as the network gives them
    scores: NDArray[np.floating]  # [labels], 0 to 1
    top: tuple[Named, ...]  # the best five (or all, if fewer), best first


@dataclass(frozen=True)
class Decoding:
    """The C++ decoder's pixels beside Pillow's, in levels of 0..255, and what comes of them."""

    lossy: bool  # a format whose standard leaves the last level to the decoder
    same_size: bool
    largest: int  # 255 when the sizes differ
    mean: float
    same_top1: bool  # ONNX Runtime after Pillow, the browser's path from the bytes
    end_to_end: Difference  # of the same two

    @property
    def sound(self) -> bool:
        """Equal; or, for a lossy format, as close as two right decoders are."""
        if not self.same_size:
            return False
        return self.mean <= LOSSY_MEAN_BOUND if self.lossy else self.largest == 0


@dataclass(frozen=True)
class PhotoReport:
    """One photo: every path's answer, and every pair's difference."""

    photo: str
    answers: tuple[Answer, ...]  # pytorch (if asked for), onnxruntime, browser (if asked for)
    torch: Difference | None  # PyTorch beside ONNX Runtime
    browser: Difference | None  # ONNX Runtime beside the browser's path, of the same pixels
    decoding: Decoding | None  # None without the browser's path, or if its decoder is the browser's
    resized_differ: int  # bytes that differ between Pillow's resized picture and the C++ core's
    tensor_differ: int  # numbers that differ between NumPy's tensor and the C++ core's
    parted_at: Arrow | None  # the first arrow at which two paths part; None when they agree
    findings: tuple[Finding, ...]

    @property
    def agree(self) -> bool:
        """结果一致: nothing parts, to the bit where bits are promised."""
        return self.parted_at is None


@dataclass(frozen=True)
class Report:
    """All photos together; at least one."""

    photos: tuple[PhotoReport, ...]
    carried: bool  # PyTorch ran with the file's rounded weights
    rounded: bool  # the file's weights are rounded (int8, fp16)

    @property
    def agree(self) -> bool:
        """结果一致, for every photo."""
        return all(photo.agree for photo in self.photos)

    def pairs(self, which: Literal["torch", "browser"]) -> list[Difference]:
        """One pair of paths on each photo; empty when the path was not asked for."""
        found = (photo.torch if which == "torch" else photo.browser for photo in self.photos)
        return [difference for difference in found if difference is not None]

    @property
    def decodings(self) -> list[Decoding]:
        """Of the photos that the C++ core decoded itself."""
        return [photo.decoding for photo in self.photos if photo.decoding is not None]

    @property
    def worst(self) -> PhotoReport:
        """A photo that parts, if any; of those the one with the largest |Δ| of probabilities."""
        return max(self.photos, key=lambda photo: (not photo.agree, _largest(photo)))


class Verifier:
    """A packed model in ONNX Runtime, beside PyTorch and the browser's path where given.

    ``own_preprocess`` is the maker's own way from a file to the PyTorch model's input: with it
    the preprocessing is compared too, and diagnosed.
    """

    def __init__(
        self,
        model: ModelProto,
        packed: Packed,
        *,
        torch_path: "TorchPath | None" = None,
        browser: BrowserPath | None = None,
        own_preprocess: Preprocess | None = None,
    ) -> None:
        self._manifest = packed.manifest
        self._labels: Sequence[Label] = parse_labels(packed.labels)
        self._runner = Runner(model)
        self._torch = torch_path
        self._browser = browser
        self._own_preprocess = own_preprocess
        self._head = Head.of(model, packed.manifest.outputs.logits, packed.manifest)

    def photos(self, files: Sequence[Path]) -> Iterator[PhotoReport]:
        """One report a file. Raises ModelError ``invalid-image`` and as the paths do."""
        for file in files:
            yield self.photo(file)

    def photo(self, file: Path) -> PhotoReport:
        """All paths on one file. Raises ModelError ``invalid-image`` and as the paths do."""
        sheet = _Sheet()
        picture = load_image(file)
        resized = fit(picture, self._manifest.input.size, self._manifest.resize)
        tensor = normalize(resized, self._manifest.input)
        ours = self._onnxruntime(tensor)
        if not self._head.applied and (activation := activation_of(ours.logits)):
            sheet.found("softmax", twice(activation))
        given = tensor
        if self._own_preprocess is not None:
            given = np.ascontiguousarray(self._own_preprocess(file), dtype=np.float32)
            manifest = self._manifest
            for cause in diagnose(given, tensor, picture, manifest.input, manifest.resize):
                sheet.found(_ARROW_OF.get(cause.kind, "resize"), cause)
        if self._torch is not None:
            self._beside_torch(sheet, self._torch, given, ours)
        sheet.answers.append(ours)
        if self._browser is not None:
            self._beside_browser(sheet, self._browser, picture, resized, tensor, ours)
            self._from_bytes(sheet, self._browser, file, picture, ours)
        return PhotoReport(
            photo=file.name,
            answers=tuple(sheet.answers),
            torch=sheet.torch,
            browser=sheet.browser,
            decoding=sheet.decoding,
            resized_differ=sheet.resized_differ,
            tensor_differ=sheet.tensor_differ,
            parted_at=min(sheet.parted, key=ARROWS.index, default=None),
            findings=tuple(sheet.findings),
        )

    def _beside_torch(
        self,
        sheet: "_Sheet",
        path: "TorchPath",
        given: NDArray[np.float32],
        ours: Answer,
    ) -> None:
        theirs = self._answer("pytorch", *path.run(given))
        sheet.answers.append(theirs)
        sheet.torch = _between(theirs, ours)
        if not sheet.torch.agree:
            activation = activation_of(theirs.logits)
            if activation and not self._head.applied and not activation_of(ours.logits):
                sheet.found("softmax", only_in_pytorch(activation))
            elif self._head.applied and not ((theirs.logits >= 0) & (theirs.logits <= 1)).all():
                sheet.found("softmax", not_in_pytorch(self._head.activation))
            else:
                sheet.parted.append(_network_or_softmax(sheet.torch))

    def _beside_browser(
        self,
        sheet: "_Sheet",
        path: BrowserPath,
        picture: Image.Image,
        resized: Image.Image,
        tensor: NDArray[np.float32],
        ours: Answer,
    ) -> None:
        """From Pillow's pixels on: here bits are promised up to the tensor."""
        seen = path.picture(picture)
        assert seen is not None  # pixels are never refused for their format
        theirs = self._answer("browser", seen.network.logits, seen.network.scores)
        sheet.answers.append(theirs)
        sheet.browser = _between(ours, theirs)
        sheet.resized_differ = int(np.count_nonzero(seen.resized != np.asarray(resized)))
        sheet.tensor_differ = int(np.count_nonzero(seen.tensor != tensor))
        if sheet.resized_differ:
            sheet.parted.append("resize")
        elif sheet.tensor_differ:
            sheet.parted.append("normalize")
        if not sheet.browser.agree:
            sheet.parted.append(_network_or_softmax(sheet.browser))

    def _from_bytes(
        self,
        sheet: "_Sheet",
        path: BrowserPath,
        file: Path,
        picture: Image.Image,
        ours: Answer,
    ) -> None:
        """The decoders beside each other, if the C++ core has one for this format."""
        seen = path.picture(file, decoded=True)
        if seen is None:
            return
        assert seen.decoded is not None  # asked for
        pillow = np.asarray(picture, dtype=np.int16)
        same_size = pillow.shape == seen.decoded.shape
        gap = np.abs(pillow - seen.decoded) if same_size else np.array([255])
        theirs = self._answer("browser", seen.network.logits, seen.network.scores)
        sheet.decoding = Decoding(
            lossy=_format(file) in LOSSY_FORMATS,
            same_size=same_size,
            largest=int(gap.max()),
            mean=float(gap.mean()),
            same_top1=theirs.top[0].index == ours.top[0].index,
            end_to_end=_between(ours, theirs),
        )
        if not sheet.decoding.sound:
            sheet.parted.append("decode")

    def _onnxruntime(self, tensor: NDArray[np.float32]) -> Answer:
        logits = self._runner.run(tensor, self._manifest.outputs.logits)[0]
        return self._answer("onnxruntime", logits, self._head.scores(logits))

    def _answer(
        self, path: PathName, logits: NDArray[np.float32], scores: NDArray[np.floating]
    ) -> Answer:
        best = (Named(i, self._labels[i].zh, float(scores[i])) for i in top_k(scores, TOP))
        return Answer(path, logits, scores, tuple(best))


@dataclass
class _Sheet:
    """What is known of a photo so far."""

    answers: list[Answer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    parted: list[Arrow] = field(default_factory=list)
    torch: Difference | None = None
    browser: Difference | None = None
    decoding: Decoding | None = None
    resized_differ: int = 0
    tensor_differ: int = 0

    def found(self, arrow: Arrow, finding: Finding) -> None:
        """Note a cause, and the arrow where it shows."""
        self.parted.append(arrow)
        self.findings.append(finding)


def _between(one: Answer, other: Answer) -> Difference:
    return compare(one.logits, one.scores, other.logits, other.scores)


def _network_or_softmax(difference: Difference) -> Arrow:
    """Logits that are close enough leave only what follows them."""
    return "network" if not difference.logits_of_range <= LOGITS_BOUND else "softmax"


def _largest(photo: PhotoReport) -> float:
    pairs = (photo.torch, photo.browser)
    return max((pair.scores for pair in pairs if pair is not None), default=0.0)


def _format(file: Path) -> str:
    with Image.open(file) as image:
        return image.format or ""
