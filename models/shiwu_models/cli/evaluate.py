"""``evaluate``: accuracy on a folder of labelled photos."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from shiwu_models.cli.common import BUNDLES, console, failing_clearly


def evaluate(
    folder: Annotated[Path, typer.Argument(help="图片名为 <编号>_<名称>.JPEG。Named <id>_<name>.")],
    model: Annotated[Path, typer.Option(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    reference: Annotated[
        Path | None, typer.Option(help="对照模型，如浮点版。Compare with, e.g. the float one.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="把计数写进 JSON。Write the counts as JSON.")
    ] = None,
) -> None:
    """在一文件夹带标注的图片上数对错。Top-1 and top-5 on a folder of labelled photos."""
    with failing_clearly():
        from shiwu_models.evaluation import evaluate as evaluation
        from shiwu_models.graph import load_model
        from shiwu_models.pack import unpack

        ours = load_model(model)
        theirs = load_model(reference) if reference else None
        packed = unpack(ours)
        photos = evaluation.labelled_photos(folder, packed)
        steps = evaluation.evaluate(photos, packed, ours, theirs)
        *_, (mine, other, agreement) = track(steps, "", len(photos), console=console)
        table = Table("", "top-1", "top-5", title=f"{mine.photos} photos")
        rows = [(model.name, mine)] + ([(reference.name, other)] if reference else [])
        for name, tally in rows:
            shares = (f"{n} ({n / tally.photos:.1%})" for n in (tally.top1, tally.top5))
            table.add_row(name, *shares)
        console.print(table)
        if reference:
            console.print(
                f"same top-1: {agreement.same_top1} ({agreement.same_top1 / mine.photos:.1%}); "
                f"largest |Δ|: {agreement.largest_difference:.2e} of the range"
            )
            if record:
                evaluation.record(record, ours, mine, other, agreement)
