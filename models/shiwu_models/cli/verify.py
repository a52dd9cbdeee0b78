"""``verify``: PyTorch, ONNX Runtime and the browser's path on the same photos."""

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from shiwu_models.cli.common import BUNDLES, console, failing_clearly
from shiwu_models.errors import ModelError

if TYPE_CHECKING:
    from shiwu_models.verify.compare import Difference
    from shiwu_models.verify.verify import PhotoReport, Report

PATHS = {"pytorch": "PyTorch", "onnxruntime": "ONNX Runtime", "browser": "浏览器路径 browser"}
PAIRS = (
    ("torch", "PyTorch – ONNX Runtime"),
    ("browser", "ONNX Runtime – 浏览器路径 browser"),
)
ARROWS = {
    "decode": "解码",
    "resize": "裁剪缩放",
    "normalize": "归一化",
    "network": "网络",
    "softmax": "softmax",
}


class AgainstName(StrEnum):
    """Which weights PyTorch runs with, beside a file of rounded ones."""

    carried = "carried"
    float = "float"


def verify(
    photos: Annotated[Path, typer.Argument(help="一张图片或一个文件夹。A picture or a folder.")],
    model: Annotated[Path, typer.Option(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    torch: Annotated[
        str | None,
        typer.Option(
            help="PyTorch 模型，写法同 export：lite0、package.module:factory 或文件；不给则只比"
            "其余两路。The PyTorch model, named as for export."
        ),
    ] = None,
    factory: Annotated[
        str | None, typer.Option(help="造出网络的函数，配 .pth 用。Makes a .pth's network.")
    ] = None,
    arg: Annotated[
        list[str] | None, typer.Option(help="给 factory 的参数 名字=值。Its argument, name=value.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="给 factory 的权重文件。State dict for a factory.")
    ] = None,
    evaluate: Annotated[
        bool, typer.Option("--eval", help="先调用 model.eval()。Call model.eval() first.")
    ] = False,
    against: Annotated[
        AgainstName,
        typer.Option(
            help="int8 文件：carried 让 PyTorch 用同样的权重，float 用原来的（看量化损失）。"
            "An int8 file: PyTorch with its weights, or with its own."
        ),
    ] = AgainstName.carried,
    torch_preprocess: Annotated[
        str | None,
        typer.Option(
            help="你自己的预处理 package.module:函数，路径 → [1, 3, 高, 宽]；与清单不同时指出差在"
            "哪里。Your own preprocessing, compared with the manifest's."
        ),
    ] = None,
    reference_tensor: Annotated[
        Path | None,
        typer.Option(help="同上，存好的 .npy（只用于一张图片）。The same, as a saved .npy."),
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="清单 JSON，用于没打包的模型。For an unpacked model.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(help="标签表 TSV，与 --manifest 同用。Goes with --manifest.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="最多几张。At most so many.")] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="要不要浏览器路径。The browser's path.")
    ] = True,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="结果写成 JSON；- 为标准输出。Write JSON; - for stdout."),
    ] = None,
) -> None:
    """三条路结果是否一致，差在哪一步。Do the three paths agree, and where do they part?"""
    speak_utf8()
    if not (torch or browser or torch_preprocess or reference_tensor):
        raise typer.BadParameter(
            "只有 ONNX Runtime 一路，没有可比的：请用 --torch 给出 PyTorch 模型，"
            "或去掉 --no-browser。 Nothing to compare ONNX Runtime with: name the PyTorch model by "
            "--torch, or leave out --no-browser."
        )
    # With JSON on standard output everything meant for people goes to standard error.
    out = Console(stderr=True, highlight=False) if json_file == Path("-") else console
    with failing_clearly():
        from shiwu_models.verify.opening import (
            Wanted,
            opened,
            own_function,
            photos_at,
            saved_tensor,
        )
        from shiwu_models.verify.plain import report_as_plain
        from shiwu_models.verify.verify import Report

        files = photos_at(photos, limit)
        own = own_function(torch_preprocess) if torch_preprocess else None
        if reference_tensor is not None:
            if len(files) > 1 or own is not None:
                raise ModelError(
                    "input-mismatch",
                    zh="--reference-tensor 只对应一张图片，也不能与 --torch-preprocess 同用。",
                    en="--reference-tensor is of one picture, without --torch-preprocess.",
                )
            own = saved_tensor(reference_tensor)
        wanted = Wanted(
            model=model,
            torch=torch,
            factory=factory,
            arguments=tuple(arg or ()),
            weights=weights,
            evaluate=evaluate,
            against=against.value,
            browser=browser,
            own_preprocess=own,
            manifest=manifest,
            labels=labels,
        )
        with opened(wanted) as session:
            reports: Iterable[PhotoReport] = session.verifier.photos(files)
            if len(files) > 1:
                reports = track(reports, "verify", len(files), console=out, transient=True)
            report = Report(tuple(reports), session.carried, session.rounded)
        if len(report.photos) == 1:
            print_photo(report.photos[0], out)
        else:
            print_summary(report, out)
        print_verdict(report, out)
        if json_file is not None:
            text = json.dumps(report_as_plain(report), ensure_ascii=False, indent=2) + "\n"
            if json_file == Path("-"):
                typer.echo(text, nl=False)
            else:
                json_file.write_text(text, encoding="utf-8")
    if not report.agree:
        raise typer.Exit(1)


