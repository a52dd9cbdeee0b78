"""Results that are no tensors: Custom Vision and sklearn-onnx end in a ZipMap."""

from onnx import ModelProto, TensorProto, helper


def without_maps(model: ModelProto) -> ModelProto:
    """A copy that gives the scores [N, classes] which each final ZipMap is made of, in its place.

    The name of the best class, as text beside it, goes too, with whatever only it needed. A model
    without ZipMap comes back as it is. The page does the same when it loads a model.
    """
    maps = {node.output[0]: node for node in model.graph.node if node.op_type == "ZipMap"}
    if not maps.keys() & {value.name for value in model.graph.output}:
        return model
    plain = ModelProto()
    plain.CopyFrom(model)
    graph = plain.graph
    results = []
    for value in model.graph.output:
        if (node := maps.get(value.name)) is not None:
            names = helper.get_node_attr_value(node, node.attribute[0].name)
            shape: list[str | int | None] = ["N", len(names)]
            results.append(helper.make_tensor_value_info(node.input[0], TensorProto.FLOAT, shape))
        elif value.type.tensor_type.elem_type != TensorProto.STRING:
            results.append(value)
    del graph.output[:]
    graph.output.extend(results)
    needed = {value.name for value in results}
    kept = []
    for node in reversed(graph.node):  # sorted: what a node needs stands before it
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input)
    kept.reverse()
    stored = [tensor for tensor in graph.initializer if tensor.name in needed]
    for field, values in ((graph.node, kept), (graph.initializer, stored)):
        copies = [type(value).FromString(value.SerializeToString()) for value in values]
        del field[:]
        field.extend(copies)
    return plain
