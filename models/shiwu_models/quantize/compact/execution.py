"""A graph run one node at a time, so that a weight can be replaced before its turn comes."""

from collections.abc import Callable, Iterator

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, helper, numpy_helper

from shiwu_models.graph import opset

Array = NDArray[np.generic]
Before = Callable[[NodeProto, dict[str, Array]], None]


def walk(
    model: ModelProto, tensor: NDArray[np.float32], before: Before | None = None
) -> Iterator[tuple[NodeProto, dict[str, Array]]]:
    """Run ``model`` on ``tensor`` and yield each node, in order, with the values alive then:
    name → array, the node's outputs included.

    ``before(node, values)`` is called when a node's inputs are ready; what it puts into
    ``values`` under the name of a weight is used instead of the model's. A value is forgotten
    after its last use, except the graph's outputs.
    """
    graph = model.graph
    values: dict[str, Array] = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    values[_input(graph)] = tensor
    last = _last_uses(graph)
    for position, node in enumerate(graph.node):
        if before is not None:
            before(node, values)
        outputs = _run(node, [values[name] if name else None for name in node.input], model)
        values.update(zip(node.output, outputs, strict=True))
        yield node, values
        for name in {*node.input, *node.output}:
            if last.get(name, -1) <= position:
                values.pop(name, None)


def _input(graph: GraphProto) -> str:
    stored = {tensor.name for tensor in graph.initializer}
    name: str = next(value.name for value in graph.input if value.name not in stored)
    return name


def _last_uses(graph: GraphProto) -> dict[str, int]:
    """Name → position of the last node that reads it; outputs of the graph are never done."""
    last = {name: i for i, node in enumerate(graph.node) for name in node.input if name}
    return last | {value.name: len(graph.node) for value in graph.output}


def _run(node: NodeProto, inputs: list[Array | None], model: ModelProto) -> list[Array]:
    """One node in ONNX Runtime, on one thread: sums are always added in the same order."""
    given = {n: a for n, a in zip(node.input, inputs, strict=True) if a is not None}
    # Constants stay constant: some operators demand it of their parameters.
    constants = {t.name for t in model.graph.initializer} & given.keys()
    single = helper.make_model(
        helper.make_graph(
            [node],
            "node",
            [
                helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
                for n, a in given.items()
                if n not in constants
            ],
            [helper.make_empty_tensor_value_info(name) for name in node.output],
            [numpy_helper.from_array(np.ascontiguousarray(given[n]), n) for n in sorted(constants)],
        ),
        opset_imports=[helper.make_opsetid("", opset(model))],
        ir_version=min(model.ir_version, 10),
    )
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(
        single.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    feeds = {n: a for n, a in given.items() if n not in constants}
    results: list[Array] = session.run(None, feeds)
    return results
