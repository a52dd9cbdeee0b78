"""Scores to names and an honest answer: the JSON of the library's ``classify``.

The library has it in C++ (``answer.h``, ``taxonomy.h``) and ``web/src/worker/engine.ts``; the same
fields, in the same order.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from shiwu_models.honesty.answer import GUESS, UNKNOWN, answers, energy, tree_of
from shiwu_models.labels.tables import Label, Node, parse_labels, parse_taxonomy
from shiwu_models.library_errors import PictureError
from shiwu_models.pack import Packed
from shiwu_models.scores import top_k

Language = Literal["zh", "en"]

HEDGE = 5.0  # where the model's maker has not measured it, as in the library
TAGGED = 0.5  # of a tagger's label without a threshold
CANNOT_TELL = ("看不出来", "can’t tell")

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What is asked of one picture; as the library's ``ClassifyOptions``."""

    top_k: int = 5
    threshold: float | None = None  # None: each label's own where there are such, else 0
    language: Language = "zh"  # of the fields called ``label``


class Names:
    """The labels and categories of one model, ready to name scores."""

    def __init__(self, packed: Packed) -> None:
        """Raises ModelError ``invalid-labels`` when a table is wrong."""
        self.labels = parse_labels(packed.labels)
        self._nodes = parse_taxonomy(packed.taxonomy) if packed.taxonomy else []
        self._row = {node.id: row for row, node in enumerate(self._nodes)}
        known = [_only_known(label, self._row) for label in self.labels]
        self._tree = tree_of(known, self._nodes)
        self._paths = [self._path_of(label) for label in known]
        self._calibration = packed.manifest.calibration
        self._own = np.array([label.threshold or 0.0 for label in self.labels])
        self._has_own = any(label.threshold is not None for label in self.labels)

    def predictions(self, scores: NDArray[np.float32], asked: Asked) -> list[Json]:
        """The best first: of ``scores`` [labels] those at or above the threshold."""
        least = asked.threshold
        floor = np.full(len(scores), least) if least is not None else self._own
        order = top_k(scores, len(scores) if self._has_own and least is None else asked.top_k)
        kept = [index for index in order if scores[index] >= np.float32(floor[index])]
        return [self._prediction(i, float(scores[i]), asked) for i in kept[: asked.top_k]]

    def answer(
        self, logits: NDArray[np.float32], scores: NDArray[np.float32], *, exclusive: bool
    ) -> "Named":
        """What can honestly be said of scores [labels]: see docs/honest-answers.md."""
        first = top_k(scores, 1)[0]
        unknown = Named("unknown", None, *CANNOT_TELL, float(scores[first]), [])
        familiar = self._calibration.familiar
        if familiar is not None and energy(logits[np.newaxis])[0] < familiar:
            return unknown
        if not exclusive:
            reached = scores >= np.where(self._own > 0, self._own, TAGGED)
            tagged = [i for i in top_k(scores, len(scores)) if reached[i]]
            return self._class(tagged[0], scores) if tagged else unknown
        hedge = self._calibration.hedge
        wide = scores.astype(np.float64)
        node = int(answers(wide[np.newaxis], self._tree, HEDGE if hedge is None else hedge)[0])
        if node == UNKNOWN:
            return unknown
        if node < len(scores):
            return self._class(node, scores)
        score = np.float32(min(float(wide[self._tree.holds[node]].sum()), 1.0))
        path = self._path_to(node - len(scores))
        last = path[-1]
        if score < GUESS:  # a float32 below it, whose double was not
            return unknown
        return Named("category", last["id"], last["zh"], last["en"], float(score), path)

    def _class(self, index: int, scores: NDArray[np.float32]) -> "Named":
        label = self.labels[index]
        return Named(
            "class",
            label.id or str(index),
            label.zh,
            label.en or label.zh,
            float(scores[index]),
            self._paths[index],
        )

    def _prediction(self, index: int, score: float, asked: Asked) -> Json:
        label = self.labels[index]
        en = label.en or label.zh
        return {
            "index": index,
            "id": label.id or str(index),
            "label": label.zh if asked.language == "zh" else en,
            "label_zh": label.zh,
            "label_en": en,
            "aliases": list(label.zh_aliases),
            "categories": self._paths[index],
            "score": score,
        }

    def _path_of(self, label: Label) -> list[Json]:
        return self._path_to(self._row[label.categories[0]]) if label.categories else []

    def _path_to(self, row: int) -> list[Json]:
        """From the widest category down, by first parents."""
        path: list[Json] = []
        node: Node | None = self._nodes[row]
        while node is not None:
            path.insert(0, {"id": node.id, "zh": node.zh, "en": node.en, "itself": node.itself})
            node = self._nodes[self._row[node.parents[0]]] if node.parents else None
        return path


@dataclass(frozen=True)
class Named:
    """The honest answer to one picture."""

    kind: Literal["class", "category", "unknown"]
    id: str | None
    zh: str
    en: str
    score: float
    path: list[Json]

    def plain(self, language: Language = "zh") -> Json:
        """``answer`` of the library's JSON."""
        return {
            "kind": self.kind,
            "id": self.id,
            "label": self.zh if language == "zh" else self.en,
            "label_zh": self.zh,
            "label_en": self.en,
            "score": self.score,
            "path": self.path,
        }


def finite(outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """``outputs`` themselves. Raises PictureError ``non-finite-scores`` for NaN or infinity."""
    if not np.isfinite(outputs).all():
        raise PictureError("non-finite-scores")
    return outputs


def _only_known(label: Label, known: dict[str, int]) -> Label:
    if known:
        return label  # pack has held both tables against each other
    return Label(label.id, label.zh, label.zh_aliases, label.en, (), label.threshold)
