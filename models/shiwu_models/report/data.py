"""What the report shows, section by section: plain data, so that a test can count it."""

from dataclasses import dataclass, field

from shiwu_models.bench.result import Bench
from shiwu_models.evaluation.result import Evaluation
from shiwu_models.inspection.inspect import Facts
from shiwu_models.labels.tables import Label
from shiwu_models.manifest import Manifest
from shiwu_models.quantize.curve import Row


@dataclass(frozen=True)
class Overview:
    """The model in a few lines."""

    file: str
    sha256: str
    manifest: Manifest
    raw: int  # bytes
    gzip: int
    brotli: int


@dataclass(frozen=True)
class Pair:
    """Two paths beside each other on the same photos; |Δ| is of probabilities unless said."""

    name: str
    x_name: str
    y_name: str
    photos: int
    same_top5: int
    allclose: int  # photos whose every |Δ| is at most 1e-4
    largest_score: float
    largest_logit: float
    least_cosine: float
    points: list[tuple[float, float]] = field(default_factory=list)  # logits of both
    deltas: list[float] = field(default_factory=list)  # largest |Δ| of each photo


@dataclass(frozen=True)
class Arrow:
    """One arrow of the datum's way: how far Pillow/NumPy and the C++ core differ on it."""

    zh: str
    en: str
    zh_found: str
    en_found: str
    same: bool
    close: bool = False  # not equal, and as near as this arrow can be: JPEG decoders differ


@dataclass(frozen=True)
class Consistency:
    """The paths' agreement."""

    agree: bool
    carried: bool  # PyTorch ran with the file's rounded weights
    pairs: list[Pair]
    arrows: list[Arrow]


@dataclass(frozen=True)
class Answer:
    """One of a photo's best answers."""

    zh: str
    en: str
    score: float  # 0 to 1


@dataclass(frozen=True)
class Specimen:
    """A photo and what the model says; ``thumbnail`` is a data: URI."""

    name: str
    thumbnail: str
    width: int  # of the thumbnail, in pixels
    height: int
    answers: list[Answer]


@dataclass(frozen=True)
class Report:
    """Everything; a section without data is None or empty, and says which command makes it."""

    overview: Overview
    structure: Facts
    labels: list[Label]
    made: str  # date, and versions of the tools
    consistency: Consistency | None = None
    curve: list[Row] = field(default_factory=list)
    bench: Bench | None = None
    evaluation: Evaluation | None = None
    specimens: list[Specimen] = field(default_factory=list)
