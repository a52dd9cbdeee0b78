"""Weight-only int8: a quarter of the bytes at the speed and nearly the accuracy of float."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from shiwu_models.errors import ModelError
from shiwu_models.graph import LEVELS_SUFFIX, SCALE_SUFFIX, check_model, opset

LEVELS = 127  # symmetric: -128 is left unused, so that a weight and its negative round alike
PER_CHANNEL_OPSET = 13  # the first whose DequantizeLinear has an axis
# Weights of fewer numbers than this stay float32. In Lite0 they are eight of the first layers:
# 29 kB more (0.6 %), and the error of the logits falls from 9.5 % of their spread to 6.2 %.
SMALLEST = 2500
WEIGHTED = ("Conv", "ConvTranspose", "Gemm", "MatMul")  # their second input is the weight
CLIPS = np.linspace(1.0, 0.7, 61)  # shares of a channel's largest weight tried as the range's end


@dataclass(frozen=True)
class QuantizedTensor:
    """int8 levels of the weight's shape and float32 scales [C], C being the length of ``axis``:
    weight ≈ levels * scale, by channel."""

    levels: NDArray[np.int8]
    scale: NDArray[np.float32]
    axis: int = 0

    @property
    def real(self) -> NDArray[np.float32]:
        """The weights that these stand for, float32 of the same shape."""
        shape = [1] * self.levels.ndim
        shape[self.axis] = -1
        return self.levels.astype(np.float32) * self.scale.reshape(shape)


def quantize_tensor(
    weight: NDArray[np.float32], *, axis: int = 0, search: bool = True
) -> QuantizedTensor:
    """Symmetric int8, one scale for each index of ``axis``.

    With ``search`` each channel's scale is the one of ``CLIPS`` with the least squared error;
    without, the one that just holds the largest weight. A channel of zeros gets scale 1.
    """
    channels_first = np.moveaxis(weight, axis, 0)
    rows = channels_first.reshape(len(channels_first), -1).astype(np.float64)
    largest = np.abs(rows).max(axis=1)
    largest[largest == 0] = LEVELS
    scale = (largest / LEVELS).astype(np.float32)
    error = _squared_error(rows, scale)
    for clip in CLIPS[1:] if search else ():
        candidate = (largest * clip / LEVELS).astype(np.float32)
        candidate_error = _squared_error(rows, candidate)
        # The margin keeps a tie a tie on every processor: sums differ in their last bits.
        better = candidate_error < error * (1 - 1e-9)
        scale = np.where(better, candidate, scale)
        error = np.where(better, candidate_error, error)
    levels = np.moveaxis(_levels(rows, scale).reshape(channels_first.shape), 0, axis)
    return QuantizedTensor(np.ascontiguousarray(levels), scale, axis)


def quantize(
    model: ModelProto, *, search: bool = True, smallest: int = SMALLEST
) -> tuple[ModelProto, list[str]]:
    """The weights of Conv, ConvTranspose, Gemm and MatMul to int8 + DequantizeLinear along the
    output channel's axis; biases stay float32, and so do weights of fewer than ``smallest``
    numbers.

    ``X`` becomes the initialisers ``X_int8`` and ``X_scale`` and a node that makes ``X`` of them,
    so the rest of the graph stays as it was. Returns a new, checked model and the names ``X``.
    Raises ModelError ``unsupported-opset`` below opset 13 and ``invalid-model`` when there is no
    float32 weight of that size.
    """
    require_opset(model)
    result = ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    axes = {
        name: axis
        for name, axis in weight_axes(model).items()
        if np.prod(tensors[name].dims) >= smallest
    }
    if not axes:
        raise nothing_to_do()
    nodes = []
    for name, axis in axes.items():
        weight = numpy_helper.to_array(tensors[name])
        quantized = quantize_tensor(weight, axis=axis, search=search)
        graph.initializer.remove(tensors[name])
        graph.initializer.extend(
            [
                numpy_helper.from_array(quantized.levels, name + LEVELS_SUFFIX),
                numpy_helper.from_array(quantized.scale, name + SCALE_SUFFIX),
            ]
        )
        # No zero point: absent means 0.
        inputs = [name + LEVELS_SUFFIX, name + SCALE_SUFFIX]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name + "_dq", axis=axis))
    put_first(graph, nodes)
    check_model(result)
    return result, list(axes)


def require_opset(model: ModelProto) -> None:
    """Raise ModelError ``unsupported-opset`` when DequantizeLinear has no axis yet."""
    if opset(model) < PER_CHANNEL_OPSET:
        raise ModelError(
            "unsupported-opset",
            zh=f"按通道量化要求 opset {PER_CHANNEL_OPSET} 以上，这个模型是 {opset(model)}。"
            f"请重新导出：shiwu-models export --opset {PER_CHANNEL_OPSET}。",
            en=f"Per-channel int8 needs opset {PER_CHANNEL_OPSET}; this one has {opset(model)}. "
            f"Export it again: shiwu-models export --opset {PER_CHANNEL_OPSET}.",
        )


def nothing_to_do() -> ModelError:
    """What to raise when a model has no float32 weights that are worth it."""
    return ModelError(
        "invalid-model",
        zh="模型里没有可以压缩的 float32 权重：它可能已经量化过，或权重放在 Constant 节点里，"
        "或每个张量都太小，不值得压缩。请给出浮点模型，或先运行 shiwu-models simplify。",
        en="The model has no float32 weights to shrink: it may be quantised already, keep them in "
        "Constant nodes, or have none large enough to gain by it. Give the float model, or run "
        "shiwu-models simplify first.",
    )


def put_first(graph: GraphProto, nodes: list[NodeProto]) -> None:
    """Put ``nodes`` before the graph's others; what they make is no input of the graph any more
    (some exporters list the weights there)."""
    made = {name for node in nodes for name in node.output}
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + rest)
    kept = [value for value in graph.input if value.name not in made]
    del graph.input[:]
    graph.input.extend(kept)


def weight_axes(model: ModelProto) -> dict[str, int]:
    """Stored float32 weight → the axis of its output channel, in order of use.

    A weight that several nodes read has the first one's axis: any is right, the scales are then
    only chosen over other groups of numbers.
    """
    dims = {
        tensor.name: len(tensor.dims)
        for tensor in model.graph.initializer
        if tensor.data_type == TensorProto.FLOAT
    }
    axes: dict[str, int] = {}
    for node in model.graph.node:
        if node.op_type in WEIGHTED and node.input[1] in dims:
            axis = _output_axis(node, dims[node.input[1]])
            if axis is not None:
                axes.setdefault(node.input[1], axis)
    return axes


def _output_axis(node: NodeProto, rank: int) -> int | None:
    if node.op_type == "Conv":
        return 0  # [out, in / groups, ...]
    if node.op_type == "ConvTranspose":
        return 1  # [in, out / groups, ...]
    if node.op_type == "Gemm":
        return 0 if any(a.name == "transB" and a.i for a in node.attribute) else 1
    return rank - 1 if rank >= 2 else None  # MatMul: [..., in, out]; a vector has no channels


def _levels(rows: NDArray[np.float64], scale: NDArray[np.float32]) -> NDArray[np.int8]:
    nearest = np.rint(rows / scale.astype(np.float64)[:, np.newaxis])
    return np.clip(nearest, -LEVELS, LEVELS).astype(np.int8)


def _squared_error(rows: NDArray[np.float64], scale: NDArray[np.float32]) -> NDArray[np.float64]:
    real = _levels(rows, scale) * scale.astype(np.float64)[:, np.newaxis]
    error: NDArray[np.float64] = np.square(real - rows).sum(axis=1)
    return error
