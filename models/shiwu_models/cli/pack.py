"""``pack`` and ``unpack``: manifest, labels and taxonomy into an .onnx, and out again."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from shiwu_models.cli.common import LABELS, TAXONOMY, console, failing_clearly, read_text
from shiwu_models.errors import ModelError


class Task(StrEnum):
    """How many classes a picture has."""

    single = "single-label"
    multi = "multi-label"


class Color(StrEnum):
    """Order of the channels."""

    rgb = "RGB"
    bgr = "BGR"


class Preset(StrEnum):
    """Preprocessings in wide use."""

    imagenet = "imagenet"
    half = "half"
    lite = "lite"


class ResizeMode(StrEnum):
    """How a picture becomes the input's shape."""

    crop = "crop-shortest"
    stretch = "stretch"
    pad = "pad"


class Filter(StrEnum):
    """Pillow's antialiased filters."""

    box = "box"
    bilinear = "bilinear"
    hamming = "hamming"
    bicubic = "bicubic"
    lanczos = "lanczos"


def pack(
    model: Annotated[Path, typer.Argument(help="要打包的 .onnx。The .onnx to pack.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪里。Where to write.")],
    labels: Annotated[
        Path,
        typer.Option(
            help="标签：txt、csv、tsv、json，或 Hugging Face / ModelScope 的配置。"
            "Labels, or a configuration that has them."
        ),
    ],
    taxonomy: Annotated[Path | None, typer.Option(help="类目表 TSV。Table of categories.")] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="清单 JSON，可以只写一部分。A manifest, or part of one, as JSON."),
    ] = None,
    preprocessor: Annotated[
        Path | None,
        typer.Option(help="preprocessor_config.json（transformers）或 timm 的 config.json。"),
    ] = None,
    preset: Annotated[
        Preset | None,
        typer.Option(
            help="预处理：imagenet（torchvision）、half（均值方差都是 0.5）、"
            "lite（(x-127)/128）。A known preprocessing."
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="标签文件的编码；不写则自动判断。Its encoding.")
    ] = None,
    identity: Annotated[str | None, typer.Option("--id", help="模型的 id。Its id.")] = None,
    version: Annotated[str | None, typer.Option(help="版本，如 1.0.0。Its version.")] = None,
    name_zh: Annotated[str | None, typer.Option(help="中文名称。Chinese name.")] = None,
    name_en: Annotated[str | None, typer.Option(help="英文名称。English name.")] = None,
    license_: Annotated[
        str | None, typer.Option("--license", help="许可证，SPDX。Licence, SPDX.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="权重的来源。Where it is from.")] = None,
    task: Annotated[Task | None, typer.Option(help="单标签或多标签。One class or many.")] = None,
    logits: Annotated[
        str | None, typer.Option(help="分类输出的名字。Name of the output that holds logits.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="输入尺寸：224 或 高x宽。Side, or HxW, in pixels.")
    ] = None,
    color: Annotated[Color | None, typer.Option(help="通道顺序。Order of channels.")] = None,
    scale: Annotated[
        float | None,
        typer.Option(help="张量 = (像素·scale − mean) / std，像素 0..255。Factor for pixels."),
    ] = None,
    mean: Annotated[
        str | None, typer.Option(help="均值，三个数，如 0.485,0.456,0.406。Three numbers.")
    ] = None,
    std: Annotated[str | None, typer.Option(help="标准差，三个数。Three numbers.")] = None,
    resize: Annotated[ResizeMode | None, typer.Option(help="缩放方式。How to fit.")] = None,
    crop_fraction: Annotated[
        float | None, typer.Option(help="居中裁剪占短边的比例。Centre crop of the shorter side.")
    ] = None,
    filter_: Annotated[
        Filter | None, typer.Option("--filter", help="缩放滤波。The filter of resizing.")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="温度，除 logits。Divides the logits.")
    ] = None,
    strip_activation: Annotated[
        bool,
        typer.Option(
            "--strip-activation",
            help="去掉模型末尾的 Softmax 或 Sigmoid。Take a final Softmax or Sigmoid off.",
        ),
    ] = False,
) -> None:
    """把清单、标签与类目装进 .onnx，一个文件就是整个模型。Make one .onnx the whole model."""
    with failing_clearly():
        from shiwu_models import proposal
        from shiwu_models.cli.export import parse_size
        from shiwu_models.export.checks import (
            final_activation,
            require_logits,
            strip_final_activation,
        )
        from shiwu_models.graph import classes, load_model, to_bytes, weights_sha256
        from shiwu_models.labels.importing import import_labels
        from shiwu_models.manifest import Labels
        from shiwu_models.maps import without_maps
        from shiwu_models.pack import pack as pack_model
        from shiwu_models.pack import tools
        from shiwu_models.preprocessor_config import read_preprocessor

        graph = without_maps(load_model(model))
        imported = import_labels(labels, read_text(LABELS), encoding)
        console.print(f"{labels.name}: {imported.encoding}; {escape(imported.found)}")
        console.print(f"{imported.count} 个标签 labels")
        for note in imported.notes:
            console.print(f"· {escape(note.zh)}。{escape(note.en)}.")
        table, categories = _categories(imported.table, taxonomy)

        sides = parse_size(size)
        flags = _present(
            id=identity,
            version=version,
            name=_present(zh=name_zh, en=name_en),
            license=license_,
            source=source,
            task=task and task.value,
            outputs=_present(logits=logits),
            input=_present(
                size=sides and list(sides),
                color=color and color.value,
                scale=scale,
                mean=mean and _three(mean, "--mean"),
                std=std and _three(std, "--std"),
            ),
            resize=_present(
                mode=resize and resize.value,
                crop_fraction=crop_fraction,
                filter=filter_ and filter_.value,
            ),
            calibration=_present(temperature=temperature),
        )
        sources = [("工具 tools", {"made_by": tools("onnx")})]
        if preset:
            sources.append((f"--preset {preset.value}", dict(proposal.PRESETS[preset.value])))
        if preprocessor:
            sources.append((preprocessor.name, read_preprocessor(preprocessor)))
        if manifest:
            sources.append((manifest.name, _read_part(manifest)))
        sources.append(("命令行 flags", flags))
        composed = proposal.compose(graph, imported.count, model.stem, sources)

        content = composed.manifest
        named = content["outputs"]["logits"]
        if strip_activation:
            ended = final_activation(graph, named)
            graph = strip_final_activation(graph, named)
            if ended == "Sigmoid" and "task" not in flags and classes(graph, named) > 1:
                # Each class had its own sigmoid, and keeps it.
                content["task"] = "multi-label"
                composed.origin["task"] = "末层 Sigmoid"
        require_logits(graph, named)
        parity = content.get("parity") or {}
        if parity and parity.get("weights_sha256") != weights_sha256(graph):
            del content["parity"]
            console.print("· 清单里的测量属于别的权重，已略去。Parity of other weights: left out.")
        content["labels"] = Labels.of(table).model_dump()
        packed = pack_model(graph, proposal.finished(content), table, categories)
        output.parent.mkdir(parents=True, exist_ok=True)
        data = to_bytes(packed)
        output.write_bytes(data)
        _show(content, composed.origin)
        console.print(f"{output}: {len(data):,} bytes", soft_wrap=True)


def unpack(
    model: Annotated[Path, typer.Argument(help="打包过的 .onnx。A packed .onnx.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪个文件夹。The folder.")],
) -> None:
    """取出 .onnx 里的清单、标签与类目。Take manifest, labels and taxonomy out of an .onnx."""
    with failing_clearly():
        from shiwu_models.graph import load_model
        from shiwu_models.pack import unpack as unpack_model
        from shiwu_models.pack import write_texts

        for path in write_texts(unpack_model(load_model(model)), output):
            console.print(str(path), soft_wrap=True)


def _present(**values: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    """The values that were given: not None, and no empty object."""
    return {key: value for key, value in values.items() if value not in (None, {})}


def _three(text: str, flag: str) -> list[float]:
    try:
        values = [float(part) for part in text.replace("，", ",").split(",")]
    except ValueError:
        values = []
    if len(values) == 1:
        values *= 3
    if len(values) != 3:
        raise ModelError(
            "invalid-manifest",
            zh=f"{flag} 要三个用逗号隔开的数（或一个），给的是 {text}。",
            en=f"{flag} takes three numbers with commas between (or one), not {text}.",
        )
    return values


def _read_part(path: Path) -> dict[str, Any]:
    import json

    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        content, why = None, str(error)
    else:
        why = type(content).__name__
    if not isinstance(content, dict):
        raise ModelError(
            "invalid-manifest",
            zh=f"{path.name} 不是 JSON 对象：{why}。",
            en=f"{path.name} is no JSON object: {why}.",
        )
    return content


def _categories(table: str, taxonomy: Path | None) -> tuple[str, str]:
    """The labels table and the taxonomy that goes with it.

    Without a taxonomy given, the project's is taken when it has all the labels' categories, and
    else the categories are left out: nothing could be shown for them.
    """
    from shiwu_models.labels.importing import without_categories
    from shiwu_models.labels.tables import parse_labels, parse_taxonomy

    if taxonomy is not None:
        return table, read_text(taxonomy)
    used = {each for label in parse_labels(table) for each in label.categories}
    if not used:
        return table, ""
    ours = read_text(TAXONOMY)
    if used <= {node.id for node in parse_taxonomy(ours)}:
        console.print("· 类目用 taxonomy.tsv。Categories are those of taxonomy.tsv.")
        return table, ours
    console.print(
        "· 标签带有类目，却没有类目表（--taxonomy），已略去类目。"
        "Categories without a table of them (--taxonomy): left out."
    )
    return without_categories(table), ""


def _show(manifest: dict[str, Any], origin: dict[str, str]) -> None:
    table = Table("清单 manifest", "", "来自 from")
    for path, where in origin.items():
        value: Any = manifest
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None and path not in ("schema_version", "made_by", "parity", "labels"):
            table.add_row(path, escape(str(value)), escape(where))
    console.print(table)
