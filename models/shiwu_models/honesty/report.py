"""The figures of docs/honest-answers.md: tables between a model's marks, and curves beside."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from shiwu_models.errors import ModelError
from shiwu_models.honesty.measure import NOTHINGS, Measured

GREEN, INK, PAPER, FAINT = "#1d6a56", "#18211e", "#fbfcf9", "#9fb3ab"  # the page's colours


def write_figures(doc: Path, name: str, measured: Measured) -> list[Path]:
    """Put the tables between ``<!-- name -->`` and ``<!-- end of name -->``, the curves into
    ``<doc>-<name>.svg``; the paths written. Raises ModelError ``invalid-manifest`` without marks.
    """
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    text = doc.read_text(encoding="utf-8")
    if begin not in text or end not in text:
        raise ModelError(
            "invalid-manifest",
            zh=f"{doc.name} 里没有 {begin.strip()} 和 {end} 这两个记号，不知道把数字写在哪里。",
            en=f"{doc.name} has no marks {begin.strip()} and {end} to write between.",
        )
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    picture = doc.with_name(f"{doc.stem}-{name}.svg")
    doc.write_text(before + begin + _tables(measured, picture.name) + end + after, encoding="utf-8")
    _draw(picture, measured)
    return [doc, picture]


def _tables(measured: Measured, picture: str) -> str:
    rule = measured.rule
    rows = []
    for kind, at in measured.crossed.items():
        before, after = measured.error[kind]
        cells = [
            f"{measured.flat[kind]:.1%}",
            f"**{at.right:.1%}**",
            f"{at.gain:.2f}",
            f"{at.by_class:.1%} ({at.class_right:.1%})",
            f"{at.by_category:.1%} ({at.category_right:.1%})",
            f"{at.unknown:.1%}",
            f"{before:.1%} → {after:.1%}",
        ]
        rows.append(f"| {kind} | " + " | ".join(cells) + " |")
    told = " | ".join(f"{share:.0%}" for share in measured.nothing.values())
    return "\n".join(
        [
            "",
            f"Temperature {rule.temperature:g}, hedge {rule.hedge:g}, familiar {rule.familiar:g}; "
            f"{measured.photos} photos. Each half by the rule that the other half gave:",
            "",
            "| photos | flat top-1 | answer right | depth | by class (right) | by category (right) "
            "| can’t tell | calibration error, before → after |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *rows,
            "",
            f"Can’t tell, of {NOTHINGS} pictures of each kind of nothing:",
            "",
            "| " + " | ".join(measured.nothing) + " |",
            "| " + " | ".join("---:" for _ in measured.nothing) + " |",
            f"| {told} |",
            "",
            f"![Left: how often scores are right. Right: answers and depth, by hedge.]({picture})",
            "",
        ]
    )


def _draw(path: Path, measured: Measured) -> None:
    style: dict[Any, Any] = {
        "svg.hashsalt": "shiwu",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "text.color": INK,
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(9, 3.6), facecolor=PAPER, layout="constrained")
        left, right = figure.subplots(1, 2)
        _reliability(left, measured)
        _curve(right, measured)
        figure.savefig(path, metadata={"Date": None})


def _reliability(axes: Axes, measured: Measured) -> None:
    axes.plot([0, 1], [0, 1], color=FAINT, linestyle="--", linewidth=1)
    for bins, colour, label in zip(measured.bins, (FAINT, GREEN), ("before", "after"), strict=True):
        filled = [each for each in bins if each.count]
        axes.plot(
            [each.confidence for each in filled],
            [each.accuracy for each in filled],
            color=colour,
            marker="o",
            markersize=4,
            label=label,
        )
    axes.set(xlabel="score of the first class", ylabel="how often it is right", facecolor=PAPER)
    axes.legend(frameon=False)


def _curve(axes: Axes, measured: Measured) -> None:
    hedges = [hedge for hedge, _ in measured.curve]
    for value, colour, label in (
        ("right", GREEN, "answers right"),
        ("gain", INK, "depth"),
        ("by_class", FAINT, "answers that are a class"),
    ):
        axes.plot(
            hedges, [getattr(at, value) for _, at in measured.curve], color=colour, label=label
        )
    axes.axvline(measured.rule.hedge or 0, color=FAINT, linestyle="--", linewidth=1)
    axes.set(xscale="log", xlabel="hedge", facecolor=PAPER)
    axes.legend(frameon=False)
