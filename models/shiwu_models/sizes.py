"""Bytes as a visitor downloads them."""

import gzip
from dataclasses import dataclass

import brotli


@dataclass(frozen=True)
class Sizes:
    """Bytes of one file: as it is, and as a web server would send it."""

    raw: int
    gzip: int
    brotli: int


def measure(data: bytes) -> Sizes:
    """Sizes of ``data``, gzip at level 9 and brotli at quality 11 (the best of each)."""
    return Sizes(
        raw=len(data),
        gzip=len(gzip.compress(data, 9, mtime=0)),
        brotli=len(brotli.compress(data, quality=11)),
    )
