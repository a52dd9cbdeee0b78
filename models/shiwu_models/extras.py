"""What is not in the ordinary installation: each command's extra, asked for in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from shiwu_models.errors import ModelError

Extra = Literal["serve", "cluster", "mobile"]


@contextmanager
def extra(name: Extra) -> Iterator[None]:
    """Around the import of what needs it: raises ModelError ``missing-package``."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("shiwu_models"):
            raise
        raise ModelError(
            "missing-package",
            zh=f"缺少 Python 包 {error.name}：请运行 pip install 'shiwu-models[{name}]'。",
            en=f"Python package {error.name} is missing: run pip install 'shiwu-models[{name}]'.",
        ) from error
