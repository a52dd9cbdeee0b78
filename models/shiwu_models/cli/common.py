"""What every command shares: the console, the paths of this checkout, and how failing looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape

from shiwu_models.errors import ModelError

MODELS = Path(__file__).resolve().parents[2]
LABELS = MODELS / "labels" / "imagenet1k.tsv"
TAXONOMY = MODELS / "labels" / "taxonomy.tsv"
BUNDLES = MODELS / "bundles"
WORK = MODELS / ".cache"
SCHEMA = MODELS / "manifest.schema.json"
FIXTURES = MODELS.parent / "tests" / "fixtures"

console = Console(highlight=False)


@contextmanager
def failing_clearly() -> Iterator[None]:
    """Turns ModelError into two sentences, its code and exit status 1."""
    try:
        yield
    except ModelError as error:
        # File names and torch's messages may hold square brackets: they are not markup.
        text = f"[red]{escape(error.zh)}[/red]\n{escape(error.en)}\n[dim]{error.code}[/dim]"
        console.print(text, soft_wrap=True)
        raise typer.Exit(1) from error


def read_text(path: Path) -> str:
    """A UTF-8 table of this project's own form. Raises ModelError ``invalid-labels``."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            "invalid-labels",
            zh=f"读不出 {path.name}：{error}。它应是 UTF-8 编码的 TSV。",
            en=f"Cannot read {path.name}: {error}. It must be a UTF-8 TSV.",
        ) from error
