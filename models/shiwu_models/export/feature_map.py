"""The places that the embedding is the mean of, as a further output: no weight is added."""

from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, shape_inference

from shiwu_models.export.checks import producers
from shiwu_models.graph import initializers

NAME = "feature_map"
# What may stand between the pool and the embedding: the same numbers under other sides.
_RESHAPING = {"Identity", "Flatten", "Reshape", "Squeeze", "Dropout"}


def add_feature_map(model: ModelProto, features: str = "features") -> ModelProto:
    """A copy with one more output ``feature_map`` [N, C, h, w], whose mean over h and w is the
    output ``features``: what class activation maps are made from (Zhou et al. 2016).

    The tensor is there already: it gets the name, and no node is added, so that a run which does
    not ask for it costs nothing more. A model that has such an output, or whose embedding is no
    global average of one, is returned as it is.
    """
    outputs = {value.name for value in model.graph.output}
    pooled = _pooled(model, features) if features in outputs else None
    if NAME in outputs or pooled is None or pooled in outputs:
        return model
    extended = ModelProto()
    extended.CopyFrom(model)
    found = _map_of(extended, pooled, features)
    if found is None:
        return model
    graph = extended.graph
    for node in graph.node:
        for names in (node.input, node.output):
            for position, name in enumerate(names):
                if name == pooled:
                    names[position] = NAME
    for value in graph.value_info:
        if value.name == pooled:
            value.name = NAME
    graph.output.append(found)
    return extended


def feature_map_of(model: ModelProto, features: str) -> str | None:
    """The output whose mean over height and width is ``features``, by whatever name; or None."""
    pooled = _pooled(model, features)
    return pooled if any(value.name == pooled for value in model.graph.output) else None


def _pooled(model: ModelProto, features: str) -> str | None:
    """What the global average that makes ``features`` looks at."""
    by_output = producers(model)
    node = by_output.get(features)
    while node is not None and node.op_type in _RESHAPING:
        node = by_output.get(node.input[0])
    if node is None or not _is_global_average(node, model):
        return None
    name: str = node.input[0]
    return name if name in by_output else None


def _is_global_average(node: NodeProto, model: ModelProto) -> bool:
    if node.op_type == "GlobalAveragePool":
        return True
    if node.op_type != "ReduceMean":
        return False
    axes = next((list(a.ints) for a in node.attribute if a.name == "axes"), None)
    if axes is None and len(node.input) > 1:  # an input since opset 18
        stored = initializers(model).get(node.input[1])
        axes = None if stored is None else [int(axis) for axis in stored.ravel()]
    return axes is not None and sorted(axis % 4 for axis in axes) == [2, 3]


def _map_of(model: ModelProto, name: str, features: str) -> ValueInfoProto | None:
    """The tensor as an output; None where it is not [N, C, h, w] with a known C."""
    batch = next(
        value.type.tensor_type.shape.dim[0]
        for value in model.graph.output
        if value.name == features
    )
    first = batch.dim_param or batch.dim_value or "N"
    inferred = shape_inference.infer_shapes(model).graph
    for value in (*inferred.value_info, *inferred.output):
        if value.name != name:
            continue
        sides = [dim.dim_value or dim.dim_param or None for dim in value.type.tensor_type.shape.dim]
        if len(sides) == 4 and isinstance(sides[1], int):
            return helper.make_tensor_value_info(NAME, TensorProto.FLOAT, [first, *sides[1:]])
    return None
