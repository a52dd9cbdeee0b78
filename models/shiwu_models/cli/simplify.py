"""``simplify``: fewer nodes, the same answers."""

from pathlib import Path
from typing import Annotated

import typer

from shiwu_models.cli.common import console, failing_clearly
from shiwu_models.cli.export import parse_size


def simplify(
    model: Annotated[Path, typer.Argument(help="要化简的 .onnx。The .onnx to simplify.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="写到哪里。Where to write.")],
    size: Annotated[
        str, typer.Option(help="高宽可变的模型用什么尺寸核对。Size to compare a free one at.")
    ] = "224",
) -> None:
    """化简计算图，前后结果不一致就不写。Fewer nodes, same answers, or nothing written."""
    with failing_clearly():
        sides = parse_size(size)
        with console.status("onnxslim"):
            from shiwu_models.graph import load_model, to_bytes
            from shiwu_models.simplify import simplify_proven

            slim = simplify_proven(load_model(model), sides or (224, 224))
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(to_bytes(slim.model))
        console.print(
            f"{output}: {slim.nodes[0]} → {slim.nodes[1]} nodes, "
            f"{slim.size[0]:,} → {slim.size[1]:,} bytes\n"
            f"before = after: max |Δ| {slim.difference:.1e} of the range",
            markup=False,
            soft_wrap=True,
        )
