"""Answers as columns of a table."""

from collections.abc import Callable, Sequence
from typing import Any

from shiwu_models.classifier import Classified
from shiwu_models.library_errors import PictureError

FEATURES = "features"

# In the order in which they stand in a file.
COLUMNS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "width": lambda a: a["image"]["width"],
    "height": lambda a: a["image"]["height"],
    "answer_kind": lambda a: a["answer"]["kind"],
    "answer_id": lambda a: a["answer"]["id"],
    "answer_zh": lambda a: a["answer"]["label_zh"],
    "answer_en": lambda a: a["answer"]["label_en"],
    "answer_score": lambda a: a["answer"]["score"],
    "ids": lambda a: [each["id"] for each in a["predictions"]],
    "labels_zh": lambda a: [each["label_zh"] for each in a["predictions"]],
    "labels_en": lambda a: [each["label_en"] for each in a["predictions"]],
    "scores": lambda a: [each["score"] for each in a["predictions"]],
}
ERRORS = ("error", "error_detail")


def columns_of(
    found: Sequence[Classified | PictureError], *, features: bool
) -> dict[str, list[Any]]:
    """Name → a value a picture, None where there is none."""
    columns: dict[str, list[Any]] = {
        name: [None if isinstance(each, PictureError) else take(each.answer) for each in found]
        for name, take in COLUMNS.items()
    }
    errors = [each if isinstance(each, PictureError) else None for each in found]
    columns["error"] = [each.code if each else None for each in errors]
    columns["error_detail"] = [each.detail if each else None for each in errors]
    if features:
        columns[FEATURES] = [
            None if isinstance(each, PictureError) or each.features is None else each.features
            for each in found
        ]
    return columns
