"""What must not be wrong with an exported graph, whoever made it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, numpy_helper

from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers

Activation = Literal["Softmax", "Sigmoid"]
# These change the form of scores, not their values; those not what the scores say (both as in
# web/src/model/onnx/graph.ts).
_RESHAPING = {"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Cast"}
_PASSING = _RESHAPING | {"Clip", "Dropout", "QuantizeLinear", "DequantizeLinear"}
_ACTIVATIONS: dict[str, Activation] = {
    "Softmax": "Softmax",
    "Sigmoid": "Sigmoid",
    "HardSigmoid": "Sigmoid",
}
# What is given to these can be given out in their place: the page does the same to it.
_STRIPPED = {"Softmax", "Sigmoid"}


def producers(model: ModelProto) -> dict[str, NodeProto]:
    """Tensor's name → the node that writes it."""
    return {name: node for node in model.graph.node for name in node.output}


def final_activation(model: ModelProto, output: str) -> Activation | None:
    """Softmax or Sigmoid, when that is what makes the graph's ``output``.

    Applied again it would squash every answer, and each class end up nearly as probable as the
    next. LogSoftmax is not meant: softmax undoes it exactly.
    """
    heads = _heads(model, output, _PASSING)
    return _ACTIVATIONS[heads[0].op_type] if heads else None


def _heads(model: ModelProto, output: str, passing: set[str]) -> list[NodeProto]:
    """The nodes that do it: one, or the sigmoids of several heads that are joined."""
    by_output = producers(model)
    node = by_output.get(output)
    while node is not None and node.op_type in passing:
        node = by_output.get(node.input[0])
    if node is None or node.op_type in _ACTIVATIONS:
        return [node] if node is not None else []
    joined = [by_output.get(name) for name in node.input] if node.op_type == "Concat" else []
    sigmoids = [head for head in joined if head is not None and _is_sigmoid(head)]
    return sigmoids if len(sigmoids) == len(joined) else []


def _is_sigmoid(node: NodeProto) -> bool:
    return _ACTIVATIONS.get(node.op_type) == "Sigmoid"


def strip_final_activation(model: ModelProto, output: str) -> ModelProto:
    """A copy whose ``output`` is what the final Softmax or Sigmoid was given, if there is one."""
    stripped = ModelProto()
    stripped.CopyFrom(model)
    for node in _strippable(stripped, output):
        node.op_type = "Identity"
        del node.attribute[:]
    return stripped


def _strippable(model: ModelProto, output: str) -> list[NodeProto]:
    """What makes the ``output``, where the page can put it back: no HardSigmoid, nothing cut off or
    rounded after it."""
    heads = _heads(model, output, _RESHAPING)
    return heads if all(head.op_type in _STRIPPED for head in heads) else []


def require_logits(model: ModelProto, output: str) -> None:
    """Raise ModelError ``invalid-model`` when ``output`` is already a probability, and need not."""
    activation = final_activation(model, output)
    if activation and _strippable(model, output):
        raise double_softmax(activation)


def require_logit_values(values: NDArray[np.float32]) -> None:
    """The same by the numbers, for a softmax written by hand: ``values`` [N, classes].

    Rows that are nowhere negative and each sum to 1 are probabilities; two pictures' logits never
    are so by chance.
    """
    if values.shape[-1] > 1 and (values >= 0).all():
        sums = values.astype(np.float64).sum(axis=-1)
        if np.abs(sums - 1).max() < 1e-4:
            raise double_softmax("Softmax")


def double_softmax(activation: Activation) -> ModelError:
    """What a model that ends in its own ``activation`` is told."""
    name = activation.lower()
    return ModelError(
        "invalid-model",
        zh=f"模型的最后一步已经是 {activation}，而这里的测量和校准都从 logits 算起（重复 {name} 会"
        "把各类的概率压得几乎一样）。请让 forward 返回 logits，或加 --strip-activation 去掉它，"
        "网页会补上。",
        en=f"The model already ends in {activation}, while measuring and calibrating here begin "
        f"with logits: doubled, {name} makes every class nearly as probable as the next. Return "
        "logits from forward, or take it off with --strip-activation: the page puts it back.",
    )


def require_inference_graph(model: ModelProto) -> None:
    """Raise ModelError ``train-mode`` for a graph that still trains.

    BatchNormalization with training_mode, or with the statistics' outputs of opset 13 and before;
    Dropout whose training_mode input is true.
    """
    constants = initializers(model)
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    for node in model.graph.node:
        attributes = {attribute.name: attribute.i for attribute in node.attribute}
        trains = node.op_type == "BatchNormalization" and (
            attributes.get("training_mode", 0) == 1 or len(node.output) > 1
        )
        if node.op_type == "Dropout" and len(node.input) > 2 and node.input[2] in constants:
            trains = bool(constants[node.input[2]].any())
        if trains:
            raise still_training(f"{node.op_type} {node.name or node.output[0]}")


def still_training(where: str) -> ModelError:
    """What is said of a model whose graph was recorded in train mode."""
    return ModelError(
        "train-mode",
        zh=f"模型是在训练模式下录制的（{where}）：丢弃和批统计已写进计算图，答案会变差。"
        "请先调用 model.eval()，再重新保存或导出。",
        en=f"The model was recorded in train mode ({where}): dropout and batch statistics are in "
        "its graph, and it would answer worse. Call model.eval(), then save or export it again.",
    )


def require_fixed_classes(model: ModelProto, output: str) -> None:
    """Raise ModelError when the number of classes depends on the picture.

    ``missing-operator`` when NonZero is why (aten::nonzero gives as many rows as it finds), else
    ``invalid-model``.
    """
    (value,) = (v for v in model.graph.output if v.name == output)
    dims = value.type.tensor_type.shape.dim
    if len(dims) == 2 and dims[-1].dim_value > 0:
        return
    nonzero = next((n for n in model.graph.node if n.op_type == "NonZero"), None)
    if nonzero is not None:
        raise ModelError(
            "missing-operator",
            zh=f"模型用了 aten::nonzero（节点 {nonzero.name}）：结果的个数随图片而变，"
            "输出就没有固定的类别数，浏览器里也无法预先分配。请改用掩码相乘、torch.where 或 topk。",
            en=f"The model uses aten::nonzero (node {nonzero.name}): how many results it gives "
            "depends on the picture, so that the output has no fixed number of classes. Use a "
            "mask, torch.where or topk instead.",
        )
    shape = [d.dim_value or d.dim_param or "?" for d in dims]
    raise ModelError(
        "invalid-model",
        zh=f"输出的形状是 {shape}，应是 [N, 类别数]。请让 forward 返回二维的 logits。",
        en=f"The output's shape is {shape}; it should be [N, classes]. "
        "Return two-dimensional logits from forward.",
    )
