"""``calibrate``: what a score means, and when to name no more than a category."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from shiwu_models.cli.common import BUNDLES, console, failing_clearly

if TYPE_CHECKING:
    from shiwu_models.honesty.measure import Measured


def calibrate(
    photos: Annotated[
        Path,
        typer.Argument(
            help="带标注的图片，同 evaluate；模型的标签要有类目。"
            "Labelled photos, as for evaluate; the model's labels need categories."
        ),
    ],
    model: Annotated[Path, typer.Option(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    threads: Annotated[int, typer.Option(min=1, help="线程数。Threads.")] = 1,
    write: Annotated[
        Path | None, typer.Option(help="写出校准好的模型。Write the calibrated model.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(help="记进 measurements.json，供 relabel 用。Keep it for relabel."),
    ] = None,
    doc: Annotated[
        Path | None, typer.Option(help="把数字和图写进这篇文档。Put the figures into this page.")
    ] = None,
) -> None:
    """拟合温度和回答的分寸，量出老实程度。Temperature, hedge, and how honest answers are."""
    with failing_clearly():
        from shiwu_models.evaluation.dataset import read_dataset
        from shiwu_models.graph import load_model, to_bytes, weights_sha256
        from shiwu_models.honesty.measure import KINDS, measure
        from shiwu_models.honesty.report import write_figures
        from shiwu_models.labels.tables import parse_labels
        from shiwu_models.measurements import keep
        from shiwu_models.pack import pack, unpack

        ours = load_model(model)
        packed = unpack(ours)
        dataset = read_dataset(photos, parse_labels(packed.labels))
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(model.name, total=len(dataset.samples) * KINDS)
            measured = measure(
                dataset.samples, ours, packed, threads=threads, seen=lambda: progress.advance(task)
            )
        _print(measured)
        if record:
            keep(record, weights_sha256(ours), calibration=measured.rule.model_dump())
        if write:
            manifest = packed.manifest.model_copy(update={"calibration": measured.rule})
            write.write_bytes(to_bytes(pack(ours, manifest, packed.labels, packed.taxonomy)))
        if doc:
            for path in write_figures(doc, packed.manifest.id, measured):
                console.print(escape(str(path)))


def _print(measured: "Measured") -> None:
    rule = measured.rule
    console.print(
        f"temperature {rule.temperature:g}, hedge {rule.hedge:g}, familiar {rule.familiar:g}"
    )
    headings = ("top-1", "对 right", "深度 depth", "说类 class", "对", "说类目 category", "对")
    table = Table("", *headings, "看不出来")
    for kind, at in measured.crossed.items():
        values = (
            measured.flat[kind],
            at.right,
            at.gain,
            at.by_class,
            at.class_right,
            at.by_category,
            at.category_right,
            at.unknown,
        )
        table.add_row(kind, *(f"{value:.1%}" for value in values))
    console.print(table)
    for kind, share in measured.nothing.items():
        console.print(f"{kind}: 看不出来 {share:.0%}")
