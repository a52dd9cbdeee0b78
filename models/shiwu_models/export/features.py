"""The embedding as a second output of a graph that has only logits."""

from onnx import ModelProto, NodeProto, TensorProto, helper

from shiwu_models.errors import ModelError
from shiwu_models.export.checks import producers
from shiwu_models.graph import initializers

# What may stand between the classifier and the output.
_AFTER = {"Add", "Identity", "Reshape", "Flatten", "Squeeze", "Softmax", "LogSoftmax", "Sigmoid"}


def add_features(model: ModelProto, output: str = "output", name: str = "features") -> ModelProto:
    """A copy with one more output ``name`` [N, D]: what the last linear layer reads.

    Found in the graph, so that it works for every source: the Gemm or MatMul with a stored weight
    that makes ``output``. A model that has ``name`` already is returned as it is. Raises ModelError
    ``export-failed`` when the model does not end in a linear layer.
    """
    if any(value.name == name for value in model.graph.output):
        return model
    extended = ModelProto()
    extended.CopyFrom(model)
    head = _head(extended, output)
    weight = initializers(extended)[head.input[1]]
    transposed = any(a.name == "transB" and a.i for a in head.attribute)
    width = weight.shape[1] if transposed else weight.shape[0]
    (logits,) = (v for v in extended.graph.output if v.name == output)
    batch = logits.type.tensor_type.shape.dim[0]
    extended.graph.node.append(helper.make_node("Identity", [head.input[0]], [name], name))
    extended.graph.output.append(
        helper.make_tensor_value_info(
            name, TensorProto.FLOAT, [batch.dim_param or batch.dim_value or "N", width]
        )
    )
    return extended


def _head(model: ModelProto, output: str) -> NodeProto:
    by_output = producers(model)
    stored = initializers(model)
    node = by_output.get(output)
    while node is not None:
        if node.op_type in ("Gemm", "MatMul") and node.input[1] in stored:
            return node
        if node.op_type not in _AFTER:
            break
        node = next((by_output[name] for name in node.input if name in by_output), None)
    raise ModelError(
        "export-failed",
        zh="找不到特征：模型的最后一步不是全连接层（Linear）。"
        "请去掉 --features，或让 forward 返回 (logits, features)。",
        en="No features found: the model does not end in a linear layer. "
        "Leave out --features, or return (logits, features) from forward.",
    )
