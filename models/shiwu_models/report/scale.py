"""Axes: round ticks that hold the data."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """An axis from ``low`` to ``high`` (low < high), its ticks and what is written at them."""

    low: float
    high: float
    ticks: tuple[float, ...]
    names: tuple[str, ...]


def linear(low: float, high: float, count: int, *, whole: bool = False) -> Scale:
    """About ``count`` steps of 1, 2 or 5 times a power of ten, from below ``low`` to above
    ``high``; ``whole`` allows no step below 1. Both must be finite."""
    span = high - low
    # Ticks closer than a double's digits could not be told apart.
    if span <= 1e-9 * max(abs(low), abs(high), 1e-3):
        span = max(abs(high), 1.0) * 0.1
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    if whole:
        step = max(step, 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = tuple(round(place * step, digits) for place in range(first, last + 1))
    names = tuple(f"{tick:.{digits}f}".replace("-", "−") for tick in ticks)
    return Scale(ticks[0], ticks[-1], ticks, names)
