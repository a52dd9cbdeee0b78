"""The one exception that this package raises on purpose."""

from typing import Literal

ErrorCode = Literal[
    "missing-package",
    "train-mode",
    "export-failed",
    "invalid-model",
    "invalid-image",
    "invalid-labels",
    "invalid-manifest",
    "parity",
    "no-photos",
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
