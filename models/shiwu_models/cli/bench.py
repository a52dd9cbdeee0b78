"""``bench``: PyTorch, ONNX Runtime and the browser's path beside each other on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from shiwu_models.cli.common import BUNDLES, FIXTURES, console, failing_clearly

if TYPE_CHECKING:
    from shiwu_models.bench.result import Bench


def bench(
    model: Annotated[Path, typer.Argument(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    float_model: Annotated[
        Path | None, typer.Option("--float", help="浮点版 .onnx，一起测。The float .onnx, too.")
    ] = None,
    torch: Annotated[
        str | None,
        typer.Option(
            help="PyTorch 模型：lite0、包.模块:工厂，或文件；默认按清单的 id。"
            "The PyTorch model: lite0, package.module:factory or a file; by default the manifest's."
        ),
    ] = None,
    factory: Annotated[
        str | None, typer.Option(help="--torch 只有权重时的工厂。The factory for a state dict.")
    ] = None,
    photo: Annotated[Path, typer.Option(help="看哪张图片。The photo to look at.")] = (
        FIXTURES / "photos" / "chelsea.png"
    ),
    runs: Annotated[int, typer.Option(min=1, help="每项测多少次。Runs of each.")] = 100,
    rounds: Annotated[
        int, typer.Option(min=1, help="分几轮，每轮一个新进程。Rounds, a new process each.")
    ] = 5,
    warm_up: Annotated[int, typer.Option(min=0, help="每个进程先热身几次。Warm-up runs.")] = 10,
    threads: Annotated[int, typer.Option(min=1, help="线程数。Threads.")] = 1,
    browser: Annotated[
        bool, typer.Option(help="也测浏览器路径（要 Node）。The browser's path too (needs Node).")
    ] = True,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="结果写成 JSON。The figures as JSON.")
    ] = None,
) -> None:
    """在这台机器上比速度、内存和启动。Speed, memory and start-up on this machine."""
    with failing_clearly():
        from shiwu_models.bench.run import Subject
        from shiwu_models.bench.run import bench as measure
        from shiwu_models.graph import load_model
        from shiwu_models.pack import unpack

        manifest = unpack(load_model(model)).manifest
        subjects = []
        source = torch or _zoo_name(manifest.id)
        if source:
            subjects.append(Subject("pytorch", source, factory))
        else:
            console.print(
                "[yellow]没有 PyTorch 一行：清单的 id 不是内置模型，请用 --torch 指出。"
                "No PyTorch row: name the model by --torch.[/yellow]"
            )
        if float_model:
            subjects.append(Subject("onnxruntime", str(float_model.resolve())))
        subjects.append(Subject("onnxruntime", str(model.resolve())))
        if browser:
            subjects.append(Subject("browser", str(model.resolve())))
        subjects.append(Subject("preprocess", str(model.resolve())))
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("", total=len(subjects) * min(rounds, runs) + 1)

            def seen(name: str) -> None:
                progress.update(task, description=escape(Path(name).name), advance=1)

            result = measure(
                subjects,
                model,
                manifest,
                photo,
                runs=runs,
                rounds=rounds,
                warm_up=warm_up,
                threads=threads,
                seen=seen,
            )
        _print(result)
        if json_file:
            json_file.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _zoo_name(model_id: str) -> str | None:
    """The manifest's id if the zoo has that model and PyTorch is here to run it."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        return None
    from shiwu_models.export.zoo import ZOO

    return model_id if model_id in ZOO else None


def _print(result: "Bench") -> None:
    from shiwu_models.bench.result import ENGINE_NAMES

    table = Table("毫秒 ms", title=f"{result.runs} runs")
    for name in ("mean", "p50", "p95", "/PyTorch", "启动 start", "峰值 peak"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in result.rows:
        ratio = result.ratio(row)
        table.add_row(
            f"{ENGINE_NAMES[row.engine]}\n[dim]{escape(row.model)}[/dim]",
            *(f"{value:.1f}" for value in (row.mean_ms, row.p50_ms, row.p95_ms)),
            "—" if ratio is None else f"×{ratio:.2f}",
            f"{row.startup_ms:.0f}",
            "—" if row.peak_bytes is None else f"{row.peak_bytes / 2**20:.0f} MiB",
        )
    console.print(table)
    for row in result.rows:
        console.print(
            f"[dim]{ENGINE_NAMES[row.engine]} {escape(row.version)} {escape(row.model)}: "
            f"启动 start = 导入 import {row.import_ms:.0f} + 加载 load {row.load_ms:.0f} + "
            f"首次 first {row.first_ms:.0f}[/dim]"
        )
    console.print(
        f"[dim]{escape(result.cpu)}, {result.cores} cores, {result.threads} thread(s); "
        f"{escape(result.system)}, Python {result.python}; batch 1; {result.rounds} 轮 rounds of "
        f"a new process each, {result.warm_up} warm-up runs (browser ≥ 40)[/dim]"
    )
