"""The report's figures as SVG text, coloured by the page's style sheet, so that dark mode holds.

Coordinates are CSS pixels of a phone's width; the browser scales the whole figure.
"""

import math
from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from shiwu_models.evaluation.result import CurveBin
from shiwu_models.quantize.curve import Row
from shiwu_models.report.scale import Scale, linear, logarithmic, power_of_ten

WIDTH = 360
LIMIT = 0.5  # points of top-1, as quantize's --max-drop
LEAST_KL = 1e-8  # float32 gives no smaller one that means anything
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 42
_BYTES = "gzip 后 MB after gzip（对数 log）"
# Where a point's number may stand beside it, the best first: pixels from the point to its middle.
_BESIDE = ((0, -10), (0, 10), (10, 0), (-10, 0), (8, -8), (-8, -8), (8, 8), (-8, 8))


def scatter(points: Sequence[tuple[float, float]], x_name: str, y_name: str) -> Markup:
    """Logits of two paths; on the diagonal they are equal."""
    values = [value for point in points for value in point]
    scale = linear(min(values), max(values), 5)
    plot = _Plot(340, scale, scale, x_name, y_name)
    plot.line(scale.low, scale.low, scale.high, scale.high, "diagonal")
    # One path of zero-length strokes with round ends: a fifth of the bytes of circles.
    dots = "".join(f"M{plot.x(x):.1f} {plot.y(y):.1f}h0" for x, y in points)
    plot.add(f'<path class="dots" d="{dots}"/>')
    return plot.svg(f"{x_name} – {y_name}")


def delta_histogram(deltas: Sequence[float], bound: float) -> Markup:
    """How many photos have which largest |Δ| of probabilities, by decades; the bound marked."""
    # float32's last digit of a probability near 1 is 6e-8: nothing below 1e-9 means anything.
    exponents = [math.log10(max(delta, 1e-9)) for delta in deltas]
    low = min(math.floor(min(exponents)), -8)
    high = max(math.ceil(max(exponents) + 1e-9), round(math.log10(bound)) + 1)
    steps = 4  # bars a decade
    counts = [0] * ((high - low) * steps)
    for exponent in exponents:
        counts[min(int((exponent - low) * steps), len(counts) - 1)] += 1
    ticks = tuple(float(value) for value in range(low, high + 1, 2 if high - low > 5 else 1))
    x = Scale(low, high, ticks, tuple(power_of_ten(round(tick)) for tick in ticks))
    y = linear(0, max(counts), 4, whole=True)
    plot = _Plot(340, x, y, "|Δ| 概率 of probabilities", "张 photos")
    for place, count in enumerate(counts):
        if count:
            at = low + place / steps
            plot.bar(at, at + 1 / steps, 0, count, "bar")
    at = math.log10(bound)
    plot.line(at, y.low, at, y.high, "limit")
    plot.text(at, y.high, f"{bound:.0e}".replace("e-0", "e-"), "limit-name", dx=-4, dy=9)
    return plot.svg("|Δ|")


def reliability(bins: Sequence[CurveBin], title: str) -> Markup:
    """Share that is right against how sure the model was; on the diagonal it is honest."""
    scale = Scale(0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1), ("0", "20", "40", "60", "80", "100 %"))
    plot = _Plot(320, scale, scale, "把握 confidence", "正确率 accuracy")
    most = max((entry.count for entry in bins), default=0)
    for entry in bins:
        if not entry.count:
            continue
        # The more answers in it, the stronger the bar: a bin of three says little.
        strength = 0.3 + 0.7 * math.sqrt(entry.count / most)
        plot.bar(entry.low, entry.high, 0, entry.accuracy, "bar", strength)
        middle = (entry.low + entry.high) / 2
        plot.line(middle, entry.accuracy, middle, entry.confidence, "gap")
    plot.line(0, 0, 1, 1, "diagonal")
    return plot.svg(title)


def trade_off(rows: Sequence[Row]) -> Markup:
    """Bytes after gzip against what is kept: top-1 where it was counted, else agreement.

    Points carry their row's number; the line joins those that no other beats in both. The float
    model, several times as large as all others, is a line at its height, so that they have room.
    """
    counted = _counted(rows)
    kept = [100 * ((row.top1 or 0) / row.photos if counted else row.agreement) for row in rows]
    drawn = _drawn(rows)
    reference = next((k for k, row in zip(kept, rows, strict=True) if row.method == "float"), None)
    held = [kept[i] for i in drawn] + ([reference] if reference is not None else [])
    # At least one point of range: a single photo must not look like a cliff.
    y = linear(min(*held, max(held) - 1), max(held), 5)
    name = "top-1 %" if counted else "与浮点版同答案 same answer as float %"
    x = logarithmic(*_range([rows[i].gzip / 1e6 for i in drawn]))
    plot = _Plot(300, x, y, _BYTES, name)
    if reference is not None:
        plot.line(x.low, reference, x.high, reference, "diagonal")
        plot.text(x.low, reference, "浮点 float", "line-name", dx=4, dy=-4)
        if reference - LIMIT >= y.low:
            plot.line(x.low, reference - LIMIT, x.high, reference - LIMIT, "limit")
            plot.text(x.high, reference - LIMIT, f"−{LIMIT}", "limit-name", dy=11)
    places = [(math.log10(rows[i].gzip / 1e6), kept[i]) for i in drawn]
    best = -math.inf
    front = []
    for size, share in sorted(places, key=lambda p: (p[0], -p[1])):
        if share > best:
            front.append((size, share))
            best = share
    plot.route(front)
    plot.numbered(places, [i + 1 for i in drawn])
    return plot.svg("量化：字节与正确率 bytes and accuracy")


