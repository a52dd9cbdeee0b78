"""What torch says when a model cannot be exported, in words that a model maker can act on."""

import re

from shiwu_models.errors import ModelError

_NEWER = re.compile(
    r"operator '([\w:.]+)' to ONNX opset version (\d+) is not supported\. "
    r"Support for this operator was added in version (\d+)"
)
_MISSING = re.compile(
    r"operator '([\w:.]+)' to ONNX opset version"
    r"|unrecognized namespace (\w+(?:[:.]+\w+)*)"
    r"|No ONNX function found for <OpOverload\(op='([\w:.]+)'"
)
# The older exporter names the module in the graph that it prints: "scope: M::/a.Block::block".
_SCOPE = r"{operator}\([^\n]*scope: ([^\s#]+)"
_INSTEAD = {
    "nonzero": ("掩码相乘、torch.where 或 topk", "a mask, torch.where or topk"),
    "unique": ("固定个数的 topk", "topk with a fixed number"),
    "histc": ("one_hot 后求和", "one_hot and a sum"),
}


def explain_export(error: Exception, opset: int, printed: str) -> ModelError:
    """The ModelError for what one of torch's exporters raised.

    ``printed`` is what it wrote to standard output meanwhile: the graph, with module names.
    ``unsupported-opset``: an operator that needs a newer one; ``missing-operator``: one that ONNX
    has not, or results whose number depends on the picture; else ``export-failed``.
    """
    text = "\n".join(_chain(error))
    if newer := _NEWER.search(text):
        operator, _, needed = newer.groups()
        return ModelError(
            "unsupported-opset",
            zh=f"opset {opset} 太旧：算子 {operator}{_module_zh(operator, printed)}从 opset "
            f"{needed} 起才能导出。请加 --opset {needed}。",
            en=f"Opset {opset} is too old: operator {operator}{_module_en(operator, printed)} can "
            f"be exported from opset {needed} on. Add --opset {needed}.",
        )
    if missing := _MISSING.search(text):
        operator = next(filter(None, missing.groups()))
        if "::" not in operator:
            operator = operator.replace(".", "::", 1)
        return _missing_operator(operator, printed)
    if "data-dependent" in text or "GuardOnDataDependent" in type(error).__name__:
        return depends_on_picture()
    first = " ".join(_chain(error)[-1].split())[:600]
    return ModelError(
        "export-failed",
        zh=f"导出 ONNX 失败（opset {opset}）：{first}。请改写这一步，或换 --exporter、--opset。",
        en=f"ONNX export failed (opset {opset}): {first}. "
        "Rewrite that step, or try another --exporter or --opset.",
    )


def depends_on_picture(where: str = "") -> ModelError:
    """What is said of a model that takes another way for another picture, at ``file.py:line``."""
    return ModelError(
        "missing-operator",
        zh=f"模型里有随图片内容而变的步骤{f'（{where}）' if where else ''}，"
        "如按张量的值做 if，或 aten::nonzero：计算图无法固定下来。"
        "请改用掩码相乘、torch.where 或 topk。",
        en=f"A step of the model{f' ({where})' if where else ''} depends on what the picture "
        "holds, as an if on a tensor's value or aten::nonzero does: there is no one graph. "
        "Use a mask, torch.where or topk.",
    )


def _missing_operator(operator: str, printed: str) -> ModelError:
    namespace, _, name = operator.partition("::")
    zh, en = next(
        (instead for known, instead in _INSTEAD.items() if known in name),
        ("标准的 PyTorch 算子", "standard PyTorch operators"),
    )
    own = namespace not in ("aten", "prim", "torchvision")
    return ModelError(
        "missing-operator",
        zh=f"ONNX 里没有{'自定义' if own else ''}算子 {operator}{_module_zh(operator, printed)}。"
        f"请用{zh}改写这一步" + ("（浏览器里也不会有这个自定义算子）。" if own else "。"),
        en=f"ONNX has nothing for the {'custom ' if own else ''}operator {operator}"
        f"{_module_en(operator, printed)}. Write that step with {en}"
        + ("; the browser would not have the custom operator either." if own else "."),
    )


def _chain(error: BaseException) -> list[str]:
    """Messages of an error and its causes, outermost first."""
    texts = [f"{type(error).__name__}: {error}"]
    while error.__cause__ is not None:
        error = error.__cause__
        texts.append(f"{type(error).__name__}: {error}")
    return texts


def _module(operator: str, printed: str) -> str:
    found = re.search(_SCOPE.format(operator=re.escape(operator)), printed)
    if not found:
        return ""
    # "a.Net::/a.Block::block/torch.nn.Conv2d::conv" → "block.conv"; within a Sequential each name
    # is already whole: "a.Net::/torch.nn.Sequential::stem/torch.nn.Conv2d::stem.0" → "stem.0".
    path = ""
    for part in found[1].split("/"):
        name = part.partition("::")[2]
        path = name if not path or name.startswith(f"{path}.") else f"{path}.{name}"
    return path


def _module_zh(operator: str, printed: str) -> str:
    module = _module(operator, printed)
    return f"（在模块 {module} 里）" if module else ""


def _module_en(operator: str, printed: str) -> str:
    module = _module(operator, printed)
    return f" (in module {module})" if module else ""
