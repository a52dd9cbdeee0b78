"""A manifest from what the graph says, what its maker says, and nothing guessed in silence."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto

from shiwu_models.errors import ModelError
from shiwu_models.graph import LEVELS_SUFFIX, SCALE_SUFFIX
from shiwu_models.manifest import Manifest, check_schema, parse_manifest

Part = dict[str, Any]
# What people call them; the order is the order of trust.
LOGITS_NAMES = ("output", "logits", "output0", "prob", "scores")
FEATURES_NAMES = ("features", "embedding", "embeddings", "feature")

# Preprocessings in wide use. ``scale`` is applied to pixels of 0..255.
PRESETS: Mapping[str, Part] = {
    "imagenet": {
        "input": {
            "color": "RGB",
            "scale": 1 / 255,
            "mean": [0.485, 0.456, 0.406],
            "std": [0.229, 0.224, 0.225],
        },
        "resize": {"mode": "crop-shortest", "crop_fraction": 0.875, "filter": "bilinear"},
    },
    "half": {
        "input": {"color": "RGB", "scale": 1 / 255, "mean": [0.5] * 3, "std": [0.5] * 3},
        "resize": {"mode": "crop-shortest", "crop_fraction": 0.875, "filter": "bicubic"},
    },
    "lite": {
        "input": {"color": "RGB", "scale": 1.0, "mean": [127.0] * 3, "std": [128.0] * 3},
        "resize": {"mode": "crop-shortest", "crop_fraction": 0.875, "filter": "bicubic"},
    },
}
# What no file says and hardly matters; printed as assumed.
ASSUMED: Part = {
    "schema_version": 1,
    "version": "1.0.0",
    "task": "single-label",
    "resize": {"mode": "crop-shortest", "crop_fraction": 0.875, "filter": "bicubic"},
    "calibration": {"temperature": 1.0},
    "license": "LicenseRef-unstated",
    "source": "unstated",
}
# What must be said: field → (what it is in Chinese, the flags that say it).
NEEDED = {
    "input.size": ("输入尺寸", "--size"),
    "input.color": ("通道顺序", "--color"),
    "input.scale": ("像素乘数", "--scale"),
    "input.mean": ("均值", "--mean"),
    "input.std": ("标准差", "--std"),
}


@dataclass(frozen=True)
class Proposal:
    """A manifest, and for each field (``input.layout``) where its value comes from."""

    manifest: Part
    origin: dict[str, str]


def compose(
    model: ModelProto, labels: int, stem: str, sources: Sequence[tuple[str, Part]]
) -> Proposal:
    """The manifest without its labels, as JSON types.

    ``labels`` is their number, by which the output is told from the others; ``stem`` the file's
    name, for the id; ``sources`` (where from, part of a manifest) overrule the graph and each
    other, the later the stronger. Raises ModelError ``invalid-manifest`` naming the flags when
    something is missing that nobody can guess, ``invalid-model`` when the graph does not take one
    picture.
    """
    identity = re.sub(r"[^a-z0-9._-]+", "-", stem.lower()).strip("-._") or "model"
    merged: Part = {}
    origin: dict[str, str] = {}
    layers = [
        ("假定 assumed", ASSUMED),
        ("文件名 file name", {"id": identity, "name": {"zh": stem, "en": stem}}),
        ("计算图 graph", from_graph(model, labels, _named_logits(sources))),
        *sources,
    ]
    for where, part in layers:
        _merge(merged, part, where, origin)
    missing = [path for path in NEEDED if path not in origin]
    if missing:
        zh = "、".join(NEEDED[path][0] for path in missing)
        flags = " ".join(NEEDED[path][1] for path in missing)
        raise ModelError(
            "invalid-manifest",
            zh=f"计算图里看不出{zh}，请写明：{flags}；或用 --preset（imagenet、half、lite），"
            "或用 --preprocessor 给出 preprocessor_config.json。",
            en=f"The graph does not tell {', '.join(missing)}: give {flags}, or --preset "
            "(imagenet, half or lite), or --preprocessor preprocessor_config.json.",
        )
    _check_size(model, merged)
    return Proposal(merged, origin)


def finished(part: Part) -> Manifest:
    """The manifest as a type, held against the JSON Schema as well. Raises ``invalid-manifest``."""
    check_schema(part)
    return parse_manifest(json.dumps(part, ensure_ascii=False))


def from_graph(model: ModelProto, labels: int, named: str | None = None) -> Part:
    """What a graph tells of its own manifest: names, layout, size where fixed, and the head.

    ``named`` is the output that holds the logits, where that is known.
    """
    picture = picture_input(model)
    shape = axes(picture)
    layout = "NHWC" if shape[3] == 3 and shape[1] != 3 else "NCHW"
    size = shape[1:3] if layout == "NHWC" else shape[2:]
    spec: Part = {"name": picture.name, "layout": layout}
    if all(size):
        spec["size"] = size
    logits = named or _logits(model, labels)
    outputs: Part = {"logits": logits}
    features = next(
        (
            value.name
            for name in FEATURES_NAMES
            for value in model.graph.output
            if value.name == name and value.name != logits and len(axes(value)) == 2
        ),
        None,
    )
    part: Part = {"input": spec, "outputs": outputs}
    if features:
        outputs["features"] = features
        head = _head(model, logits, features)
        if head:
            part["head"] = head
    return part


def picture_input(model: ModelProto) -> ValueInfoProto:
    """The one input that takes a picture. Raises ModelError ``invalid-model``."""
    stored = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in stored]
    pictures: list[ValueInfoProto] = [
        value
        for value in inputs
        if value.type.tensor_type.elem_type == TensorProto.FLOAT
        and len(axes(value)) == 4
        and (axes(value)[1] in (3, None) or axes(value)[3] == 3)
    ]
    if len(pictures) == len(inputs) == 1:
        return pictures[0]
    shown = "; ".join(f"{value.name} {axes(value)}" for value in inputs[:4])
    if any(value.type.tensor_type.elem_type == TensorProto.FLOAT16 for value in inputs):
        raise ModelError(
            "invalid-model",
            zh=f"这个模型的输入是 float16：{shown}，网页给的是 float32。"
            "请先 model.float() 再导出；要小一些的文件，之后用 quantize fp16。",
            en=f"This model's input is float16: {shown}; the page gives float32. Call "
            "model.float() and export it again; for a smaller file, quantize fp16 afterwards.",
        )
    raise ModelError(
        "invalid-model",
        zh=f"这个模型的输入不是一张图片：{shown}。网页只认一个 float32 的 [N,3,H,W] 或 [N,H,W,3]；"
        "请照此重新导出。",
        en=f"This model does not take one picture: {shown}. The page gives one float32 "
        "[N,3,H,W] or [N,H,W,3]; export it so.",
    )


def axes(value: ValueInfoProto) -> list[int | None]:
    """A tensor's shape; None for what is free."""
    return [int(dim.dim_value) or None for dim in value.type.tensor_type.shape.dim]


