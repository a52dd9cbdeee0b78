"""``evaluate``: accuracy and calibration on labelled photos."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from shiwu_models.cli.common import BUNDLES, console, failing_clearly

if TYPE_CHECKING:
    from onnx import ModelProto

    from shiwu_models.evaluation.result import (
        Calibration,
        ClassResult,
        Evaluation,
        MultiLabel,
        Share,
        SingleLabel,
    )
    from shiwu_models.labels.tables import Label

WORST = 10


def evaluate(
    photos: Annotated[
        Path,
        typer.Argument(
            help="文件夹（<类别编号>_<名称>.jpg，或按类别分子文件夹）或含 file,label 两列的 csv。"
            "A folder (named <id>_<name>, or a sub-folder a class) or a csv file,label."
        ),
    ],
    model: Annotated[Path, typer.Option(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLES / "lite0" / "lite0.onnx"
    ),
    reference: Annotated[
        Path | None, typer.Option(help="对照模型，如浮点版。Compare with, e.g. the float one.")
    ] = None,
    threshold: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="多标签里没写阈值的标签用它。For a tagger's labels without one."
        ),
    ] = 0.5,
    threads: Annotated[int, typer.Option(min=1, help="线程数。Threads.")] = 1,
    plot: Annotated[
        Path | None, typer.Option(help="混淆图写到哪里（.png、.svg）。The confusion plot.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="全部结果写成 JSON。All results as JSON.")
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="逐类结果写成 csv。Per class, as csv.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(
            help="写出换上新温度（多标签还有最佳阈值）的模型。Write the model with the fitted "
            "temperature, and a tagger's best thresholds."
        ),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="把计数写进 JSON。Write the counts as JSON.")
    ] = None,
) -> None:
    """在带标注的图片上量正确率与校准。Accuracy and calibration on labelled photos."""
    if record and not reference:
        raise typer.BadParameter(
            "--record 要有 --reference：记的是两个模型的计数。 --record needs --reference."
        )
    with failing_clearly():
        from shiwu_models.evaluation import evaluate as evaluation
        from shiwu_models.evaluation.dataset import answers, read_dataset
        from shiwu_models.evaluation.predict import predict
        from shiwu_models.graph import load_model
        from shiwu_models.labels.tables import parse_labels
        from shiwu_models.pack import unpack

        ours = load_model(model)
        theirs = load_model(reference) if reference else None
        packed = unpack(ours)
        labels = parse_labels(packed.labels)
        several = packed.manifest.task == "multi-label"
        if record and several:
            raise typer.BadParameter("--record 只用于单标签。 --record is for single-label models.")
        dataset = read_dataset(photos, labels, several=several)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(model.name, total=len(dataset.samples))
            predictions = predict(
                dataset.samples,
                packed.manifest,
                ours,
                theirs,
                threads=threads,
                seen=lambda count: progress.advance(task, count),
            )
        with console.status("拟合温度 fitting the temperature"):
            result = evaluation.evaluate(
                predictions,
                packed,
                ours,
                name=model.name,
                reference_name=reference.name if reference else "",
                unknown=dataset.unknown,
                threshold=threshold,
            )
        labels = answers(labels, several=several)
        _print(result, labels)
        if json_file:
            json_file.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        if csv_file:
            _write_csv(csv_file, result)
        if plot and result.single:
            _plot(plot, result, labels)
        if write:
            _write(write, ours, result)
        if record:
            evaluation.record(record, result)


def _print(result: "Evaluation", labels: "list[Label]") -> None:
    console.print(f"{escape(result.model)}: {result.photos} photos")
    if result.unknown:
        first = "、".join(f"{file} ({label})" for file, label in result.unknown[:3])
        console.print(
            f"[yellow]{len(result.unknown)} 张的标签不在模型里，未计入 with a label that the model "
            f"lacks, not counted: {escape(first)}[/yellow]"
        )
    if result.unreadable:
        first = "、".join(result.unreadable[:3])
        console.print(
            f"[yellow]{len(result.unreadable)} 张读不出，未计入 unreadable, not counted: "
            f"{escape(first)}[/yellow]"
        )
    if result.single:
        _print_single(result, result.single, labels)
    if result.multi:
        _print_multi(result.multi)
    _print_calibration(result)


def _print_single(result: "Evaluation", single: "SingleLabel", labels: "list[Label]") -> None:
    table = Table("", "top-1", "95 %", "top-5", "95 %")
    rows = [(result.model, single.top1, single.top5)]
    beside = result.comparison
    if beside:
        rows.append((beside.reference, beside.top1, beside.top5))
    for name, top1, top5 in rows:
        table.add_row(escape(name), *_cells(top1), *_cells(top5))
    console.print(table)
    if beside:
        console.print(
            f"top-1 比对照{'低' if beside.drop_points >= 0 else '高'} "
            f"{abs(beside.drop_points):.2f} 个百分点 points {_lost(beside.drop_points)}; "
            f"只有一方答对 right in one only: {beside.only_model} / {beside.only_reference}, "
            f"McNemar p = {beside.p:.3g}"
            + (" （差别可能只是偶然 may well be chance）" if beside.p > 0.05 else "")
        )
        console.print(
            f"same top-1: {beside.same_top1} ({beside.same_top1 / result.photos:.1%}); "
            f"largest |Δ|: {beside.largest_difference:.2e} of the range"
        )
    missed = [entry for entry in single.classes if entry.top1 < entry.photos][:WORST]
    if missed:
        table = Table("最差的类 worst classes", "photos", "top-1", "top-5", "最常答成 called")
        for entry in missed:
            table.add_row(
                f"{escape(entry.zh)} [dim]{escape(entry.en)}[/dim]",
                str(entry.photos),
                str(entry.top1),
                str(entry.top5),
                escape(_called(entry, single, labels)),
            )
        console.print(table)


def _called(entry: "ClassResult", single: "SingleLabel", labels: "list[Label]") -> str:
    pairs = [pair for pair in single.confusions if pair.truth == entry.index]
    return f"{labels[pairs[0].answer].zh} ×{pairs[0].photos}"


def _lost(points: float) -> str:
    return "lost" if points >= 0 else "gained"


def _print_multi(multi: "MultiLabel") -> None:
    console.print(
        f"mAP {multi.mean_average_precision:.3f}; P {multi.precision:.3f}, R {multi.recall:.3f}, "
        f"micro F1 {multi.micro_f1:.3f}, macro F1 {multi.macro_f1:.3f}"
    )
    table = Table("标签 label", "photos", "≥", "P", "R", "F1", "AP", "最佳 best ≥", "F1")
    for label in multi.labels:
        figures = (label.average_precision, label.best_threshold, label.best_f1)
        table.add_row(
            f"{escape(label.zh)} [dim]{escape(label.en)}[/dim]",
            str(label.photos),
            *(
                f"{value:.3f}"
                for value in (label.threshold, label.precision, label.recall, label.f1)
            ),
            *("—" if value is None else f"{value:.3f}" for value in figures),
        )
    console.print(table)


def _print_calibration(result: "Evaluation") -> None:
    fitted = result.fitted
    table = Table("校准 calibration", "T", "ECE", "NLL", "Brier")
    rows: list[tuple[str, Calibration]] = [
        ("清单 manifest", result.calibration),
        ("拟合 fitted", fitted.calibration),
    ]
    for name, at in rows:
        table.add_row(
            name, f"{at.temperature:.3f}", f"{at.ece:.4f}", f"{at.nll:.4f}", f"{at.brier:.4f}"
        )
    console.print(table)
    console.print(
        "[dim]ECE = Σ n/N·|正确率 accuracy − 把握 confidence|, 15 bins (Guo et al. 2017); "
        "拟合后的数字是在同一批图片上量的 the fitted row is measured on the photos it was "
        "fitted on[/dim]"
    )
    snippet = f'"calibration": {{"temperature": {fitted.calibration.temperature:.4g}}}'
    interval = f"95 %: {fitted.low:.3f}–{fitted.high:.3f}"
    if fitted.trustworthy:
        console.print(f"{escape(snippet)}  ({interval})")
    else:
        console.print(
            f"[yellow]{escape(snippet)}  ({interval})：仅供参考。图片不到 1000 张，或拟合到了边界 "
            "only a proposal: fewer than 1000 photos, or at an end of the range[/yellow]"
        )


def _cells(share: "Share") -> tuple[str, str]:
    return (
        f"{share.count} ({share.value:.1%})",
        f"{share.low:.1%}–{share.high:.1%}",
    )


def _write_csv(path: Path, result: "Evaluation") -> None:
    import csv

    parts = result.single.classes if result.single else result.multi.labels if result.multi else []
    rows = [part.model_dump() for part in parts]
    # A byte order mark, without which Excel takes Chinese for mojibake.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _plot(path: Path, result: "Evaluation", labels: "list[Label]") -> None:
    from shiwu_models.evaluation.plot import plot_confusions

    assert result.single is not None
    if not plot_confusions(result.single, labels, path, title=result.model):
        console.print(
            "[yellow]这台机器没有中文字体，图上用英文名；装一种（如 Noto Sans CJK）再画即可。"
            "No Chinese font here, so the plot has English names; install one, e.g. Noto Sans "
            "CJK.[/yellow]"
        )


def _write(path: Path, model: "ModelProto", result: "Evaluation") -> None:
    from shiwu_models.evaluation.thresholds import moved, with_thresholds
    from shiwu_models.graph import to_bytes
    from shiwu_models.pack import pack, unpack, with_labels

    packed = unpack(model)
    # Four digits: the interval is wider than that, and the file shows a readable number.
    fitted = float(f"{result.fitted.calibration.temperature:.4g}")
    calibration = packed.manifest.calibration.model_copy(update={"temperature": fitted})
    manifest = packed.manifest.model_copy(update={"calibration": calibration})
    labels = packed.labels
    if result.multi:
        before = packed.manifest.calibration.temperature
        best = {
            label.index: moved(label.best_threshold, before, fitted)
            for label in result.multi.labels
            if label.best_threshold is not None
        }
        labels = with_thresholds(labels, [best.get(i) for i in range(manifest.labels.count)])
        manifest = with_labels(manifest, labels)
    path.write_bytes(to_bytes(pack(model, manifest, labels, packed.taxonomy)))
    console.print(escape(path.name))
