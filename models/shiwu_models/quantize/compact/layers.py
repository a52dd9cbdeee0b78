"""The layers whose weights can be rounded: Conv and Gemm with a stored weight."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper

from shiwu_models.errors import ModelError


@dataclass(frozen=True)
class Layer:
    """A Conv or Gemm node: y = weight * x + bias, with the output channel on the weight's axis 0.

    A Gemm is a 1 by 1 convolution of a 1 by 1 map.
    """

    name: str  # the weight's
    bias: str | None
    source: str  # the value x that it reads
    result: str  # the value y that it writes
    groups: int
    strides: tuple[int, int]
    dilations: tuple[int, int]
    pads: tuple[int, int, int, int]  # top, left, bottom, right


def find_layers(model: ModelProto) -> tuple[list[Layer], list[str]]:
    """Layers in order of execution, and the names of weights that no layer here can take.

    Left out are: Conv of other than two dimensions or with automatic padding, Gemm with alpha,
    beta or a transposed input, and a weight that more than one node reads. Raises ModelError
    ``invalid-model`` for a Gemm with an untransposed weight.
    """
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    uses = [name for node in model.graph.node for name in node.input]
    layers, left_out = [], []
    for node in model.graph.node:
        if len(node.input) < 2 or node.input[1] not in stored:
            continue
        weight = stored[node.input[1]]
        if node.op_type not in ("Conv", "Gemm", "MatMul", "ConvTranspose"):
            continue
        layer = _layer(node, len(weight.dims))
        if layer is None or uses.count(weight.name) > 1:
            left_out.append(weight.name)
        else:
            layers.append(layer)
    return layers, left_out


def _layer(node: NodeProto, rank: int) -> Layer | None:
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == "Gemm":
        if not attributes.get("transB", 0):
            raise ModelError(
                "invalid-model",
                zh=f"全连接层 {node.name} 的权重没有转置（transB=0），无法按输出通道量化。"
                "请用 torch.nn.Linear 重新导出。",
                en=f"Gemm {node.name} has transB=0: its weight has no output channel on axis 0. "
                "Export it again from torch.nn.Linear.",
            )
        plain = attributes.get("alpha", 1) == 1 == attributes.get("beta", 1)
        if not plain or attributes.get("transA", 0):
            return None
        geometry = (1, (1, 1), (1, 1), (0, 0, 0, 0))
    elif node.op_type == "Conv":
        if rank != 4 or attributes.get("auto_pad", b"NOTSET") != b"NOTSET":
            return None
        geometry = (
            int(attributes.get("group", 1)),
            tuple(attributes.get("strides", (1, 1))),
            tuple(attributes.get("dilations", (1, 1))),
            tuple(attributes.get("pads", (0, 0, 0, 0))),
        )
    else:
        return None
    bias = node.input[2] if len(node.input) > 2 and node.input[2] else None
    return Layer(node.input[1], bias, node.input[0], node.output[0], *geometry)


def rows(weight: NDArray[np.float32], groups: int) -> NDArray[np.float64]:
    """A weight [C, ...] as float64 [groups, C / groups, inputs of a channel]."""
    return weight.reshape(groups, weight.shape[0] // groups, -1).astype(np.float64)
