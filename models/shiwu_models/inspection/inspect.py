"""Everything that can be said of an .onnx; it runs only where it is to be timed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx
from onnx import ModelProto
from onnx.external_data_helper import uses_external_data

from shiwu_models.errors import ModelError
from shiwu_models.export.checks import final_activation, require_inference_graph
from shiwu_models.graph import check_model, opset, parse_file
from shiwu_models.inspection.macs import macs
from shiwu_models.inspection.own_engine import own_engine
from shiwu_models.inspection.structure import (
    describe,
    graph_inputs,
    histogram,
    inferred,
    weights,
)
from shiwu_models.inspection.web_support import Support, WebSupport, web_support
from shiwu_models.labels.tables import parse_labels, parse_taxonomy
from shiwu_models.manifest import LABELS_KEY, MANIFEST_KEY, TAXONOMY_KEY, Manifest
from shiwu_models.pack import Packed, unpack
from shiwu_models.sizes import measure

Facts = dict[str, Any]
ENDS = 3  # labels shown from the start and the end


def inspect(path: Path, size: tuple[int, int] | None = None, *, profile: bool = False) -> Facts:
    """The facts as JSON types; ``size`` [height, width] is for inputs that leave it free.

    ``profile`` times the steps of our own engine, where it takes the model.

    A model that is wrong is described all the same, with what is wrong under ``problems``. Raises
    ModelError ``invalid-model`` only when the file is no ONNX at all.
    """
    model = parse_file(path)
    problems: list[ModelError] = []
    packed, metadata = _metadata(model, problems)
    checker = _checker(model, path, problems)
    size = size or (packed.manifest.input.size if packed else None)
    shaped = inferred(model, size)
    web = web_support(shaped)
    stored = weights(model)
    by_operator = macs(shaped)
    sizes = measure(path.read_bytes())
    _further_problems(model, packed, problems)
    _check_opset(model, web, problems)
    return {
        "file": path.name,
        "checker": checker,
        "ir_version": int(model.ir_version),
        "opsets": {entry.domain or "ai.onnx": int(entry.version) for entry in model.opset_import},
        "producer": f"{model.producer_name} {model.producer_version}".strip(),
        "inputs": [asdict(describe(value)) for value in graph_inputs(model)],
        "outputs": [asdict(describe(value)) for value in model.graph.output],
        "nodes": len(model.graph.node),
        "operators": histogram(model),
        "parameters": stored.parameters,
        "macs": None if by_operator is None else sum(by_operator.values()),
        "macs_by_operator": by_operator,
        "input_size": [*_size_of(shaped)] or None,
        "bytes": asdict(sizes) | {"external": _external_bytes(path, stored.external)},
        "weights": stored.by_type,
        "largest": [asdict(tensor) | {"bytes": count} for tensor, count in stored.largest],
        "quantized_tensors": stored.quantized,
        "external_data": stored.external,
        "metadata": metadata,
        "web": {
            "onnxruntime_web": web.onnxruntime_web,
            "newest_opset": web.newest_opset,
            "operators": [asdict(s) for s in web.operators],
            "summary": _summary(web.operators),
        },
        "own_engine": own_engine(path, size, profile=profile),
        "problems": [{"code": p.code, "zh": p.zh, "en": p.en} for p in problems],
    }


def _checker(model: ModelProto, path: Path, problems: list[ModelError]) -> str:
    """``ok``, or the first thing that is wrong; weights in other files are not looked at."""
    try:
        if any(uses_external_data(tensor) for tensor in model.graph.initializer):
            onnx.checker.check_model(str(path), full_check=True)
        else:
            check_model(model)
    except ModelError as error:
        problems.append(error)
        return error.en
    except Exception as error:  # ValidationError, InferenceError
        problems.append(
            ModelError(
                "invalid-graph",
                zh=f"ONNX 检查没有通过：{error}。外部数据文件须与 .onnx 在同一文件夹。",
                en=f"onnx.checker refuses the model: {error}. External data files belong beside "
                "the .onnx.",
            )
        )
        return str(error)
    return "ok"


def _metadata(model: ModelProto, problems: list[ModelError]) -> tuple[Packed | None, Facts]:
    entries = {entry.key: entry.value for entry in model.metadata_props}
    ours = (MANIFEST_KEY, LABELS_KEY, TAXONOMY_KEY)
    facts: Facts = {
        "bytes": {key: len(value.encode()) for key, value in entries.items()},
        "other": {key: value for key, value in entries.items() if key not in ours},
        "manifest": None,
        "labels": None,
        "categories": None,
    }
    packed = None
    try:
        if MANIFEST_KEY in entries:
            packed = unpack(model)
            facts["manifest"] = packed.manifest.plain()
        if LABELS_KEY in entries:
            labels = parse_labels(entries[LABELS_KEY])
            names = [label.zh for label in labels]
            facts["labels"] = {
                "count": len(names),
                "first": names[:ENDS],
                "last": names[-ENDS:],
                "thresholds": sum(label.threshold is not None for label in labels),
            }
        if TAXONOMY_KEY in entries:
            facts["categories"] = len(parse_taxonomy(entries[TAXONOMY_KEY]))
    except ModelError as error:
        problems.append(error)
    return packed, facts


def _further_problems(model: ModelProto, packed: Packed | None, problems: list[ModelError]) -> None:
    named = [_logits(packed.manifest)] if packed else [v.name for v in model.graph.output]
    for output in named:
        if activation := final_activation(model, output):
            problems.append(
                ModelError(
                    "invalid-model",
                    zh=f"输出 {output} 已经过 {activation}：网页就把它当作得分，不再做第二遍；"
                    "而打包要的是 logits，请用 pack --strip-activation 去掉它。",
                    en=f"Output {output} has been through {activation}: the page takes its numbers "
                    "as the scores, but packing wants logits. Take it off: pack "
                    "--strip-activation.",
                )
            )
    try:
        require_inference_graph(_without_external(model))
    except ModelError as error:
        problems.append(error)


def _without_external(model: ModelProto) -> ModelProto:
    """A copy without the weights that lie in other files, which may be missing or huge."""
    result = ModelProto()
    result.CopyFrom(model)
    kept = [tensor for tensor in model.graph.initializer if not uses_external_data(tensor)]
    del result.graph.initializer[:]
    result.graph.initializer.extend(kept)
    return result


def _check_opset(model: ModelProto, web: WebSupport, problems: list[ModelError]) -> None:
    if opset(model) > web.newest_opset:
        problems.append(
            ModelError(
                "unsupported-opset",
                zh=f"opset {opset(model)} 太新：ONNX Runtime Web {web.onnxruntime_web} 最高支持 "
                f"{web.newest_opset}，浏览器打不开。请用更低的 --opset 重新导出。",
                en=f"Opset {opset(model)} is too new: ONNX Runtime Web {web.onnxruntime_web} goes "
                f"up to {web.newest_opset}, and the browser will not open it. Export again with a "
                "lower --opset.",
            )
        )


def _logits(manifest: Manifest) -> str:
    return manifest.outputs.logits


def _size_of(shaped: ModelProto) -> list[int]:
    """[height, width] of the picture that the arithmetic is for; empty when it is free."""
    for value in graph_inputs(shaped):
        shape = describe(value).shape
        if len(shape) == 4:
            sides = shape[1:3] if shape[3] == 3 and shape[1] != 3 else shape[2:]
            return [side for side in sides if isinstance(side, int)]
    return []


def _external_bytes(path: Path, names: list[str]) -> int:
    """Of the files beside the model; those missing count 0. Names that lead elsewhere, too."""
    inside = [path.parent / name for name in names if Path(name).name == name]
    return sum(file.stat().st_size for file in inside if file.is_file())


def _summary(support: list[Support]) -> dict[str, str]:
    failing = [s.operator for s in support if s.wasm == "no"]
    falling = [s.operator for s in support if s.webgpu == "wasm"]
    on_gpu = sum(s.webgpu == "yes" for s in support)
    if failing:
        zh = f"wasm 不能运行：{'、'.join(failing)}；模型打不开"
        en = f"wasm cannot run {', '.join(failing)}: the model will not load"
    else:
        zh = f"wasm 能运行全部 {len(support)} 种算子"
        en = f"wasm runs all {len(support)} kinds of operators"
    zh += f"；WebGPU 能运行 {on_gpu} 种"
    en += f"; WebGPU runs {on_gpu}"
    if falling:
        zh += f"，退回 wasm 的：{'、'.join(falling)}"
        en += f", and leaves to wasm: {', '.join(falling)}"
    return {"zh": zh + "。", "en": en + "."}
