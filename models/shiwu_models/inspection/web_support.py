"""Which of a model's operators ONNX Runtime Web runs, by backend, and what happens to the rest.

``ort_web.json`` holds the kernels of the version that the page ships (see ``make_ort_web``). A
kernel is found as ONNX Runtime finds it: by operator, by the version of the operator that the
model's opset means, and by element types. A kernel whose range is open ("13 and later") holds
for version 13 of the operator only, until a release says otherwise.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto

# yes: a kernel. cast: through float32, as ORT does for float16 on the processor. parts: the
# operator is a function of simpler ones, which ORT puts in its place. no: the model will not load.
Wasm = Literal["yes", "cast", "parts", "no"]
# wasm: this operator runs on the processor, with a copy from and to the graphics card.
WebGpu = Literal["yes", "wasm", "no"]
ORDER: tuple[Wasm, ...] = ("yes", "cast", "parts", "no")


@dataclass(frozen=True)
class Support:
    """One kind of operator in a model; of several nodes, the worst."""

    operator: str  # with its domain, unless that is ONNX's own
    nodes: int
    wasm: Wasm
    webgpu: WebGpu
    zh: str  # why not, empty where both run it
    en: str


@dataclass(frozen=True)
class _Node:
    node: NodeProto
    types: dict[str, str]  # tensor's name → element type, as the kernel list writes it
    versions: dict[str, int]  # domain → opset


@dataclass(frozen=True)
class WebSupport:
    """What one version of ONNX Runtime Web does with a model."""

    onnxruntime_web: str
    newest_opset: int  # of ONNX's own operators
    operators: list[Support]


def web_support(model: ModelProto) -> WebSupport:
    """What ONNX Runtime Web does with each kind of operator in ``model``.

    ``model`` should have inferred types (``structure.inferred``); unknown ones count as right.
    """
    kernels = json.loads((files(__package__) / "ort_web.json").read_text(encoding="utf-8"))
    versions = {_domain(entry.domain): int(entry.version) for entry in model.opset_import}
    kinds: dict[str, list[Support]] = {}
    functions = {(_domain(f.domain), f.name) for f in model.functions}
    for node, types in _nodes(model.graph, {}):
        if (_domain(node.domain), node.op_type) in functions:
            continue
        support = _support(_Node(node, types, versions), kernels)
        kinds.setdefault(support.operator, []).append(support)
    result = []
    for supports in kinds.values():
        worst = max(supports, key=lambda s: (ORDER.index(s.wasm), s.webgpu != "yes"))
        result.append(
            Support(worst.operator, len(supports), worst.wasm, worst.webgpu, worst.zh, worst.en)
        )
    result.sort(key=lambda s: (-s.nodes, s.operator))
    return WebSupport(kernels["onnxruntime_web"], kernels["newest_opset"], result)


def _nodes(graph: GraphProto, outer: dict[str, str]) -> Iterator[tuple[NodeProto, dict[str, str]]]:
    """Each node, those of If and Loop bodies too, with the element types around it."""
    types = dict(outer)
    for value in (*graph.input, *graph.value_info, *graph.output):
        if value.type.HasField("tensor_type"):
            types[value.name] = _type_name(value.type.tensor_type.elem_type)
    for tensor in graph.initializer:
        types[tensor.name] = _type_name(tensor.data_type)
    for node in graph.node:
        yield node, types
        for attribute in node.attribute:
            for body in (attribute.g, *attribute.graphs):
                yield from _nodes(body, types)


def _support(at: _Node, kernels: dict[str, Any]) -> Support:
    node = at.node
    domain = _domain(node.domain)
    operator = f"{domain}.{node.op_type}" if domain else node.op_type
    key = f"{domain}:{node.op_type}"
    since = _since_version(at)
    wasm, zh, en = _on_wasm(at, kernels["wasm"])
    if wasm == "no":
        return Support(operator, 1, "no", "no", zh, en)
    ranges = kernels["webgpu"].get(key)
    if ranges is None:
        why = ("WebGPU 没有这个算子", "WebGPU has no such operator")
    elif not any(_covers(first, last, since) for first, last in ranges):
        why = (f"WebGPU 没有它的第 {since} 版", f"WebGPU lacks version {since} of it")
    else:
        taken = {*kernels["webgpu_types"], *kernels["webgpu_other_types"].get(node.op_type, ())}
        given = at.types.get(node.input[0], "") if node.input else ""
        if not given or given in taken:
            return Support(operator, 1, wasm, "yes", zh, en)
        why = (f"WebGPU 不收 {given}", f"WebGPU does not take {given}")
    return Support(operator, 1, wasm, "wasm", _joined(zh, why[0], "；"), _joined(en, why[1], "; "))


def _joined(first: str, second: str, between: str) -> str:
    return f"{first}{between}{second}" if first else second


def _on_wasm(at: _Node, kernels: dict[str, list[list[Any]]]) -> tuple[Wasm, str, str]:
    """How the wasm backend runs a node, and what there is to say of it."""
    entries = kernels.get(f"{_domain(at.node.domain)}:{at.node.op_type}")
    since = _since_version(at)
    versions = [e for e in entries or () if _covers(e[0], e[1], since)]
    if any(_types_fit(at, e[2], {}) for e in versions):
        return "yes", "", ""
    if any(_types_fit(at, e[2], {"float16": "float"}) for e in versions):
        return "cast", "float16 先转成 float32 再算", "float16 is computed in float32"
    if _runs_as_parts(at, kernels):
        return "parts", "拆成更简单的算子来算", "computed as simpler operators"
    if not entries:
        return "no", "没有这个算子，模型打不开", "no such operator: the model will not load"
    if not versions:
        known = ", ".join(sorted({_range(e[0], e[1]) for e in entries}, key=_first_number))
        return (
            "no",
            f"没有它的第 {since} 版（有 {known}）：请换 opset",
            f"version {since} of it is missing (there are {known}): change the opset",
        )
    given = ", ".join(sorted({at.types[n] for n in at.node.input if n in at.types}))
    return "no", f"不收这样的类型：{given}", f"does not take these types: {given}"


def _covers(first: int, last: int | None, since: int | None) -> bool:
    """``since`` None is an operator that onnx does not know: any version will do."""
    if since is None or first == since:
        return True
    return last is not None and first < since <= last


def _types_fit(at: _Node, allowed: dict[str, list[str]], stand_in: dict[str, str]) -> bool:
    schema = _schema(at)
    if schema is None:
        return True
    formal = [
        *_formal(list(schema.inputs), list(at.node.input)),
        *_formal(list(schema.outputs), list(at.node.output)),
    ]
    for parameter, name in formal:
        # Kernels are listed by type parameter ("T") or by the input's own name.
        takes = allowed.get(parameter.type_str, allowed.get(parameter.name))
        given = at.types.get(name)
        if takes is not None and given is not None and stand_in.get(given, given) not in takes:
            return False
    return True


def _formal(parameters: list[Any], names: list[str]) -> Iterator[tuple[Any, str]]:
    """Each given tensor with the parameter it is for; the last parameter may take many."""
    for i, name in enumerate(names):
        if name and parameters:
            yield parameters[min(i, len(parameters) - 1)], name


def _schema(at: _Node) -> onnx.defs.OpSchema | None:
    domain = _domain(at.node.domain)
    try:
        return onnx.defs.get_schema(at.node.op_type, at.versions.get(domain, 1), domain)
    except onnx.defs.SchemaError:
        return None


def _since_version(at: _Node) -> int | None:
    schema = _schema(at)
    return None if schema is None else int(schema.since_version)


def _runs_as_parts(at: _Node, kernels: dict[str, list[list[Any]]]) -> bool:
    """Is the operator defined by simpler ones, from this opset or an earlier on, that all run?

    Their tensors are taken to be of the first input's type. What an operator is made of may also
    depend on the node (CastLike); then it is not looked into.
    """
    schema: Any = _schema(at)  # onnx's type stubs lack what is asked of it here
    if schema is None or not _valid_types(at, schema):
        return False
    opset = at.versions.get(_domain(at.node.domain), 1)
    if any(version <= opset for version in schema.function_opset_versions):
        body = schema.function_body.node
        given = at.types.get(at.node.input[0], "") if at.node.input else ""
        names = {name for part in body for name in (*part.input, *part.output)}
        types = dict.fromkeys(names, given) if given else {}
        parts = (_Node(part, types, at.versions) for part in body if part.op_type != "Constant")
        return all(_on_wasm(part, kernels)[0] != "no" for part in parts)
    return any(version <= opset for version in schema.context_dependent_function_opset_versions)


def _valid_types(at: _Node, schema: onnx.defs.OpSchema) -> bool:
    """Whether ONNX itself lets the operator have inputs of these types."""
    allowed = {
        c.type_param_str: [t.removeprefix("tensor(").removesuffix(")") for t in c.allowed_type_strs]
        for c in schema.type_constraints
    }
    return all(
        parameter.type_str not in allowed
        or at.types.get(name, "") in ("", *allowed[parameter.type_str])
        for parameter, name in _formal(list(schema.inputs), list(at.node.input))
    )


def _domain(name: str) -> str:
    return "" if name == "ai.onnx" else name


def _type_name(element: int) -> str:
    """As ONNX Runtime writes it: ``float``, ``int64``."""
    return str(TensorProto.DataType.Name(element)).lower() if element else ""


def _range(first: int, last: int | None) -> str:
    return f"{first}+" if last is None else f"{first}" if first == last else f"{first}–{last}"


def _first_number(text: str) -> int:
    return int(text.rstrip("+").split("–")[0])
