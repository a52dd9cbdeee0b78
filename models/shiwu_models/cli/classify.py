"""``classify``: names for as many pictures as there are, on all cores or on a cluster."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from shiwu_models.cli.common import BUNDLES, console, failing_clearly
from shiwu_models.cli.verify import speak_utf8


class LanguageName(StrEnum):
    """Of names and sentences."""

    zh = "zh"
    en = "en"


class PrecisionName(StrEnum):
    """The library's two ways of decoding."""

    fast = "fast"
    exact = "exact"


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.0f} 张/秒 per s", style="cyan")


def classify(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="文件夹、通配符、图片、ZIP/TAR 包、清单（.csv .tsv .parquet .txt），本地路径或 "
            "s3:// 之类的地址。Folders, globs, pictures, archives, lists; paths or addresses."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            help="结果：.parquet（一个文件夹，可直接读）、.csv 或 .jsonl。Where results go; a "
            ".parquet is a folder."
        ),
    ],
    model: Annotated[Path, typer.Option(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    address: Annotated[
        str | None,
        typer.Option(
            help="已有的 Ray 集群：auto、主机:端口；不给则只用这台机器的所有核。A Ray cluster that "
            "is there; without it, all cores here."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="几个进程，默认每核一个。Processes; one a core.")
    ] = None,
    top: Annotated[
        int, typer.Option(min=1, max=1000, help="每张几个名称。Names for each picture.")
    ] = 5,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="低于它的不要。Leave out lower scores."),
    ] = None,
    lang: Annotated[
        LanguageName, typer.Option(help="CSV 里名称的语言。Language of names in a CSV.")
    ] = LanguageName.zh,
    features: Annotated[
        bool, typer.Option("--features", help="也写特征向量。The embedding as well.")
    ] = False,
    precision: Annotated[
        PrecisionName,
        typer.Option(help="fast 与网页默认一致；exact 解码每个像素。As the library's precision."),
    ] = PrecisionName.fast,
    column: Annotated[
        str | None,
        typer.Option(help="清单里哪一列是图片；默认认 file、path、url 等。The list's column."),
    ] = None,
    max_pixels: Annotated[
        int, typer.Option(min=1, help="最大的图片，像素数。Largest picture, in pixels.")
    ] = 200_000_000,
) -> None:
    """给成千上万张图片起名；中断后原样再运行即可接着做。Name millions of pictures; resumable."""
    speak_utf8()
    with failing_clearly():
        from shiwu_models.extras import extra

        with extra("cluster"):
            from shiwu_models.batch.run import Progress as Far
            from shiwu_models.batch.run import classify_all
            from shiwu_models.batch.sources import pictures_of
            from shiwu_models.batch.work import Options
        from shiwu_models.classifier import read_model

        options = Options(top, threshold, lang.value, features, precision.value, max_pixels)
        bar = Progress(
            TextColumn("识别 naming"),
            BarColumn(),
            MofNCompleteColumn(),
            _Speed(),
            TextColumn("剩 left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        with bar:
            task = bar.add_task("", total=None)

            def show(far: Far) -> None:
                bar.update(task, total=far.total, completed=far.done)

            end = classify_all(
                pictures_of(sources, column),
                out,
                read_model(model),
                options,
                address=address,
                workers=workers,
                progress=show,
            )
        console.print(
            f"{out}: {end.done} 行 rows，这次出错 failed in this run {end.failed}",
            markup=False,
            soft_wrap=True,
        )
