"""Multiply-accumulates of a graph: the usual measure of how much work a picture is.

Counted are convolutions and matrix products, as papers do; element-wise work, pooling and
normalisation are left out. Padding is counted as if it were data, as papers do too.
"""

import math
from collections.abc import Callable

from onnx import ModelProto, NodeProto

Shape = tuple[int, ...]
Shapes = dict[str, Shape]


def macs(model: ModelProto) -> dict[str, int] | None:
    """Operator → multiply-accumulates, for the input shapes that the graph has.

    ``model`` must have its shapes inferred, and all of them fixed (``structure.inferred``); None
    when the shape of some tensor that matters is not known. Bodies of If and Loop do not count.
    """
    shapes = _shapes(model)
    totals: dict[str, int] = {}
    for node in model.graph.node:
        counter = COUNTERS.get(node.op_type)
        if counter is None:
            continue
        try:
            count = counter(node, shapes)
        except KeyError:
            return None
        totals[node.op_type] = totals.get(node.op_type, 0) + count
    return totals


def _shapes(model: ModelProto) -> Shapes:
    """Of every tensor whose axes are all known."""
    graph = model.graph
    shapes = {tensor.name: tuple(map(int, tensor.dims)) for tensor in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        if value.type.tensor_type.HasField("shape"):
            dims = value.type.tensor_type.shape.dim
            if all(dim.HasField("dim_value") for dim in dims):
                shapes[value.name] = tuple(int(dim.dim_value) for dim in dims)
    return shapes


def _convolution(weight: int) -> Callable[[NodeProto, Shapes], int]:
    """Weight [out, in / groups, kernel…]: each output is a sum over the last axes."""

    def count(node: NodeProto, shapes: Shapes) -> int:
        return math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[weight]][1:])

    return count


def _transposed_convolution(node: NodeProto, shapes: Shapes) -> int:
    """Weight [in, out / groups, kernel…]: each input goes into a sum over the last axes."""
    return math.prod(shapes[node.input[0]]) * math.prod(shapes[node.input[1]][1:])


def _gemm(node: NodeProto, shapes: Shapes) -> int:
    transposed = any(a.name == "transA" and a.i for a in node.attribute)
    inner = shapes[node.input[0]][0 if transposed else 1]
    return math.prod(shapes[node.output[0]]) * inner


def _matrix_product(node: NodeProto, shapes: Shapes) -> int:
    return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]


COUNTERS: dict[str, Callable[[NodeProto, Shapes], int]] = {
    "Conv": _convolution(1),
    "ConvInteger": _convolution(1),
    "FusedConv": _convolution(1),
    "QLinearConv": _convolution(3),
    "ConvTranspose": _transposed_convolution,
    "Gemm": _gemm,
    "FusedGemm": _gemm,
    "MatMul": _matrix_product,
    "MatMulInteger": _matrix_product,
    "QLinearMatMul": _matrix_product,
}
