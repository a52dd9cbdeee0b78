"""Where a PyTorch model comes from: the zoo, a factory, a state dict, TorchScript, torch.export."""

import json
import sys
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.export import ExportedProgram

from shiwu_models.errors import ModelError
from shiwu_models.export.checks import still_training
from shiwu_models.export.fold import fold_batch_norms
from shiwu_models.export.state_dict import load_strictly, state_of
from shiwu_models.export.zoo import ZOO

Size = tuple[int, int]


@dataclass(frozen=True)
class Source:
    """A model to export, and what is known of it."""

    model: nn.Module
    reference: nn.Module  # what the ONNX file must agree with; mostly ``model`` itself
    size: Size | None = None  # [height, width], where the source says it
    program: ExportedProgram | None = None  # the torch.export program behind ``model``


class ProgramModule(nn.Module):
    """A torch.export program as a module that torch's older exporter can trace.

    The program's own module refuses train() and eval(), which that exporter calls; what it does is
    fixed in its graph, and ``open_source`` has looked there.
    """

    def __init__(self, program: ExportedProgram) -> None:
        super().__init__()
        # Guards and hooks compare shapes with those of the recording, and get in the tracer's way;
        # the proof with other batches does that better. (Older torch has no guards here.)
        guards = "check_guards" in signature(program.module).parameters
        self.model: nn.Module = program.module(**({"check_guards": False} if guards else {}))
        self.model._forward_pre_hooks.clear()
        self.train(False)

    def train(self, mode: bool = True) -> "ProgramModule":
        """Only the flag; the graph has no modes."""
        for part in self.modules():
            part.training = mode
        return self

    def forward(self, image: torch.Tensor) -> object:
        """What the program returns."""
        return self.model(image)


def open_source(
    source: str,
    *,
    factory: str | None = None,
    arguments: Mapping[str, Any] | None = None,
    weights: Path | None = None,
    allow_pickle: bool = False,
) -> Source:
    """The model that ``source`` names, its weights loaded, in whatever mode it was left.

    ``source`` is the name of a model in the zoo; ``package.module:factory``, called with
    ``arguments``, and given ``weights`` (a state dict) if there are any; or a file: a state dict
    (with ``factory``), a TorchScript archive, a torch.export program, or, with ``allow_pickle``, a
    whole pickled model. Raises ModelError ``load-failed``, ``unsafe-pickle``, ``train-mode`` (a
    program recorded so) or ``missing-package``.
    """
    if source in ZOO:
        folded = ZOO[source].load()
        fold_batch_norms(folded)
        return Source(folded, ZOO[source].load(), ZOO[source].input.size)
    path = Path(source)
    if path.exists() or (":" not in source and path.suffix):
        if weights is not None:
            raise _load_failed(
                "--weights 只能与 package.module:factory 一起用",
                "--weights goes with package.module:factory only",
            )
        return _open_file(path, factory, arguments or {}, allow_pickle=allow_pickle)
    if ":" not in source:
        raise _load_failed(
            f"没有名为 {source} 的模型。内置的有：{'、'.join(ZOO)}；"
            "也可以写 package.module:factory 或一个文件",
            f"There is no model {source}. Built in: {', '.join(ZOO)}; or give "
            "package.module:factory, or a file",
        )
    model = build(source, arguments or {})
    if weights is not None:
        load_strictly(model, state_of(_unpickle(weights, allow_pickle=allow_pickle), weights))
    return Source(model, model)


def build(factory: str, arguments: Mapping[str, Any]) -> nn.Module:
    """Import ``package.module:factory`` (the current folder first) and call it.

    Raises ModelError ``load-failed`` when it cannot be imported, fails, or makes no nn.Module.
    """
    module_name, _, attribute = factory.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        made: object = import_module(module_name)
        for part in attribute.split("."):
            made = getattr(made, part)
        if not isinstance(made, nn.Module):
            made = made(**arguments)  # type: ignore[operator]  # not callable: told below
    except ModelError:
        raise
    except Exception as error:  # the user's own code may raise anything
        what = f"{type(error).__name__}: {error}"
        raise _load_failed(
            f"{factory} 没能造出模型：{what}。请在当前文件夹里先用 Python 试一次；"
            "写法是 package.module:factory",
            f"{factory} made no model: {what}. Try it in Python in this folder first; the form is "
            "package.module:factory",
        ) from error
    if not isinstance(made, nn.Module):
        kind = type(made).__name__
        raise _load_failed(
            f"{factory} 返回的是 {kind}，不是 nn.Module",
            f"{factory} returned {kind}, not an nn.Module",
        )
    return made


def parse_arguments(pairs: list[str]) -> dict[str, Any]:
    """``["classes=5", "name=a"]`` → {"classes": 5, "name": "a"}: JSON where it is, else text.

    Raises ModelError ``load-failed``.
    """
    arguments = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.isidentifier():
            raise _load_failed(
                f"--arg {pair} 写得不对：应是 名字=值",
                f"--arg {pair} is not of the form name=value",
            )
        try:
            arguments[key] = json.loads(value)
        except json.JSONDecodeError:
            arguments[key] = value
    return arguments


