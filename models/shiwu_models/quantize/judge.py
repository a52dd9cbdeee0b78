"""What a quantised model costs: beside its float model, on the same pictures, at the same time."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.head import Head
from shiwu_models.manifest import Manifest
from shiwu_models.runtime import Runner
from shiwu_models.scores import top_k

WARM_UP = 3  # runs whose time does not count: caches and allocators are cold
TIMED = 25  # at least so many timed runs of each model
_TINY = 1e-12  # a probability of 0 costs log(1e-12), not infinity


@dataclass(frozen=True)
class Judged:
    """One model on the pictures seen; counts, and means over the pictures."""

    pictures: int
    labelled: int  # of the pictures; top1 and top5 count among these
    top1: int
    top5: int
    same_top1: int  # first answers that are the float model's
    expected_loss: float  # mean of p(float's answer) - p(this answer), p being float's; 0..1
    largest_difference: float  # of a probability, 0..1
    kl: float  # mean KL(float ‖ this), nats
    cosine: float  # mean cosine of the logits
    latency_ms: float  # median


class _Figures:
    """Sums for one model."""

    def __init__(self, model: ModelProto) -> None:
        self.runner = Runner(model)
        self.top1 = self.top5 = self.same = 0
        self.loss = self.largest = self.kl = self.cosine = 0.0
        self.times: list[float] = []

    def run(self, tensor: NDArray[np.float32], output: str) -> NDArray[np.float32]:
        start = perf_counter()
        result = self.runner.run(tensor, output)
        self.times.append(1000 * (perf_counter() - start))
        return result.reshape(-1)


class Judge:
    """Shows each picture to the float model and to every other, one after the other.

    So they are timed in the same minute of the same machine: compare the medians with each other.
    """

    def __init__(
        self,
        float_model: ModelProto,
        others: dict[str, ModelProto],
        output: str,
        manifest: Manifest | None = None,
    ) -> None:
        self._float = _Figures(float_model)
        self._others = {name: _Figures(model) for name, model in others.items()}
        self._output = output
        # The float model's: a method may put nodes behind it, and means the same.
        self._head = Head.of(float_model, output, manifest, with_no=True)
        self._pictures = self._labelled = 0
        self._last: NDArray[np.float32] | None = None

    def see(self, tensor: NDArray[np.float32], truth: tuple[int, ...] = ()) -> None:
        """One picture, float32 of the input's shape with a batch of one; ``truth`` holds the right
        classes (of a yes or no, 1 is yes), and is empty when they are not known."""
        raw = self._float.run(tensor, self._output)
        expected, wanted = self._head.logits(raw), self._head.scores(raw)
        first = top_k(expected, 1)[0]
        self._pictures += 1
        self._labelled += bool(truth)
        self._last = tensor
        for figures in (self._float, *self._others.values()):
            same_model = figures is self._float
            own = raw if same_model else figures.run(tensor, self._output)
            logits, got = self._head.logits(own), self._head.scores(own)
            best = top_k(logits, 5)
            figures.top1 += best[0] in truth
            figures.top5 += any(answer in truth for answer in best)
            figures.same += best[0] == first
            figures.loss += float(wanted[first] - wanted[best[0]])
            figures.largest = max(figures.largest, float(np.abs(wanted - got).max()))
            figures.kl += _kl(wanted, got)
            figures.cosine += _cosine(expected, logits)

    def finish(self) -> tuple[Judged, dict[str, Judged]]:
        """The float model's figures and each other's, by name. At least one picture was seen."""
        assert self._last is not None
        while len(self._float.times) < WARM_UP + TIMED:
            for figures in (self._float, *self._others.values()):
                figures.run(self._last, self._output)
        return self._judged(self._float), {n: self._judged(f) for n, f in self._others.items()}

    def _judged(self, figures: _Figures) -> Judged:
        count = self._pictures
        return Judged(
            pictures=count,
            labelled=self._labelled,
            top1=figures.top1,
            top5=figures.top5,
            same_top1=figures.same,
            expected_loss=figures.loss / count,
            largest_difference=figures.largest,
            kl=figures.kl / count,
            cosine=figures.cosine / count,
            latency_ms=float(np.median(figures.times[WARM_UP:])),
        )


def _kl(p: NDArray[np.float64], q: NDArray[np.float64]) -> float:
    """KL(p ‖ q) in nats. A sigmoid's probabilities do not sum to 1: each is then a coin."""
    safe = np.maximum(q, _TINY)
    total = float((p * np.log(np.maximum(p, _TINY) / safe)).sum())
    if abs(float(p.sum()) - 1) > 1e-6:
        rest, other = np.maximum(1 - p, _TINY), np.maximum(1 - q, _TINY)
        total += float((rest * np.log(rest / other)).sum())
    return max(total, 0.0)


def _cosine(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    x, y = a.astype(np.float64), b.astype(np.float64)
    return float(x @ y / max(float(np.linalg.norm(x) * np.linalg.norm(y)), 1e-30))
