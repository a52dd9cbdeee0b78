"""The one exception that this package raises on purpose."""

from typing import Literal

ErrorCode = Literal[
    # what is missing here
    "missing-package",
    "browser-path",
    # getting a model and exporting it
    "load-failed",
    "unsafe-pickle",
    "train-mode",
    "unsupported-opset",
    "missing-operator",
    "export-failed",
    # the .onnx file
    "invalid-model",
    "invalid-graph",
    "too-large",
    "input-mismatch",
    # what goes with it
    "invalid-image",
    "no-photos",
    "unreadable-text",
    "invalid-labels",
    "label-count",
    "invalid-manifest",
    # what is measured
    "parity",
    "accuracy-drop",
    # results of many pictures
    "other-results",
    "no-cluster",
]


class ModelError(Exception):
    """Something a model maker can mend: what is wrong and what to do, in both languages.

    ``code`` is stable and meant for programs; ``zh`` and ``en`` are one sentence or two each.
    """

    def __init__(self, code: ErrorCode, *, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.code: ErrorCode = code
        self.zh = zh
        self.en = en
