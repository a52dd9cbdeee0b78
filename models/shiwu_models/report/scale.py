"""Axes, linear and logarithmic: round ticks that hold the data."""

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


def logarithmic(low: float, high: float) -> Scale:
    """From below ``low`` to above ``high``, both above 0; the scale's own numbers are log10."""
    first, last = math.log10(low), math.log10(high)
    # The wider the axis, the fewer of a decade's nine ticks.
    factors = (
        (1, 2, 3, 4, 5, 6, 8) if last - first < 0.9 else (1, 2, 5) if last - first < 2 else (1,)
    )
    decades = range(math.floor(first) - 1, math.ceil(last) + 2)
    places = [(math.log10(f) + decade, f, decade) for decade in decades for f in factors]
    below = max(at for at, _, _ in places if at <= first + 1e-9)
    above = min(at for at, _, _ in places if at >= last - 1e-9 and at > below + 1e-9)
    kept = [place for place in places if below <= place[0] <= above]
    return Scale(
        below,
        above,
        tuple(at for at, _, _ in kept),
        tuple(_name_of(factor, decade) for _, factor, decade in kept),
    )


def power_of_ten(exponent: int) -> str:
    """10⁻³."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _name_of(factor: int, decade: int) -> str:
    if -3 <= decade <= 3:
        return f"{factor * 10.0**decade:g}"
    return power_of_ten(decade) if factor == 1 else f"{factor}·{power_of_ten(decade)}"
