"""``measurements.json`` beside a bundle: what was measured of its weights."""

import json
from pathlib import Path
from typing import Any


def keep(path: Path, weights: str, **parts: dict[str, Any]) -> None:
    """Write parts (plain JSON types) for the weights of this digest; other parts of theirs stay."""
    content = {"weights_sha256": weights} | _of(path, weights) | parts
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def kept(path: Path, weights: str, part: str) -> dict[str, Any] | None:
    """A part that was recorded for exactly these weights, or None."""
    return _of(path, weights).get(part)


def _of(path: Path, weights: str) -> dict[str, Any]:
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content if content["weights_sha256"] == weights else {}