def _named_logits(sources: Sequence[tuple[str, Part]]) -> str | None:
    named = [part.get("outputs", {}).get("logits") for _, part in sources]
    return next((str(name) for name in reversed(named) if name), None)


def _logits(model: ModelProto, labels: int) -> str:
    flat = {value.name: axes(value) for value in model.graph.output if len(axes(value)) == 2}
    fitting = [name for name, shape in flat.items() if shape[1] == labels]
    for candidates in (fitting, [name for name in flat if name not in FEATURES_NAMES]):
        named = [name for name in LOGITS_NAMES if name in candidates]
        if named or len(candidates) == 1:
            return (named or candidates)[0]
    shown = "; ".join(f"{value.name} {axes(value)}" for value in model.graph.output)
    raise ModelError(
        "invalid-model",
        zh=f"看不出哪个输出是分类结果 [N, 类别数]：{shown}。请用 --logits 指明。",
        en=f"Cannot tell which output holds the classes [N, classes]: {shown}. Name it: --logits.",
    )


def _head(model: ModelProto, logits: str, features: str) -> Part | None:
    """The Gemm that makes logits of features with stored weights [classes, D], if it is one."""
    stored = {tensor.name for tensor in model.graph.initializer}
    for node in model.graph.node:
        if (
            node.op_type == "Gemm"
            and node.output[0] == logits
            and len(node.input) == 3
            and node.input[0] == features
            and node.input[2] in stored
            and _plain_gemm(node)
        ):
            weight, bias = node.input[1], node.input[2]
            if weight in stored:
                return {"weight": weight, "bias": bias}
            levels, scale = weight + LEVELS_SUFFIX, weight + SCALE_SUFFIX
            if levels in stored and scale in stored:
                return {"weight": levels, "scale": scale, "bias": bias}
    return None


def _plain_gemm(node: NodeProto) -> bool:
    values = {a.name: a.f if a.name in ("alpha", "beta") else a.i for a in node.attribute}
    return (
        values.get("transB", 0) == 1
        and values.get("transA", 0) == 0
        and math.isclose(values.get("alpha", 1.0), 1.0)
        and math.isclose(values.get("beta", 1.0), 1.0)
    )


def _merge(target: Part, part: Part, where: str, origin: dict[str, str], path: str = "") -> None:
    for key, value in part.items():
        inner = f"{path}{key}"
        # made_by and the like are whole values: only the manifest's own objects are merged.
        if isinstance(value, dict) and key in ("name", "input", "resize", "outputs", "calibration"):
            child = target.setdefault(key, {})
            _merge(child, value, where, origin, f"{inner}.")
        else:
            target[key] = value
            origin[inner] = where


def _check_size(model: ModelProto, manifest: Part) -> None:
    given = list(manifest["input"]["size"])
    shape = axes(picture_input(model))
    fixed = shape[1:3] if manifest["input"]["layout"] == "NHWC" else shape[2:]
    if any(have and have != want for have, want in zip(fixed, given, strict=True)):
        taken = "×".join(str(side) for side in fixed)
        raise ModelError(
            "input-mismatch",
            zh=f"模型的输入固定为 {taken}，给的却是 {given[0]}×{given[1]}："
            "请改 --size（或处理配置），或导出时让高宽可变。",
            en=f"The model's input is fixed at {taken}, not {given[0]}×{given[1]}: change --size "
            "(or the preprocessing file), or export with dynamic height and width.",
        )
