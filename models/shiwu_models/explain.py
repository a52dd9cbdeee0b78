"""What ONNX's checker and ONNX Runtime complain of, in words that a model maker can act on.

Both name their errors by C++ class and line; each function here turns one such text into a
ModelError with the node, the operator and what to do about it.
"""

import re
from collections.abc import Sequence

from shiwu_models.errors import ModelError

# "Node (c1) Op (Conv)", "in node (a1)", "node name: c1", "Name:'fc'", 'In Node, ("s1", Swirl'
_NODE = re.compile(
    r"""Node \(([^)]+)\)|in node \(([^)]+)\)|node name: ([^)\s]+)\)|Name:'([^']+)'"""
    r"""|with name '([^']+)'|In Node, \("([^"]+)"|of node: ?\s*name: (\S+)"""
    r"""|Bad node spec for node\. Name: (\S+)"""
)
_OPERATOR = re.compile(
    r"""Op \((\w+)\)|Optype \((\w+)\)|op_type: ?(\w+)|OpType: (\w+)|running (\w+) node"""
    r"""|In Node, \("[^"]*", (\w+)|of operator \((\w+)\)"""
)
_UNKNOWN = re.compile(
    r"No Op registered for (\w+)"
    r"|Fatal error: ([\w.]+:\w+)\S* is not a registered"
    r"|implementation for (?:the node [^:\s]*:)?(\w+)"
)
_OPSET = re.compile(r"support for domain ai\.onnx is till opset (\d+)")


def explain_graph(error: Exception) -> ModelError:
    """Why a graph was refused before it ran: by ``onnx.checker`` or when a session was made.

    ``missing-operator``: an operator that the engine does not know; ``unsupported-opset``: a newer
    operator set than it knows; ``invalid-graph``: anything else, with node and operator.
    """
    text = _plain(error)
    if newest := _OPSET.search(text):
        return ModelError(
            "unsupported-opset",
            zh=f"模型的 opset 太新，这里的 ONNX Runtime 最高支持 {newest[1]}："
            f"请用 --opset {newest[1]} 或更低的版本重新导出（默认的 13 各处都能运行）。",
            en=f"The model's opset is too new: this ONNX Runtime goes up to {newest[1]}. "
            "Export again with that --opset or a lower one (the default, 13, runs everywhere).",
        )
    if unknown := _UNKNOWN.search(text):
        operator = next(filter(None, unknown.groups()))
        return ModelError(
            "missing-operator",
            zh=f"ONNX Runtime 没有算子 {operator}{_where_zh(text)}：请在 PyTorch 里用标准算子改写"
            f"这一步再导出；若它属于更新的 opset，请换 --opset。原文：{text}",
            en=f"ONNX Runtime has no operator {operator}{_where_en(text)}: write this step with "
            "standard operators in PyTorch and export again; if it belongs to a newer opset, ask "
            f"for that with --opset. It said: {text}",
        )
    cause_zh, cause_en = _graph_cause(text)
    if "float16" in text:
        cause_zh += "；权重若是半精度，请先 model.float() 再导出"
        cause_en += "; if its weights are half precision, call model.float() before exporting"
    return ModelError(
        "invalid-graph",
        zh=f"计算图无效（InvalidGraph）{_where_zh(text)}：{cause_zh}。"
        f"请修改模型后重新导出。原文：{text}",
        en=f"The graph is invalid (InvalidGraph){_where_en(text)}: {cause_en}. "
        f"Mend the model and export it again. It said: {text}",
    )


def _graph_cause(text: str) -> tuple[str, str]:
    causes = (
        (
            ("not acyclic", "Cycle"),
            "节点首尾相接成了环，无法排出计算顺序",
            "its nodes form a cycle, so there is no order to run them in",
        ),
        (
            ("topologically sorted", "not a graph input", "is not output of any"),
            "有节点读取的张量不存在，或排在它之后才算出",
            "a node reads a tensor that does not exist, or that is computed only after it",
        ),
        (
            ("Duplicate definition", "SSA"),
            "两个节点写同一个名字的张量",
            "two nodes write a tensor of the same name",
        ),
        (
            ("Type Error", "unsupported type", "Type parameter"),
            "算子的输入类型不对（例如 float 与 int64 混用）",
            "an operator gets inputs of types it does not take (float mixed with int64, say)",
        ),
        (
            ("Unrecognized attribute",),
            "算子带有这个 opset 里没有的属性",
            "an operator has an attribute that this opset does not define",
        ),
        (
            ("ShapeInferenceError", "dimension", "rank"),
            "张量的维数或形状对不上",
            "ranks or shapes of tensors do not fit together",
        ),
    )
    for marks, zh, en in causes:
        if any(mark in text for mark in marks):
            return zh, en
    return "它不合 ONNX 的规则", "it breaks ONNX's rules"


