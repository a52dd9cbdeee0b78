"""What ``evaluate`` finds, as it is printed, written to JSON and read by ``report``."""

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Share(_Part):
    """``count`` of ``total``, with Wilson's 95 % interval as shares in 0..1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, in 0..1."""
        return self.count / max(self.total, 1)


class CurveBin(_Part):
    """One bin of a reliability diagram: confidence in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


class Calibration(_Part):
    """How honest the probabilities are at one temperature; ``ece`` over ``bins``."""

    temperature: float
    ece: float
    nll: float
    brier: float
    bins: list[CurveBin]


class Fitted(_Part):
    """The temperature that these photos ask for, with its 95 % bootstrap interval."""

    low: float
    high: float
    trustworthy: bool
    calibration: Calibration


class ClassResult(_Part):
    """One class that has photos."""

    index: int
    id: str
    zh: str
    en: str
    photos: int
    top1: int
    top5: int


class Confusion(_Part):
    """So many photos of ``truth`` were called ``answer`` (class indices)."""

    truth: int
    answer: int
    photos: int


class LabelResult(_Part):
    """One label of a tagger; the last three are None when no photo shows it."""

    index: int
    id: str
    zh: str
    en: str
    photos: int
    threshold: float
    precision: float
    recall: float
    f1: float
    average_precision: float | None
    best_threshold: float | None
    best_f1: float | None


class SingleLabel(_Part):
    """Accuracy of a single-label model."""

    top1: Share
    top5: Share
    classes: list[ClassResult]  # the worst first
    confusions: list[Confusion]  # the most frequent first


class MultiLabel(_Part):
    """Accuracy of a tagger at its labels' thresholds; micro: over all questions, macro: the mean
    of the labels that some photo shows."""

    precision: float
    recall: float
    micro_f1: float
    macro_f1: float
    mean_average_precision: float
    labels: list[LabelResult]  # the worst average precision first


class Comparison(_Part):
    """The model beside a reference on the same photos (single-label only)."""

    reference: str
    top1: Share  # the reference's
    top5: Share
    same_top1: int
    only_model: int  # photos that only the model has right
    only_reference: int
    drop_points: float  # top-1 lost against the reference, in percentage points
    p: float  # McNemar's exact two-sided p
    largest_difference: float  # max |Δ| of logits, of the reference's range, over the photos


class Evaluation(_Part):
    """Everything."""

    model: str
    weights_sha256: str
    task: str
    photos: int
    unknown: list[tuple[str, str]]  # (file, label) that no class has
    unreadable: list[str]
    single: SingleLabel | None
    multi: MultiLabel | None
    calibration: Calibration  # at the manifest's temperature
    fitted: Fitted
    comparison: Comparison | None
