"""Compact int8: the fewest bytes after gzip or brotli at a bounded loss, by error feedback, rates
and correction of biases."""

from shiwu_models.quantize.compact.compact import (
    STRENGTH,
    CompactResult,
    Point,
    compact,
    compact_with,
    trade_off,
)
from shiwu_models.quantize.compact.study import Study, study

__all__ = [
    "STRENGTH",
    "CompactResult",
    "Point",
    "Study",
    "compact",
    "compact_with",
    "study",
    "trade_off",
]