def explain_run(
    error: Exception, name: str, expected: Sequence[int | str | None], given: Sequence[int]
) -> ModelError:
    """Why a sound graph would not run on a tensor: ``input-mismatch`` where shapes are to blame.

    ``expected`` is the graph's input shape (a number, or a name for what is free), ``given`` the
    tensor's.
    """
    text = _plain(error)
    shape = "×".join(str(axis) for axis in expected)
    got = "×".join(str(axis) for axis in given)
    cause = _shape_cause(expected, given)
    inside = "dimension" in text or "shape" in text.lower()
    if cause is None and inside:
        cause = (
            f"模型里面的形状是按另一种尺寸固定的{_where_zh(text)}，"
            "请用导出时的尺寸，或让模型先做全局池化",
            f"shapes inside the model are fixed for another size{_where_en(text)}: "
            "use the size it was exported with, or pool globally before the classifier",
        )
    if cause is None:
        return ModelError(
            "invalid-graph",
            zh=f"模型运行出错{_where_zh(text)}：{text}。请检查这一步，改好后重新导出。",
            en=f"Running the model failed{_where_en(text)}: {text}. "
            "Look at that step, mend it and export again.",
        )
    return ModelError(
        "input-mismatch",
        zh=f"输入 {name} 的形状不对：模型要 {shape}，给的是 {got}。{cause[0]}。",
        en=f"Input {name} has the wrong shape: the model takes {shape}, it was given {got}. "
        f"{cause[1][:1].upper()}{cause[1][1:]}.",
    )


def _shape_cause(
    expected: Sequence[int | str | None], given: Sequence[int]
) -> tuple[str, str] | None:
    if len(given) == len(expected) - 1:
        return (
            "少了批次这一维：在最前面加一维，例如 tensor[None]",
            "the batch axis is missing: add one in front, tensor[None] for example",
        )
    if len(given) != len(expected):
        return (
            f"应有 {len(expected)} 维，实际有 {len(given)} 维",
            f"it should have {len(expected)} axes and has {len(given)}",
        )
    wrong = [
        axis
        for axis, (want, have) in enumerate(zip(expected, given, strict=True))
        if isinstance(want, int) and want != have
    ]
    if not wrong:
        return None
    if len(given) == 4 and _fits(expected, [given[i] for i in (0, 3, 1, 2)]):
        return (
            "像是 NHWC，而模型要 NCHW：请 transpose(0, 3, 1, 2)",
            "this looks like NHWC where the model takes NCHW: transpose(0, 3, 1, 2)",
        )
    if len(given) == 4 and _fits(expected, [given[i] for i in (0, 2, 3, 1)]):
        return (
            "像是 NCHW，而模型要 NHWC：请 transpose(0, 2, 3, 1)",
            "this looks like NCHW where the model takes NHWC: transpose(0, 2, 3, 1)",
        )
    if wrong == [0]:
        return (
            f"批次固定为 {expected[0]}：请以动态批次重新导出",
            f"the batch is fixed at {expected[0]}: export again with a dynamic batch",
        )
    channels = 3 if isinstance(expected[-1], int) and expected[-1] in (1, 3, 4) else 1
    if wrong == [channels]:
        return (
            f"通道数不对：模型要 {expected[channels]} 个通道（RGB 为 3，灰度为 1）",
            f"wrong number of channels: the model takes {expected[channels]} "
            "(RGB has 3, grey has 1)",
        )
    return (
        "图片尺寸不对：请按清单的 input.size 缩放图片，或用 --dynamic-size 重新导出",
        "wrong picture size: resize to the manifest's input.size, or export again with "
        "--dynamic-size",
    )


def _fits(expected: Sequence[int | str | None], given: Sequence[int]) -> bool:
    return all(
        not isinstance(want, int) or want == have
        for want, have in zip(expected, given, strict=True)
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next(filter(None, found.groups()), "") if found else ""


def _where_en(text: str) -> str:
    node, operator = _first(_NODE, text), _first(_OPERATOR, text)
    parts = [f"node {node}" if node else "", f"operator {operator}" if operator else ""]
    return f" at {', '.join(filter(None, parts))}" if node or operator else ""


def _where_zh(text: str) -> str:
    node, operator = _first(_NODE, text), _first(_OPERATOR, text)
    parts = [f"节点 {node}" if node else "", f"算子 {operator}" if operator else ""]
    return f"（{'，'.join(filter(None, parts))}）" if node or operator else ""


def _plain(error: Exception) -> str:
    """The message on one line, without ONNX Runtime's own prefix."""
    text = " ".join(str(error).split())
    return re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", text)
