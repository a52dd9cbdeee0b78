"""``quantize``: fewer bytes, with the price of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.progress import Progress
from rich.table import Table

from shiwu_models.cli.common import console, failing_clearly
from shiwu_models.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shiwu_models.quantize.methods import Report
    from shiwu_models.quantize.pipeline import Outcome, Source


class MethodName(StrEnum):
    """The methods of ``quantize.methods``, and all of them."""

    weight_int8 = "weight-int8"
    compact = "compact"
    static_int8 = "static-int8"
    fp16 = "fp16"
    all = "all"


def quantize(
    model: Annotated[Path, typer.Argument(help="浮点 .onnx，打包过的最好。The float .onnx.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="写到哪个 .onnx；配 all 时是文件夹，不给则只比较。"
            "The .onnx to write; with all, a folder, or nothing to only compare.",
        ),
    ] = None,
    method: Annotated[
        MethodName,
        typer.Option(
            help="weight-int8：四分之一大小；compact：下载最小；static-int8：激活也量化，浏览器里"
            "不会更快；fp16：一半大小；all：全都比一比。How; all compares them."
        ),
    ] = MethodName.weight_int8,
    calibration: Annotated[
        Path | None,
        typer.Option(
            help="校准图片文件夹（compact 与 static-int8），默认用内置图片。"
            "Calibration pictures; built-in ones by default."
        ),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            help="评判用的照片：带标签（文件名、子文件夹或 csv）就数 top-1，不带就看首选变没变。"
            "Photos to judge by: labelled ones give top-1, others changed answers."
        ),
    ] = None,
    max_drop: Annotated[
        float,
        typer.Option(
            min=0, help="top-1 最多允许低几个百分点，超过就不写。Largest loss, in points of top-1."
        ),
    ] = 0.5,
    strength: Annotated[
        float | None,
        typer.Option(
            min=0, help="compact 的强度，越大越小越不准。compact: larger is smaller and worse."
        ),
    ] = None,
    curve: Annotated[
        Path | None,
        typer.Option(
            help="把表写成 JSON 供 report 画图；compact 会多试几档。"
            "Write the table as JSON for report; compact is tried at several strengths."
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="没打包的模型的清单 JSON。Manifest of a model that is not packed."),
    ] = None,
) -> None:
    """把模型变小，并写明代价；损失超过 --max-drop 就不写。Shrink a model, and say what it costs."""
    with failing_clearly():
        if output is None and method is not MethodName.all:
            raise typer.BadParameter(
                "请用 -o 写明输出的 .onnx；只想比较用 --method all。 Name the .onnx to write by "
                "-o; only --method all compares without writing."
            )
        from shiwu_models.quantize.compact import STRENGTH
        from shiwu_models.quantize.curve import row, write_curve
        from shiwu_models.quantize.methods import CURVE, METHODS
        from shiwu_models.quantize.photos import find_photos
        from shiwu_models.quantize.pipeline import judge, make

        source = _source(model, manifest)
        methods = list(METHODS) if method is MethodName.all else [method.value]
        if source.manifest is None and photos is not None:
            raise _needs_manifest("--photos")
        found = find_photos(photos, source.packed) if photos else None
        own_strength = STRENGTH if strength is None else strength
        strengths = (own_strength, *(own_strength * f for f in CURVE if curve is not None))
        with _progress() as report:
            pictures = _calibration(source, methods, calibration)
            made = make(source, methods, pictures, strengths, report)
            outcomes = judge(source, made, found, report)
        console.print(_table(outcomes))
        _say_what_counts(outcomes[-1])
        for name in methods:
            console.print(f"[dim]{name}: {METHODS[name].zh}。{METHODS[name].en}.[/dim]")
        if curve is not None:
            rows = [row(o.name, o.method, o.sizes, o.judged) for o in outcomes]
            write_curve(curve, rows)
        _write(outcomes, output, max_drop, several=method is MethodName.all)


def _source(path: Path, manifest: Path | None) -> "Source":
    from shiwu_models.cli.common import read_text
    from shiwu_models.graph import load_model
    from shiwu_models.manifest import MANIFEST_KEY, parse_manifest
    from shiwu_models.pack import unpack
    from shiwu_models.quantize.pipeline import Source

    model = load_model(path)
    if any(entry.key == MANIFEST_KEY for entry in model.metadata_props):
        packed = unpack(model)
        return Source(model, packed, packed.manifest)
    return Source(model, None, parse_manifest(read_text(manifest)) if manifest else None)


def _calibration(
    source: "Source", methods: list[str], folder: Path | None
) -> "NDArray[np.float32]":
    import numpy as np

    from shiwu_models.quantize.calibration import calibration_tensors
    from shiwu_models.quantize.methods import METHODS

    needed = [name for name in methods if METHODS[name].calibrated]
    if not needed:
        return np.empty(0, np.float32)
    if source.manifest is None:
        raise _needs_manifest(needed[0])
    return calibration_tensors(source.manifest.input, folder=folder)


def _needs_manifest(what: str) -> ModelError:
    return ModelError(
        "invalid-manifest",
        zh=f"{what} 要知道图片怎样变成输入，而这个 .onnx 没有打包。"
        "请先 shiwu-models pack，或用 --manifest 给出清单。",
        en=f"{what} needs to know how a picture becomes the input, and this .onnx is not packed. "
        "Run shiwu-models pack first, or give its manifest with --manifest.",
    )


@contextmanager
def _progress() -> "Iterator[Report]":
    with Progress(console=console, transient=True) as bar:
        tasks = {"": bar.add_task("…", total=1)}

        def report(what: str, share: float) -> None:
            bar.update(tasks[""], description=what, completed=share)

        yield report


def _table(outcomes: "list[Outcome]") -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1), pad_edge=False, leading=1)
    labelled = outcomes[0].judged.labelled > 0
    table.add_column("", no_wrap=True)
    for heading in (  # 80 columns hold them
        "raw MB\ngzip\nbrotli",
        *(["top-1\ntop-5"] if labelled else []),
        "same\n1st",
        "max\n|Δp|",
        "KL\n(nat)",
        "cos",
        "p50 ms\n×float",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    reference = outcomes[0].judged.latency_ms
    for one in outcomes:
        judged, sizes = one.judged, one.sizes
        megabytes = (f"{n / 1e6:.2f}" for n in (sizes.raw, sizes.gzip, sizes.brotli))
        table.add_row(
            one.name,
            "\n".join(megabytes),
            *([f"{judged.top1}\n{judged.top5}"] if labelled else []),
            f"{judged.same_top1}/{judged.pictures}",
            f"{judged.largest_difference:.1e}",
            f"{judged.kl:.1e}",
            f"{judged.cosine:.4f}",
            f"{judged.latency_ms:.1f}\n{judged.latency_ms / reference:.2f}",
        )
    return table


def _say_what_counts(last: "Outcome") -> None:
    texts = {
        "labelled": "带标签的照片：数 top-1。Labelled photos: top-1 counts.",
        "changed": "照片没有标签：首选变了的比例是 top-1 损失的上限，就按它算。"
        "No labels: the changed first answers bound the loss of top-1, and count as it.",
        "expected": "没有给照片：用内置图片按浮点模型的概率估计损失，这只是粗查；"
        "请用 --photos 给出您的照片。No photos: the loss is estimated on the built-in pictures by "
        "float's probabilities. A weak check: give photos of yours with --photos.",
    }
    if last.loss is None:
        text = (
            "没有清单，不知道图片怎样变成输入：只用随机数比过，没有检查准确率，"
            "--max-drop 不起作用。No manifest: compared on random numbers only; accuracy was not "
            "checked, and --max-drop has no effect."
        )
    else:
        text = texts[last.loss.measure]
    console.print(text)


def _write(
    outcomes: "list[Outcome]", output: Path | None, max_drop: float, *, several: bool
) -> None:
    """Write what is within the limit, then raise the refusal of what is not; without ``output``
    only say it."""
    from shiwu_models.graph import to_bytes
    from shiwu_models.quantize.limit import exceeds, refusal

    refusals = []
    for one in outcomes:
        if one.name != one.method or one.method == "float":
            continue  # the float model, and the curve's other strengths
        if one.loss is not None and exceeds(one.loss, max_drop):
            refusals.append(refusal(one.name, one.loss, max_drop))
        elif output is not None:
            path = output / f"{one.name}.onnx" if several else output
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(to_bytes(one.model))
            console.print(f"{path}: {one.sizes.raw:,} B")
    if refusals and output is not None:
        for error in refusals[:-1]:
            console.print(f"{error.zh}\n{error.en}", markup=False)
        raise refusals[-1]
    for error in refusals:
        console.print(f"{error.zh}\n{error.en}", markup=False)
