"""``export``: a PyTorch model to .onnx, proven equal."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shiwu_models.cli.common import console, failing_clearly
from shiwu_models.errors import ModelError


class ExporterName(StrEnum):
    """torch's exporters."""

    auto = "auto"
    torchscript = "torchscript"
    dynamo = "dynamo"


class FormatName(StrEnum):
    """What is written."""

    onnx = "onnx"
    litert = "litert"
    coreml = "coreml"


def export(
    source: Annotated[
        str,
        typer.Argument(
            help="lite0、lite1、lite2；package.module:factory；或 .pth、TorchScript、.pt2 文件。"
            "A zoo model, a factory, or a file."
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="写到哪个文件：.onnx、.tflite 或 .mlpackage。What to write."
        ),
    ],
    to: Annotated[
        FormatName,
        typer.Option(
            help="onnx；或给手机：litert（Android 等）、coreml（Apple），需 --model。onnx, or a "
            "phone's format."
        ),
    ] = FormatName.onnx,
    model: Annotated[
        Path | None,
        typer.Option(
            help="给手机时：由同一网络打包成的 .onnx，标签、清单和权重都取自它。For a phone: the "
            "packed .onnx of this network, whose labels, manifest and weights it gets."
        ),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(help="litert：用这些照片核对结果。Photos to compare on, for litert."),
    ] = None,
    factory: Annotated[
        str | None,
        typer.Option(help="造出网络的 package.module:factory，配 .pth 用。Makes a .pth's network."),
    ] = None,
    arg: Annotated[
        list[str] | None,
        typer.Option(help="给 factory 的参数 名字=值，可多次。A factory's argument, name=value."),
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="给 factory 的权重文件。State dict for a factory.")
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="输入尺寸：224 或 高x宽，如 224x320。Side, or HxW.")
    ] = None,
    channels: Annotated[int, typer.Option(min=1, help="输入通道数。Input channels.")] = 3,
    opset: Annotated[int, typer.Option(help="ONNX opset。")] = 13,
    exporter: Annotated[
        ExporterName, typer.Option(help="用 torch 的哪个导出器。Which of torch's exporters.")
    ] = ExporterName.auto,
    dynamic_size: Annotated[
        bool, typer.Option("--dynamic-size", help="高和宽可变。Height and width stay free.")
    ] = False,
    features: Annotated[
        bool,
        typer.Option(
            "--features", help="另输出特征向量及其特征图。The embedding and its map, as outputs."
        ),
    ] = False,
    evaluate: Annotated[
        bool, typer.Option("--eval", help="导出前调用 model.eval()。Call model.eval() first.")
    ] = False,
    strip_activation: Annotated[
        bool,
        typer.Option(
            "--strip-activation",
            help="去掉模型末尾的 Softmax 或 Sigmoid。Take a final Softmax or Sigmoid off.",
        ),
    ] = False,
    allow_pickle: Annotated[
        bool,
        typer.Option(
            "--allow-pickle",
            help="打开完整的 pickle。危险：它能在这台机器上运行任何代码，只用于可信的来源。"
            "Open a whole pickle. Risk: it can run any code on this machine.",
        ),
    ] = False,
) -> None:
    """从 PyTorch 导出 ONNX（或手机格式），并验证结果一致。PyTorch to ONNX, proven equal."""
    with failing_clearly():
        if to is not FormatName.onnx:
            from shiwu_models.cli.export_phone import export_phone

            export_phone(
                source,
                output,
                to.value,
                model,
                photos,
                factory=factory,
                arguments=arg or [],
                weights=weights,
                allow_pickle=allow_pickle,
                evaluate=evaluate,
            )
            return
        sides = parse_size(size)
        with console.status("PyTorch → ONNX"):
            from shiwu_models.export.pipeline import export_source
            from shiwu_models.export.sources import open_source, parse_arguments
            from shiwu_models.graph import opset as opset_of
            from shiwu_models.graph import to_bytes

            opened = open_source(
                source,
                factory=factory,
                arguments=parse_arguments(arg or []),
                weights=weights,
                allow_pickle=allow_pickle,
            )
            exported = export_source(
                opened,
                sides,
                opset,
                exporter=exporter.value,
                dynamic_size=dynamic_size,
                channels=channels,
                features=features,
                strip_activation=strip_activation,
                evaluate=evaluate,
            )
        graph = exported.model
        data = to_bytes(graph)
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(data)
        shapes = ", ".join("×".join(map(str, shape)) for shape in exported.probes)
        outputs = ", ".join(value.name for value in graph.graph.output)
        console.print(
            f"{output}: opset {opset_of(graph)}, {len(graph.graph.node)} nodes, "
            f"{len(data):,} bytes; input → {outputs}\n"
            f"PyTorch = ONNX Runtime: max |Δ| {exported.difference:.1e} of the range ({shapes})",
            markup=False,
            soft_wrap=True,
        )


def parse_size(text: str | None) -> tuple[int, int] | None:
    """``224`` → (224, 224), ``224x320`` → (224, 320). Raises ModelError ``input-mismatch``."""
    if text is None:
        return None
    parts = text.lower().replace("×", "x").split("x")
    sides = [int(part) for part in parts if part.isascii() and part.isdigit()]
    if len(sides) != len(parts) or len(sides) not in (1, 2) or min(sides) < 1:
        raise ModelError(
            "input-mismatch",
            zh=f"--size {text} 写得不对：应是 224 或 224x320（高x宽，像素）。",
            en=f"--size {text} is not a size: write 224, or 224x320 (height x width, pixels).",
        )
    return sides[0], sides[-1]