def _open_file(
    path: Path, factory: str | None, arguments: Mapping[str, Any], *, allow_pickle: bool
) -> Source:
    if not path.is_file():
        raise _load_failed(
            f"没有文件 {path}：请检查路径", f"There is no file {path}: check the path"
        )
    if path.suffix == ".onnx":
        raise _load_failed(
            f"{path.name} 已经是 ONNX：不用导出，请直接用 inspect、simplify、quantize 或 pack",
            f"{path.name} is ONNX already: go on with inspect, simplify, quantize or pack",
        )
    names = zipfile.ZipFile(path).namelist() if zipfile.is_zipfile(path) else []
    try:
        if any(_is_program(name) for name in names):
            return _open_program(torch.export.load(path))
        # "<archive>/constants.pkl" is in every TorchScript archive, and in nothing else.
        if any(name.count("/") == 1 and name.endswith("/constants.pkl") for name in names):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # "deprecated": people have them
                script: nn.Module = torch.jit.load(path, map_location="cpu")  # type: ignore[no-untyped-call]
            return Source(script, script)
    except ModelError:
        raise
    except Exception as error:  # torch raises many kinds
        raise _load_failed(
            f"读不出 {path.name}：{error}。它可能是更新的 PyTorch 存的，或已损坏",
            f"Cannot read {path.name}: {error}. It may come from a newer PyTorch, or be damaged",
        ) from error
    content = _unpickle(path, allow_pickle=allow_pickle)
    if isinstance(content, nn.Module):
        return Source(content, content)
    state = state_of(content, path)
    if factory is None:
        raise _load_failed(
            f"{path.name} 里只有权重，没有网络结构：请加 --factory package.module:factory",
            f"{path.name} holds weights and no network: add --factory package.module:factory",
        )
    model = build(factory, arguments)
    load_strictly(model, state)
    return Source(model, model)


def _is_program(name: str) -> bool:
    # torch 2.5 to 2.6 wrote the first, later ones the second.
    return name.endswith(("serialized_exported_program.json", "models/model.json"))


def _open_program(program: ExportedProgram) -> Source:
    training = next(filter(None, (_trains(node) for node in program.graph.nodes)), None)
    if training:
        raise still_training(training)
    shapes = [
        node.meta["val"].shape
        for node in program.graph.nodes
        if node.op == "placeholder" and node.name in program.graph_signature.user_inputs
    ]
    if len(shapes) != 1 or len(shapes[0]) != 4:
        raise _load_failed(
            f"这个程序有 {len(shapes)} 个输入，应只有一个 [N, 通道, 高, 宽] 的输入",
            f"This program takes {len(shapes)} inputs; it should take one, "
            "[N, channels, height, width]",
        )
    height, width = shapes[0][2:]
    fixed = isinstance(height, int) and isinstance(width, int)
    model = ProgramModule(program)
    return Source(model, model, (height, width) if fixed else None, program)


def _trains(node: torch.fx.Node) -> str | None:
    """The name of a node that drops or takes batch statistics, else None."""
    schema = getattr(node.target, "_schema", None)
    if node.op != "call_function" or schema is None:
        return None
    operator = schema.name.removeprefix("aten::")
    if "dropout" not in operator and "batch_norm" not in operator:
        return None
    for position, argument in enumerate(schema.arguments):
        if argument.name in ("train", "training"):
            given = node.args[position] if position < len(node.args) else None
            if node.kwargs.get(argument.name, given) is True:
                return node.name
    return None


def _unpickle(path: Path, *, allow_pickle: bool) -> object:
    """What torch.save wrote; only tensors and plain containers unless ``allow_pickle``."""
    if not path.is_file():
        raise _load_failed(
            f"没有文件 {path}：请检查路径", f"There is no file {path}: check the path"
        )
    here = str(Path.cwd())
    if allow_pickle and here not in sys.path:
        sys.path.insert(0, here)  # a pickle names its classes by module
    try:
        content: object = torch.load(path, map_location="cpu", weights_only=not allow_pickle)
    except Exception as error:  # UnpicklingError, KeyError, EOFError, ... by what the bytes are
        text = str(error)
        if "Weights only load failed" in text and ("GLOBAL" in text or "global" in text):
            raise ModelError(
                "unsafe-pickle",
                zh=f"{path.name} 是完整的 pickle，不只是权重。打开 pickle 会运行它带来的任何代码，"
                "所以默认不打开。最好请作者用 torch.save(model.state_dict(), …) 重存，"
                "再配 --factory；确信来源可靠时才加 --allow-pickle。",
                en=f"{path.name} is a whole pickle, not only weights. Opening a pickle runs any "
                "code that it carries, so it stays shut. Best save torch.save(model.state_dict(), "
                "…) again and give --factory; add --allow-pickle only if you trust its source.",
            ) from error
        first = text.splitlines()[0] if text else type(error).__name__
        raise _load_failed(
            f"读不出 {path.name}：{type(error).__name__}: {first}。"
            "它应是 torch.save、torch.jit.save 或 torch.export.save 写的文件",
            f"Cannot read {path.name}: {type(error).__name__}: {first}. It should be a file that "
            "torch.save, torch.jit.save or torch.export.save wrote",
        ) from error
    return content


def _load_failed(zh: str, en: str) -> ModelError:
    return ModelError("load-failed", zh=zh + "。", en=en + ".")
