"""PyTorch to ONNX, by either of torch's exporters."""

import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any, Literal

import torch
from onnx import ModelProto
from torch import nn
from torch.export import ExportedProgram

from shiwu_models.errors import ModelError
from shiwu_models.export.checks import require_fixed_classes, require_inference_graph
from shiwu_models.export.explain import explain_export
from shiwu_models.export.fold import check_evaluation_mode
from shiwu_models.export.outputs import NAMES, pick, plain_outputs
from shiwu_models.export.sizes import run_at
from shiwu_models.graph import load_model, opset, require_fits

Exporter = Literal["torchscript", "dynamo", "auto"]
# What every version of ONNX Runtime Web in use runs, and the first with per-channel
# DequantizeLinear.
DEFAULT_OPSET = 13
# ONNX Runtime promises 7 and newer; its web build 1.30 refuses 27 ("support for domain ai.onnx is
# till opset 26"; tried with one model for each opset).
OPSETS = range(7, 27)
# What the older exporter knows; above it writes the number and old operators.
TORCHSCRIPT_NEWEST = 20
# The newer one writes this and converts from it.
DYNAMO_OLDEST = 18


def export(
    model: nn.Module,
    size: tuple[int, int],
    opset_version: int = DEFAULT_OPSET,
    *,
    exporter: Exporter = "auto",
    dynamic_size: bool = False,
    channels: int = 3,
    program: ExportedProgram | None = None,
) -> ModelProto:
    """The model as a checked ONNX graph.

    Input ``input`` float32 [N, channels, H, W] with [H, W] = ``size``; output ``output``
    [N, classes] and, if the model returns two tensors, ``features`` [N, D]; N is dynamic, and with
    ``dynamic_size`` so are H and W. ``program`` is the torch.export program that ``model`` stands
    for, if it does. Initialisers have the names of the model's parameters.

    ``auto`` is torch's older exporter (``dynamo=False``, "torchscript") where this torch has it
    and it can, else the newer one. The older writes opset 13 itself; the newer writes 18 and
    converts down, which stops at Pad (torch 2.15: "No Adapter To Version $17 for Pad") and
    silently leaves the model at 18.

    Raises ModelError ``train-mode``, ``too-large``, ``input-mismatch``, ``unsupported-opset``,
    ``missing-operator``, ``missing-package``, ``export-failed``, or as ``load_model`` does.
    """
    check_evaluation_mode(model)
    require_fits(weight_bytes(model))
    _require_opset(opset_version)
    answer = run_at(model, size, channels)
    plain = plain_outputs(model, answer)
    names = NAMES[: len(pick(answer))]
    whole = program if plain is model else None
    failure: ModelError | None = None
    scripted = isinstance(model, torch.jit.ScriptModule)
    for candidate in _candidates(exporter, opset_version, scripted=scripted):
        try:
            graph = _run(
                plain if candidate == "torchscript" or whole is None else whole,
                torch.zeros(1 if candidate == "torchscript" else 2, channels, *size),
                names,
                opset_version,
                newer=candidate == "dynamo",
                dynamic_size=dynamic_size,
            )
        except ModelError as error:
            failure = failure or error
        else:
            _name_batch(graph)
            _without_traces(graph)
            if plain is not model or program is not None:
                _without_wrapper(graph)
            require_inference_graph(graph)
            require_fixed_classes(graph, NAMES[0])
            return graph
    assert failure is not None  # there is always a candidate
    raise failure


def weight_bytes(model: nn.Module) -> int:
    """Bytes of parameters and buffers; what several modules share counts once."""
    tensors = (*model.parameters(), *model.buffers())
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _require_opset(version: int) -> None:
    if version not in OPSETS:
        raise ModelError(
            "unsupported-opset",
            zh=f"不支持 opset {version}：ONNX Runtime Web 能运行 {OPSETS[0]} 到 {OPSETS[-1]}。"
            f"请去掉 --opset（默认 {DEFAULT_OPSET}）或换成其中之一。",
            en=f"Opset {version} is not supported: ONNX Runtime Web runs {OPSETS[0]} to "
            f"{OPSETS[-1]}. Leave out --opset (the default is {DEFAULT_OPSET}) or ask for one of "
            "those.",
        )


def _candidates(exporter: Exporter, opset_version: int, *, scripted: bool) -> list[Exporter]:
    # Only torch with the older exporter lets one register operators for it.
    older = hasattr(torch.onnx, "register_custom_op_symbolic")
    newer = "dynamo" in signature(torch.onnx.export).parameters and find_spec("onnxscript")
    if scripted and exporter == "auto":
        exporter = "torchscript"
    if scripted and exporter == "dynamo":
        raise ModelError(
            "export-failed",
            zh="TorchScript 文件只能用旧导出器：请用 --exporter torchscript"
            f"（opset 到 {TORCHSCRIPT_NEWEST} 为止）。",
            en="TorchScript can be exported by the older exporter only: use --exporter "
            f"torchscript (opsets up to {TORCHSCRIPT_NEWEST}).",
        )
    if exporter == "auto":
        usable: list[Exporter] = []
        if older and opset_version <= TORCHSCRIPT_NEWEST:
            usable.append("torchscript")
        if newer and opset_version >= DYNAMO_OLDEST:
            usable.append("dynamo")
        if usable:
            return usable
        exporter = "torchscript" if older and opset_version < DYNAMO_OLDEST else "dynamo"
    if exporter == "dynamo" and not newer:
        raise ModelError(
            "missing-package",
            zh="新导出器需要 Python 包 onnxscript：请运行 pip install onnxscript，"
            "或改用 --exporter torchscript。",
            en="The newer exporter needs the Python package onnxscript: run pip install "
            "onnxscript, or use --exporter torchscript.",
        )
    if exporter == "torchscript" and not older:
        raise ModelError(
            "unsupported-opset",
            zh=f"这个 PyTorch（{torch.__version__}）已没有旧导出器：请用 --exporter dynamo "
            f"--opset {DYNAMO_OLDEST}。",
            en=f"This PyTorch ({torch.__version__}) no longer has the older exporter: use "
            f"--exporter dynamo --opset {DYNAMO_OLDEST}.",
        )
    if exporter == "torchscript" and opset_version > TORCHSCRIPT_NEWEST:
        raise ModelError(
            "unsupported-opset",
            zh=f"旧导出器最高只到 opset {TORCHSCRIPT_NEWEST}：请用 --exporter dynamo，"
            f"或 --opset {DEFAULT_OPSET}。",
            en=f"The older exporter goes up to opset {TORCHSCRIPT_NEWEST}: use --exporter dynamo, "
            f"or --opset {DEFAULT_OPSET}.",
        )
    return [exporter]


def _run(
    model: nn.Module | ExportedProgram,
    example: torch.Tensor,
    names: tuple[str, ...],
    opset_version: int,
    *,
    newer: bool,
    dynamic_size: bool,
) -> ModelProto:
    free = {0: "N", **({2: "H", 3: "W"} if dynamic_size else {})}
    options: dict[str, Any] = {"input_names": ["input"], "output_names": list(names)}
    if not newer:
        options["dynamic_axes"] = {"input": free} | {name: {0: "N"} for name in names}
    else:
        options["external_data"] = False
        if isinstance(model, nn.Module):
            dims = {axis: torch.export.Dim(name) for axis, name in free.items()}
            options["dynamic_shapes"] = (dims,)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        file = Path(folder) / "model.onnx"
        # "legacy exporter", "Slice not folded", "trace might not generalize": the first is the
        # choice argued above, the second is what the simplifier folds, and the third is what the
        # proof after the export is for.
        warnings.simplefilter("ignore")
        printed = Path(folder) / "printed"
        try:
            with _output_into(printed):
                torch.onnx.export(
                    model,
                    (example,),
                    file,
                    dynamo=newer,
                    opset_version=opset_version,
                    verbose=False,
                    **options,
                )
        except Exception as error:  # torch's exporters raise many kinds
            text = printed.read_text(encoding="utf-8", errors="replace")
            raise explain_export(error, opset_version, text) from error
        graph = load_model(file)
    if (got := opset(graph)) != opset_version:
        raise ModelError(
            "unsupported-opset",
            zh=f"要的是 opset {opset_version}，新导出器（dynamo）却只给出 {got}："
            f"请用 --exporter torchscript，或 --opset {got}。",
            en=f"Asked for opset {opset_version}, the newer exporter (dynamo) gave {got}: "
            f"use --exporter torchscript, or --opset {got}.",
        )
    return graph


@contextmanager
def _output_into(file: Path) -> Iterator[None]:
    """Standard output and error into ``file``, off the screen.

    torch's C++ prints the whole graph before it raises, and the newer exporter logs tracebacks of
    what it then recovers from; both write to the descriptors, below Python.
    """
    streams = (sys.stdout, sys.stderr)
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    try:
        with file.open("wb") as target:
            for descriptor, stream in enumerate(streams, 1):
                stream.flush()
                os.dup2(target.fileno(), descriptor)
            try:
                yield
            finally:
                for descriptor, stream in enumerate(streams, 1):
                    stream.flush()
                    os.dup2(kept[descriptor - 1], descriptor)
    finally:
        for descriptor in kept:
            os.close(descriptor)


def _name_batch(graph: ModelProto) -> None:
    """A free batch is called N, whatever symbol the exporter made up."""
    values = (*graph.graph.input, *graph.graph.output, *graph.graph.value_info)
    made_up = graph.graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for value in values:
        for dim in value.type.tensor_type.shape.dim:
            if made_up and dim.dim_param == made_up:
                dim.dim_param = "N"


def _without_traces(graph: ModelProto) -> None:
    """Drop the newer exporter's notes: each node's Python stack, with paths of this machine."""
    del graph.graph.metadata_props[:]
    for part in (*graph.graph.node, *graph.graph.value_info, *graph.graph.input):
        del part.metadata_props[:]
    for part in (*graph.graph.output, *graph.graph.initializer):
        del part.metadata_props[:]


def _without_wrapper(graph: ModelProto) -> None:
    """Initialisers as the user's own model names them: without this package's ``model.``."""
    taken = {tensor.name for tensor in graph.graph.initializer}
    for tensor in graph.graph.initializer:
        name = tensor.name
        while name.startswith("model."):
            name = name.removeprefix("model.")
        if name == tensor.name or name in taken:
            continue
        for node in graph.graph.node:
            for position, read in enumerate(node.input):
                if read == tensor.name:
                    node.input[position] = name
        taken.add(name)
        tensor.name = name
