"""The trade-off as data: a row for each model, as the table prints it and ``report`` draws it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from shiwu_models.quantize.judge import Judged
from shiwu_models.sizes import Sizes


@dataclass(frozen=True)
class Row:
    """Bytes raw, gzip and brotli; top1 and top5 count among ``photos`` and are null without
    labels; agreement is the share (0..1) of float's first answers kept; kl in nats; latency_ms is
    the median beside float's in the same run."""

    name: str
    method: str
    raw: int
    gzip: int
    brotli: int
    top1: int | None
    top5: int | None
    photos: int
    agreement: float
    kl: float
    latency_ms: float


def row(name: str, method: str, sizes: Sizes, judged: Judged) -> Row:
    """One model's row."""
    return Row(
        name=name,
        method=method,
        raw=sizes.raw,
        gzip=sizes.gzip,
        brotli=sizes.brotli,
        top1=judged.top1 if judged.labelled else None,
        top5=judged.top5 if judged.labelled else None,
        photos=judged.pictures,
        agreement=judged.same_top1 / judged.pictures,
        kl=judged.kl,
        latency_ms=judged.latency_ms,
    )


def write_curve(path: Path, rows: list[Row]) -> None:
    """The rows as a JSON list."""
    text = json.dumps([asdict(one) for one in rows], indent=2)
    path.write_text(text + "\n", encoding="utf-8")
