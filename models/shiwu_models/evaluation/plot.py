"""The confusion plot: a matrix where it can be read, else the pairs most often confused."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from shiwu_models.evaluation.result import Confusion, SingleLabel
from shiwu_models.labels.tables import Label

LARGEST_MATRIX = 60  # beyond this a cell's label is smaller than can be read
PAIRS = 25
GREEN, INK, PAPER = "#1d6a56", "#18211e", "#fbfcf9"  # the page's colours
# Simplified Chinese fonts of Linux, macOS and Windows, the best first.
FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",  # the same file often names itself by its first face; it has them all
    "Heiti SC",
    "Songti SC",
    "SimHei",
    "SimSun",
    "Arial Unicode MS",
)


def chinese_font() -> str | None:
    """The first of ``FONTS`` that matplotlib finds here, or None."""
    here = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in here), None)


def plot_confusions(
    single: SingleLabel, labels: list[Label], path: Path, *, title: str = ""
) -> bool:
    """Write the plot; the suffix chooses the format (.png, .svg, .pdf).

    Up to ``LARGEST_MATRIX`` classes: the matrix, each row a true class and shares of its photos.
    More: the ``PAIRS`` most frequent confusions as bars. Returns whether the labels are Chinese:
    without a Chinese font they are English (or ids), never empty boxes.
    """
    font = chinese_font()
    names = [
        label.zh if font else (label.en or label.id or str(index))
        for index, label in enumerate(labels)
    ]
    # svg.hashsalt: the same data gives the same file. "$" in a label is not mathematics.
    style: dict[Any, Any] = {
        "svg.hashsalt": "shiwu",
        "axes.unicode_minus": False,
        "text.parse_math": False,
    }
    if font:
        style["font.family"] = [font, "DejaVu Sans"]
    with mpl.rc_context(style):
        small = len(single.classes) <= LARGEST_MATRIX
        figure = _matrix(single, names) if small else _pairs(single, names)
        if title:
            figure.suptitle(title, fontsize=11, color=INK)
        figure.savefig(path, dpi=150, facecolor=PAPER)
    return font is not None


def _matrix(single: SingleLabel, names: list[str]) -> Figure:
    # A class that is only ever answered, and never true, has a column but no photos of its own.
    order = sorted(entry.index for entry in single.classes)
    place = {index: at for at, index in enumerate(order)}
    counts = np.zeros((len(order), len(order) + 1))
    for entry in single.classes:
        counts[place[entry.index], place[entry.index]] = entry.top1
    for pair in single.confusions:
        counts[place[pair.truth], place.get(pair.answer, len(order))] += pair.photos
    others = counts[:, -1].any()
    shares = counts / counts.sum(axis=1, keepdims=True)
    columns = [names[index] for index in order] + (
        ["其他 other" if chinese_font() else "other"] if others else []
    )
    shares = shares[:, : len(columns)]
    side = max(3.5, 0.28 * len(columns) + 2)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    axes.imshow(shares, cmap=mpl.colormaps["Greens"], vmin=0, vmax=1)
    axes.set_xticks(range(len(columns)), columns, rotation=90, fontsize=8)
    axes.set_yticks(range(len(order)), [names[index] for index in order], fontsize=8)
    axes.set_xlabel("答案 answer" if chinese_font() else "answer")
    axes.set_ylabel("实为 truth" if chinese_font() else "truth")
    if len(columns) <= 20:
        for (row, column), share in np.ndenumerate(shares):
            if share:
                colour = PAPER if share > 0.5 else INK
                axes.text(
                    column, row, f"{share:.0%}", ha="center", va="center", fontsize=7, color=colour
                )
    return figure


def _pairs(single: SingleLabel, names: list[str]) -> Figure:
    pairs = single.confusions[:PAIRS]

    def called(pair: Confusion) -> str:
        return f"{names[pair.truth]} → {names[pair.answer]}"

    figure = Figure(figsize=(8, max(2.0, 0.3 * len(pairs) + 1)), layout="constrained")
    axes = figure.subplots()
    axes.barh(range(len(pairs)), [pair.photos for pair in pairs], color=GREEN, height=0.6)
    axes.set_yticks(range(len(pairs)), [called(pair) for pair in pairs], fontsize=9)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("张 photos" if chinese_font() else "photos")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure
