"""``make-default``, and what keeps the shipped models and their goldens up to date."""

from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from shiwu_models.cli.common import (
    BUNDLES,
    FIXTURES,
    LABELS,
    SCHEMA,
    TAXONOMY,
    WORK,
    console,
    failing_clearly,
    read_text,
)
from shiwu_models.errors import ModelError

LabelsOption = Annotated[Path, typer.Option(help="标签表 TSV。Labels table.")]
TaxonomyOption = Annotated[Path, typer.Option(help="类目表 TSV。Taxonomy table.")]
BundleOption = Annotated[Path, typer.Option(help="模型包文件夹。The bundle's folder.")]
LITE0_BUNDLE = BUNDLES / "lite0"


def make_default(
    models: Annotated[
        list[str] | None, typer.Argument(help="lite0 lite2；默认两个都做。Default: both.")
    ] = None,
    labels: LabelsOption = LABELS,
    taxonomy: TaxonomyOption = TAXONOMY,
    bundles: Annotated[Path, typer.Option(help="模型包的上级文件夹。Where bundles lie.")] = BUNDLES,
    work: Annotated[Path, typer.Option(help="中间文件。Intermediate files.")] = WORK,
) -> None:
    """重做随附的模型。Rebuild the models that ship from the registry's packages."""
    from shiwu_models.default.kernels import choose_kernels

    choose_kernels()
    with failing_clearly():
        texts = read_text(labels), read_text(taxonomy)
        from shiwu_models.default.changes import explain, snapshot
        from shiwu_models.default.make_default import make_default as make
        from shiwu_models.default.recipes import RECIPES
        from shiwu_models.export.zoo import ZOO

        wanted = models or list(RECIPES)
        if unknown := [name for name in wanted if name not in RECIPES]:
            raise ModelError(
                "load-failed",
                zh=f"没有名为 {unknown[0]} 的默认模型；有的是：{'、'.join(RECIPES)}。",
                en=f"No default model is called {unknown[0]}; there are {', '.join(RECIPES)}.",
            )
        for name in wanted:
            console.rule(name)
            start = perf_counter()
            before = snapshot(bundles / name)
            make(ZOO[name], bundles / name, work, *texts, report=console.print)
            after = snapshot(bundles / name)
            assert after is not None
            for line in explain(before, after):
                console.print(line)
            for tool, version in after.manifest["made_by"].items():
                console.print(f"  {tool} {version}", style="dim")
            console.print(f"{perf_counter() - start:.1f} s")


def relabel(
    labels: LabelsOption = LABELS,
    taxonomy: TaxonomyOption = TAXONOMY,
    bundle: BundleOption = LITE0_BUNDLE,
) -> None:
    """只换标签，不重新量化。New labels into a bundle's model; the weights stay."""
    with failing_clearly():
        from shiwu_models.default.make_default import repack

        repack(bundle, read_text(labels), read_text(taxonomy))
        typer.echo((bundle / "SHA256SUMS").read_text(encoding="utf-8"), nl=False)


def golden(
    bundle: BundleOption = LITE0_BUNDLE,
    photos: Annotated[Path, typer.Option(help="图片。Photos.")] = FIXTURES / "photos",
    out: Annotated[Path | None, typer.Option(help="输出文件夹。Where to write.")] = None,
) -> None:
    """用 PyTorch 生成测试用的标准答案。PyTorch's answers on the fixture photos."""
    with failing_clearly():
        import torch

        from shiwu_models.default.bundle import model_in
        from shiwu_models.default.golden import make_goldens
        from shiwu_models.export.zoo import ZOO
        from shiwu_models.graph import load_model
        from shiwu_models.pack import unpack

        torch.set_num_threads(1)
        model = load_model(model_in(bundle))
        packed = unpack(model)
        if packed.manifest.id not in ZOO:
            raise ModelError(
                "load-failed",
                zh=f"{packed.manifest.id} 不是内置模型，没有它的 PyTorch 版可问；有的是："
                f"{'、'.join(ZOO)}。",
                en=f"{packed.manifest.id} is not of the zoo, so there is no PyTorch model to ask; "
                f"there are {', '.join(ZOO)}.",
            )
        entry = ZOO[packed.manifest.id]
        target = out or FIXTURES / "golden" / entry.id
        for path in make_goldens(entry, model, packed, sorted(photos.glob("*.png")), target):
            console.print(path.name)


def schema(out: Annotated[Path, typer.Option(help="写到哪里。Where to write.")] = SCHEMA) -> None:
    """由 Python 类型生成清单的 JSON Schema。The manifest's JSON Schema, from the Python types."""
    from shiwu_models.manifest import json_schema

    out.write_text(json_schema(), encoding="utf-8")