def divergences(rows: Sequence[Row]) -> Markup:
    """Bytes after gzip against the probabilities' distance from float's: no single photo makes it
    jump. The line joins the strengths of one method."""
    drawn = [i for i in _drawn(rows) if rows[i].method != "float"]
    places = {
        i: (math.log10(rows[i].gzip / 1e6), math.log10(max(rows[i].kl, LEAST_KL))) for i in drawn
    }
    x = logarithmic(*_range([rows[i].gzip / 1e6 for i in drawn]))
    low = math.floor(min(at for _, at in places.values()))
    high = max(math.ceil(max(at for _, at in places.values())), low + 1)
    ticks = tuple(range(low, high + 1))
    y = Scale(low, high, ticks, tuple(power_of_ten(tick) for tick in ticks))
    plot = _Plot(300, x, y, _BYTES, "KL（nat）")
    for method in dict.fromkeys(rows[i].method for i in drawn):
        plot.route(sorted(places[i] for i in drawn if rows[i].method == method))
    plot.numbered(list(places.values()), [i + 1 for i in drawn])
    return plot.svg("量化：字节与 KL 散度 bytes and divergence")


def _counted(rows: Sequence[Row]) -> bool:
    return all(row.top1 is not None and row.photos for row in rows)


def _drawn(rows: Sequence[Row]) -> list[int]:
    """Which rows are points: all but the float model, unless there is nothing else."""
    return [i for i, row in enumerate(rows) if row.method != "float"] or list(range(len(rows)))


def _range(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


class _Plot:
    """Axes with ticks, and places in data's own units."""

    def __init__(self, height: int, x: Scale, y: Scale, x_name: str, y_name: str) -> None:
        self._height = height
        self.x: Callable[[float], float] = lambda value: (
            _LEFT + (value - x.low) / (x.high - x.low) * (WIDTH - _LEFT - _RIGHT)
        )
        self.y: Callable[[float], float] = lambda value: (
            height - _BOTTOM - (value - y.low) / (y.high - y.low) * (height - _BOTTOM - _TOP)
        )
        self._parts: list[str] = []
        for tick, name in zip(y.ticks, y.names, strict=True):
            self.line(x.low, tick, x.high, tick, "grid")
            self.text(x.low, tick, name, "tick tick-y", dx=-6, dy=3.5)
        for tick, name in zip(x.ticks, x.names, strict=True):
            self.text(tick, y.low, name, "tick tick-x", dy=16)
        self.line(x.low, y.low, x.high, y.low, "axis")
        middle = (_LEFT + WIDTH - _RIGHT) / 2
        self.add(f'<text class="name" x="{middle}" y="{height - 6}">{escape(x_name)}</text>')
        upright = (height - _BOTTOM + _TOP) / 2
        self.add(
            f'<text class="name" transform="translate(11 {upright}) rotate(-90)">'
            f"{escape(y_name)}</text>"
        )

    def add(self, part: str) -> None:
        """Something drawn already; its texts are escaped."""
        self._parts.append(part)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A line between two places."""
        self.add(
            f'<line class="{kind}" x1="{self.x(x1):.1f}" y1="{self.y(y1):.1f}" '
            f'x2="{self.x(x2):.1f}" y2="{self.y(y2):.1f}"/>'
        )

    def bar(
        self, x1: float, x2: float, y1: float, y2: float, kind: str, strength: float = 1
    ) -> None:
        """A bar from ``x1`` to ``x2``, with a pixel of air to the next."""
        left, right, top, foot = self.x(x1), self.x(x2), self.y(y2), self.y(y1)
        self.add(
            f'<rect class="{kind}" x="{left + 0.5:.1f}" y="{top:.1f}" '
            f'width="{max(right - left - 1, 0.5):.1f}" height="{max(foot - top, 0):.1f}" '
            f'opacity="{strength:.2f}"/>'
        )

    def text(self, x: float, y: float, text: str, kind: str, dx: float = 0, dy: float = 0) -> None:
        """A text at a place, moved by pixels."""
        self.add(
            f'<text class="{kind}" x="{self.x(x) + dx:.1f}" y="{self.y(y) + dy:.1f}">'
            f"{escape(text)}</text>"
        )

    def route(self, places: Sequence[tuple[float, float]]) -> None:
        """A line through places in their order."""
        route = "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in places)
        self.add(f'<path class="front" d="M{route}"/>')

    def numbered(self, places: Sequence[tuple[float, float]], numbers: Sequence[int]) -> None:
        """Dots with a number beside each, where it covers no dot and no other number."""
        dots = [(self.x(x), self.y(y)) for x, y in places]
        for at_x, at_y in dots:
            self.add(f'<circle class="stop" cx="{at_x:.1f}" cy="{at_y:.1f}" r="4"/>')
        taken: list[tuple[float, float]] = []
        for (at_x, at_y), number in zip(dots, numbers, strict=True):
            wide = 3.5 * len(str(number)) + 1.5  # half of it
            beside = [(at_x + dx * max(1, wide / 6), at_y + dy) for dx, dy in _BESIDE]
            free = [
                sum(abs(x - a) < wide + 4 and abs(y - b) < 9 for a, b in dots)
                + 2 * sum(abs(x - a) < 2 * wide and abs(y - b) < 10 for a, b in taken)
                for x, y in beside
            ]
            x, y = beside[free.index(min(free))]
            taken.append((x, y))
            self.add(f'<text class="stop-name" x="{x:.1f}" y="{y + 3.5:.1f}">{number}</text>')

    def svg(self, title: str) -> Markup:
        """The whole figure; ``title`` is what a screen reader says."""
        return Markup(  # noqa: S704 (every text above is escaped)
            f'<svg class="figure" viewBox="0 0 {WIDTH} {self._height}" role="img" '
            f'aria-label="{escape(title)}">{"".join(self._parts)}</svg>'
        )
