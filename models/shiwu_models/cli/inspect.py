"""``inspect``: what is in an .onnx."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from shiwu_models.cli.common import console, failing_clearly

MARKS = {"yes": "✓", "cast": "✓ float32", "parts": "✓ 拆开 parts", "wasm": "→ wasm", "no": "✗"}


def inspect(
    model: Annotated[Path, typer.Argument(help="任何 .onnx。Any .onnx.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON。As JSON on standard output.")
    ] = False,
    size: Annotated[
        str | None,
        typer.Option(help="高宽可变时按此计算：224 或 高x宽。For free sides: 224, or HxW."),
    ] = None,
    profile: Annotated[
        bool,
        typer.Option(
            "--profile", help="逐层计时 shiwu 自己的引擎。Time shiwu's own engine, layer by layer."
        ),
    ] = False,
) -> None:
    """看清一个 .onnx：检查、输入输出、算子、参数、运算量、字节、元数据、浏览器支持、用哪个引擎。

    What is in an .onnx: checker, inputs and outputs, operators, parameters, arithmetic, bytes,
    metadata, which of its operators run in a browser, and which engine runs it there.
    """
    with failing_clearly():
        from shiwu_models.cli.export import parse_size
        from shiwu_models.inspection.inspect import inspect as look

        # brotli's best takes seconds; standard output may be JSON for another program.
        with Console(stderr=True).status("inspect"):
            facts = look(model, parse_size(size), profile=profile)
        if as_json:
            typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        else:
            _show(facts)


def _show(facts: dict[str, Any]) -> None:
    console.print(_overview(facts))
    web = facts["web"]
    table = Table("算子 operator", "节点 nodes", "wasm", "WebGPU", "说明 note")
    for entry in web["operators"]:
        table.add_row(
            entry["operator"],
            str(entry["nodes"]),
            MARKS[entry["wasm"]],
            MARKS[entry["webgpu"]],
            f"{entry['zh']} {entry['en']}".strip(),
        )
    console.print(table)
    console.print(f"ONNX Runtime Web {web['onnxruntime_web']}：{web['summary']['zh']}")
    console.print(web["summary"]["en"])
    if layers := facts["own_engine"]["profile"]:
        console.print(_profile(layers))
    for problem in facts["problems"]:
        console.print(f"[red]{escape(problem['zh'])}[/red]\n{escape(problem['en'])}")
        console.print(f"[dim]{problem['code']}[/dim]")


def _overview(facts: dict[str, Any]) -> Table:
    table = Table(show_header=False, title=facts["file"])
    for name, text in _rows(facts):
        table.add_row(name, escape(text))
    return table


def _rows(facts: dict[str, Any]) -> list[tuple[str, str]]:
    sizes, metadata = facts["bytes"], facts["metadata"]
    opsets = ", ".join(f"{domain} {version}" for domain, version in facts["opsets"].items())
    rows = [
        ("检查 checker", facts["checker"]),
        ("opset", f"{opsets}; IR {facts['ir_version']}; {facts['producer']}"),
        ("输入 inputs", _tensors(facts["inputs"])),
        ("输出 outputs", _tensors(facts["outputs"])),
        ("节点 nodes", f"{facts['nodes']:,}"),
        ("参数 parameters", f"{facts['parameters']:,}"),
        ("乘加 MACs", _arithmetic(facts)),
        (
            "字节 bytes",
            f"{sizes['raw']:,}; gzip {sizes['gzip']:,}; brotli {sizes['brotli']:,}",
        ),
        ("权重 weights", _by_type(facts)),
        (
            "最大的张量 largest",
            "\n".join(f"{_tensor(entry)} {entry['bytes']:,} bytes" for entry in facts["largest"]),
        ),
    ]
    if engine := _engine(facts["own_engine"]):
        rows.append(("引擎 engine", engine))
    if facts["external_data"]:
        files = ", ".join(facts["external_data"])
        rows.append(("外部数据 external", f"{files}: {sizes['external']:,} bytes"))
    for key, value in metadata["other"].items():
        rows.append((key, value))
    if manifest := metadata["manifest"]:
        rows += [(f"清单 {path}", text) for path, text in _leaves(manifest)]
    if labels := metadata["labels"]:
        text = f"{labels['count']}: {_ends(labels['first'], labels['last'], labels['count'])}"
        if labels["thresholds"]:
            text += f"; {labels['thresholds']} 个阈值 thresholds"
        rows.append(("标签 labels", text))
    if metadata["categories"] is not None:
        rows.append(("类目 categories", str(metadata["categories"])))
    return rows


def _engine(own: dict[str, Any]) -> str:
    """Which engine runs the model in a browser; "" where that could not be asked."""
    if own["engine"] == "shiwu":
        return "shiwu 自己的引擎 shiwu's own"
    return f"ONNX Runtime：{own['reason']}" if own["engine"] else ""


def _profile(profile: dict[str, Any]) -> Table:
    steps = profile["steps"]
    total = sum(step["ms"] for step in steps)
    table = Table(
        "层 step",
        *("ms", "%", "MMAC", "GMAC/s", "权重字节 weight bytes"),
        title=f"shiwu 自己的引擎 shiwu's own engine: {profile['run_ms']:.2f} ms",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for step in steps:
        macs, ms = step["macs"], step["ms"]
        table.add_row(
            step["kind"],
            f"{ms:.3f}",
            f"{100 * ms / total:.1f}" if total else "",
            f"{macs / 1e6:.2f}" if macs else "",
            f"{macs / ms / 1e6:.1f}" if macs and ms else "",
            f"{step['weight_bytes']:,}" if step["weight_bytes"] else "",
        )
    return table


def _ends(first: list[str], last: list[str], count: int) -> str:
    """A list by its ends; all of it where they meet."""
    if count <= len(first) + len(last):
        return "、".join(first + last[len(first) + len(last) - count :])
    return f"{'、'.join(first)} … {'、'.join(last)}"


def _tensors(tensors: list[dict[str, Any]]) -> str:
    return "\n".join(_tensor(tensor) for tensor in tensors)


def _tensor(tensor: dict[str, Any]) -> str:
    return f"{tensor['name']} {tensor['type']} [{', '.join(map(str, tensor['shape']))}]"


def _arithmetic(facts: dict[str, Any]) -> str:
    if facts["macs"] is None:
        return "高宽可变，请给 --size。Height and width are free: give --size."
    size = "×".join(map(str, facts["input_size"] or ()))
    return f"{facts['macs']:,} ({facts['macs'] / 1e6:,.1f} M) {size}".strip()


def _by_type(facts: dict[str, Any]) -> str:
    lines = [
        f"{kind}: {entry['tensors']} 个 tensors, {entry['numbers']:,} 个数 numbers, "
        f"{entry['bytes']:,} bytes"
        for kind, entry in facts["weights"].items()
    ]
    if facts["quantized_tensors"]:
        lines.append(f"量化 quantized: {facts['quantized_tensors']} 个 tensors")
    return "\n".join(lines)


def _leaves(part: dict[str, Any], path: str = "") -> list[tuple[str, str]]:
    leaves = []
    for key, value in part.items():
        if key == "made_by":
            tools = ", ".join(f"{tool} {version}" for tool, version in value.items())
            leaves.append((key, tools))
        elif isinstance(value, dict):
            leaves += _leaves(value, f"{path}{key}.")
        else:
            leaves.append((f"{path}{key}", str(value)))
    return leaves
