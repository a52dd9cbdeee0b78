"""The honest answer in NumPy: the reference that the C++ core (``answer.h``) is held against."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shiwu_models.labels.tables import Label, Node

Floats = NDArray[np.float64]
UNKNOWN = -1
GUESS = 0.4  # a less probable answer would be a guess


@dataclass(frozen=True)
class Tree:
    """Which classes each node holds; the classes themselves come first, as nodes of one class."""

    holds: NDArray[np.bool_]  # [classes + categories, classes]

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.holds.shape[1])

    @cached_property
    def adding(self) -> Floats:
        """[classes, categories]: probabilities times this are the categories' probabilities."""
        return np.ascontiguousarray(self.holds[self.classes :].T, np.float64)

    @cached_property
    def empty(self) -> NDArray[np.bool_]:
        """[nodes], those that hold no class."""
        return np.asarray(~self.holds.any(axis=1), np.bool_)

    @cached_property
    def gain(self) -> Floats:
        """[nodes], 1 for a class, 0 for all of them: 1 - ln(classes below) / ln(classes)."""
        below = np.maximum(self.holds.sum(axis=1), 1)
        share: Floats = 1 - np.log(below) / np.log(max(self.classes, 2))
        return share


def tree_of(labels: list[Label], nodes: list[Node]) -> Tree:
    """The tree over a model's classes; a class is in a node once, by however many ways."""
    place = {node.id: row for row, node in enumerate(nodes)}
    below = np.zeros((len(nodes), len(labels)), np.bool_)
    for index, label in enumerate(labels):
        below[[place[each] for each in label.categories], index] = True
    for row in range(len(nodes) - 1, -1, -1):  # parents stand before children
        for parent in nodes[row].parents:
            below[place[parent]] |= below[row]
    return Tree(np.concatenate([np.eye(len(labels), dtype=np.bool_), below]))


def answers(probabilities: Floats, tree: Tree, hedge: float) -> NDArray[np.intp]:
    """[N] nodes of ``tree``: those of the largest (gain + hedge) · probability.

    Of equal ones a class, else the last, which lies deepest; ``UNKNOWN`` where that is below
    ``GUESS``. From Deng et al., Hedging Your Bets (CVPR 2012).
    """
    sums = np.concatenate([probabilities, probabilities @ tree.adding], axis=1)
    reward = np.where(tree.empty, -1, (tree.gain + hedge) * sums)
    best = reward.shape[1] - 1 - reward[:, ::-1].argmax(axis=1)
    flat = reward[:, : tree.classes]
    best = np.where(flat.max(axis=1) >= reward.max(axis=1), flat.argmax(axis=1), best)
    found: NDArray[np.intp] = np.where(
        np.take_along_axis(sums, best[:, np.newaxis], axis=1)[:, 0] < GUESS, UNKNOWN, best
    )
    return found


def energy(logits: NDArray[np.float32]) -> Floats:
    """[N], log Σ exp(logit): how much of what it knows a picture shows (Liu et al. 2020)."""
    wide = logits.astype(np.float64)
    largest = wide.max(axis=1)
    sums: Floats = largest + np.log(np.exp(wide - largest[:, np.newaxis]).sum(axis=1))
    return sums
