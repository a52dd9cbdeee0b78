"""``report``: one self-contained HTML file about a model."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from shiwu_models.cli.common import BUNDLES, FIXTURES, console, failing_clearly

JsonOption = Annotated[Path | None, typer.Option(help="相应命令写的 JSON。That command's JSON.")]


def report(
    model: Annotated[Path, typer.Argument(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪里。Where to write.")] = (
        Path("report.html")
    ),
    photos: Annotated[
        Path, typer.Option(help="示例与一致性用的图片或文件夹。Photos for samples and parity.")
    ] = FIXTURES / "photos",
    limit: Annotated[int, typer.Option(min=1, help="最多用几张。At most so many photos.")] = 24,
    torch: Annotated[
        str | None,
        typer.Option(help="PyTorch 模型，写法同 export。The PyTorch model, named as for export."),
    ] = None,
    factory: Annotated[
        str | None, typer.Option(help="造出网络的函数，配 .pth 用。Makes a .pth's network.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="要不要浏览器路径。The browser's path.")
    ] = True,
    bench: JsonOption = None,
    curve: JsonOption = None,
    verify: JsonOption = None,
    evaluation: JsonOption = None,
) -> None:
    """把一个模型的一切写成一个 HTML。Everything about a model in one HTML file."""
    with failing_clearly():
        from shiwu_models.bench.result import Bench
        from shiwu_models.evaluation.result import Evaluation
        from shiwu_models.report import collect
        from shiwu_models.report.render import render
        from shiwu_models.verify.opening import photos_at

        with console.status("结构 structure"):
            content = collect.collect(model)
        files = photos_at(photos, limit)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("一致性 parity", total=len(files))
            verified, specimens = collect.look(
                model,
                files,
                torch=torch,
                factory=factory,
                browser=browser,
                seen=lambda _: progress.advance(task),
            )
        content = replace(
            content,
            consistency=collect.consistency_from_json(verify)
            if verify
            else collect.consistency(verified),
            curve=collect.read_curve(curve) if curve else [],
            bench=collect.read_part(bench, Bench, "bench --json") if bench else None,
            evaluation=collect.read_part(evaluation, Evaluation, "evaluate --json")
            if evaluation
            else None,
            specimens=specimens,
        )
        output.write_text(render(content), encoding="utf-8")
        console.print(f"{escape(str(output))}  {output.stat().st_size / 1e6:.2f} MB")
