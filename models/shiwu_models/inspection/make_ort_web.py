"""Renews ``ort_web.json``: which operators ONNX Runtime Web's two backends have.

    python -m shiwu_models.inspection.make_ort_web ../node_modules/onnxruntime-web

Run it with the Python package onnxruntime of the same version as onnxruntime-web:

- The wasm backend is ONNX Runtime's CPU provider, whose kernels the Python package lists. Kernels
  that the wasm build leaves out were found by running models of one node in it; none was, of
  those tried (tests/python/test_inspect_browser.py tries some again).
- The WebGPU backend's operators and versions are the facts of the table that the npm package
  carries (docs/webgpu-operators.md). It tells no element types; ``WEBGPU_TYPES`` has those.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "ort_web.json"
# It knows operators of 27, yet refuses a model that says so: "Current official support … is till
# opset 26". The test that runs models in the browser's runtime tries both.
NEWEST_OPSET = 26
OPEN = 2**31 - 1  # the kernel list's "and later"
DOMAINS = ("", "ai.onnx.ml", "com.microsoft")
# Inner domains are made by the optimiser and stand in no model.
WEBGPU_DOMAINS = {"ai.onnx": "", "com.microsoft": "com.microsoft"}
# WGSL has f32, f16, i32 and u32 in buffers; ONNX Runtime's kernels take these for their data.
# Indices and shapes may be int64: they are read on the processor or narrowed.
WEBGPU_TYPES = ["float", "float16", "int32", "uint32"]
# Beyond these, in the first input.
WEBGPU_OTHER_TYPES = {
    "Cast": ["bool"],
    "DequantizeLinear": ["int8", "uint8"],
    "If": ["bool"],
    "Not": ["bool"],
    "Where": ["bool"],
}

Ranges = dict[str, list[list[int | None]]]


def main(package: Path) -> None:
    """Write the data file from onnxruntime-web's folder and the installed onnxruntime."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    web = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    if web.split(".")[:2] != onnxruntime.__version__.split(".")[:2]:
        sys.exit(f"onnxruntime is {onnxruntime.__version__}, onnxruntime-web {web}: install it.")
    table = (package / "docs" / "webgpu-operators.md").read_text(encoding="utf-8")
    content = {
        "onnxruntime_web": web,
        "newest_opset": NEWEST_OPSET,
        "wasm": _cpu_kernels(state.get_all_opkernel_def()),
        "webgpu": _webgpu_kernels(table),
        "webgpu_types": WEBGPU_TYPES,
        "webgpu_other_types": WEBGPU_OTHER_TYPES,
    }
    DATA.write_text(_text(content), encoding="utf-8")


def _cpu_kernels(kernels: list[Any]) -> dict[str, list[list[Any]]]:
    """``domain:operator`` → [first version, last or None, type parameter → element types] each."""
    merged: dict[str, list[list[Any]]] = {}
    for kernel in kernels:
        if kernel.domain not in DOMAINS or kernel.provider != "CPUExecutionProvider":
            continue
        first, last = kernel.version_range
        constraints = kernel.type_constraints.items()
        types = {name: sorted(map(_plain, allowed)) for name, allowed in constraints}
        entry = [first, None if last == OPEN else last, types]
        entries = merged.setdefault(f"{kernel.domain}:{kernel.op_name}", [])
        if entry not in entries:
            entries.append(entry)
    for entries in merged.values():
        entries.sort(key=lambda e: (e[0], e[1] or OPEN, str(e[2])))
    return dict(sorted(merged.items()))


def _webgpu_kernels(table: str) -> Ranges:
    """``domain:operator`` → [first version, last or None] each."""
    kernels: Ranges = {}
    for operator, versions in re.findall(r"^\| (\w+) \| (.+?) \|", table, re.MULTILINE):
        for domain, listed in re.findall(r"([\w.]+)\(([^)]*)\)", versions):
            if domain in WEBGPU_DOMAINS:
                ranges = [_range(part) for part in listed.split(",")]
                kernels[f"{WEBGPU_DOMAINS[domain]}:{operator}"] = ranges
    return dict(sorted(kernels.items()))


def _range(text: str) -> list[int | None]:
    """``7-12`` → [7, 12], ``13`` → [13, 13], ``14+`` → [14, None]."""
    if text.endswith("+"):
        return [int(text[:-1]), None]
    first, _, last = text.partition("-")
    return [int(first), int(last or first)]


def _plain(name: str) -> str:
    """``tensor(float)`` → ``float``; sequences and optionals keep their form."""
    match = re.fullmatch(r"tensor\((\w+)\)", name)
    return match[1] if match else name


def _text(content: dict[str, Any]) -> str:
    """JSON with an operator a line, so that a renewal can be read as a difference."""
    parts = []
    for key, value in content.items():
        if isinstance(value, dict):
            lines = ",\n".join(
                f"    {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}"
                for k, v in value.items()
            )
            parts.append(f"  {json.dumps(key)}: {{\n{lines}\n  }}")
        else:
            parts.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