def speak_utf8() -> None:
    """Chinese on a console whose code page lacks it, as on Windows, must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8")


def print_photo(photo: "PhotoReport", out: Console) -> None:
    """The article's form: each path's best five side by side, then the differences."""
    table = Table(title=escape(photo.photo))
    table.add_column("Top-5", justify="right")
    for answer in photo.answers:
        table.add_column(PATHS[answer.path])
    for rank, row in enumerate(zip(*(answer.top for answer in photo.answers), strict=True), 1):
        table.add_row(str(rank), *(f"{escape(n.zh)}  {n.score:.2%}" for n in row))
    out.print(table)
    for name, title in PAIRS:
        difference: Difference | None = getattr(photo, name)
        if difference is not None:
            out.print(
                f"{title}：max |Δ| 概率 probability {difference.scores:.1e}，"
                f"logits {difference.logits:.1e}；cosine {difference.cosine:.8f}；"
                f"allclose(atol=1e-4) {difference.allclose}",
                soft_wrap=True,
            )
    if photo.browser is not None:
        out.print(
            f"缩放后像素不同 resized pixels that differ: {photo.resized_differ}；"
            f"张量不同 tensor numbers that differ: {photo.tensor_differ}"
        )
        _print_decoding(photo, out)
    _print_causes(photo, out)


def _print_decoding(photo: "PhotoReport", out: Console) -> None:
    decoding = photo.decoding
    if decoding is None:
        out.print(
            "解码 decode：这种格式在网页上由浏览器解码，这里用 Pillow 的像素。"
            "Decoded by the browser on the page; Pillow's pixels stand in for it."
        )
        return
    kind = "有损 lossy" if decoding.lossy else "无损 lossless"
    out.print(
        f"解码 decode（{kind}）：max |Δ| {decoding.largest}，"
        f"mean |Δ| {decoding.mean:.3f} 级 levels；"
        f"从文件起 from the file：top-1 {_same(decoding.same_top1)}，"
        f"top-5 {_same(decoding.end_to_end.same_top)}，"
        f"max |Δ| 概率 {decoding.end_to_end.scores:.1e}"
    )


def print_summary(report: "Report", out: Console) -> None:
    """A folder's counts and extremes."""
    count = len(report.photos)
    table = Table("", "top-5 相同 same", "max |Δ| 概率", "max |Δ| logits", "min cosine", "allclose")
    for name, title in PAIRS:
        found = report.pairs("torch" if name == "torch" else "browser")
        if found:
            table.add_row(
                title,
                f"{sum(pair.same_top for pair in found)}/{count}",
                f"{max(pair.scores for pair in found):.1e}",
                f"{max(pair.logits for pair in found):.1e}",
                f"{min(pair.cosine for pair in found):.8f}",
                f"{sum(pair.allclose for pair in found)}/{count}",
            )
    out.print(table)
    if report.pairs("browser"):
        exact = sum(p.resized_differ == 0 and p.tensor_differ == 0 for p in report.photos)
        out.print(f"缩放与张量逐位相同 resized pixels and tensors bit-equal: {exact}/{count}")
    if decodings := report.decodings:
        decoded = len(decodings)
        out.print(
            f"解码 decode：{decoded}/{count} 张由识物自己解码 by the C++ core；"
            f"max |Δ| {max(d.largest for d in decodings)}，"
            f"mean |Δ| ≤ {max(d.mean for d in decodings):.3f} 级 levels；"
            "从文件起 from the file：top-1 相同 same "
            f"{sum(d.same_top1 for d in decodings)}/{decoded}，"
            f"top-5 {sum(d.end_to_end.same_top for d in decodings)}/{decoded}，"
            f"max |Δ| 概率 {max(d.end_to_end.scores for d in decodings):.1e}"
        )
    if not report.agree:
        parted = [photo for photo in report.photos if not photo.agree]
        out.print(f"不一致 differ: {len(parted)}/{count}")
    out.print(f"差得最多 worst: {escape(report.worst.photo)}")
    _print_causes(report.worst, out)


def print_verdict(report: "Report", out: Console) -> None:
    """What the figures mean, and the last line: 结果一致: True or False."""
    if report.carried:
        out.print(
            "PyTorch 用的是文件里的（量化后的）权重。PyTorch ran with the file's rounded weights."
        )
    elif report.rounded:
        out.print(
            "PyTorch 用的是原来的浮点权重：与 ONNX 的差就是量化的代价。PyTorch ran with its own "
            "float weights: its distance from ONNX is what the rounding costs."
        )
    out.print(f"结果一致: {report.agree}", style="green" if report.agree else "red")


def _print_causes(photo: "PhotoReport", out: Console) -> None:
    if photo.parted_at is None:
        return
    out.print(f"从这一步起不同 they part at: {ARROWS[photo.parted_at]} ({photo.parted_at})")
    for finding in photo.findings:
        out.print(f"{finding.zh}\n{finding.en}", markup=False)
        if finding.manifest:
            fields = "，".join(
                f"{key} = {json.dumps(value)}" for key, value in finding.manifest.items()
            )
            out.print(f"清单可改为 in the manifest: {fields}", markup=False)


def _same(same: bool) -> str:
    return "相同 same" if same else "不同 different"
