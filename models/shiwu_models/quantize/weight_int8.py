"""Weight-only int8: a quarter of the bytes at the speed and nearly the accuracy of float."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper, numpy_helper

from shiwu_models.errors import ModelError
from shiwu_models.graph import LEVELS_SUFFIX, SCALE_SUFFIX, check_model, opset

LEVELS = 127  # symmetric: -128 is left unused, so that a weight and its negative round alike
PER_CHANNEL_OPSET = 13  # the first whose DequantizeLinear has an axis
# Weights of fewer numbers than this stay float32. In Lite0 they are eight of the first layers:
# 29 kB more (0.6 %), and the error of the logits falls from 9.5 % of their spread to 6.2 %.
SMALLEST = 2500
CLIPS = np.linspace(1.0, 0.7, 61)  # shares of a channel's largest weight tried as the range's end


@dataclass(frozen=True)
class QuantizedTensor:
    """int8 levels [C, ...] and float32 scales [C]: weight ≈ levels * scale, by channel."""

    levels: NDArray[np.int8]
    scale: NDArray[np.float32]

    @property
    def real(self) -> NDArray[np.float32]:
        """The weights that these stand for, float32 [C, ...]."""
        shape = (-1, *[1] * (self.levels.ndim - 1))
        return self.levels.astype(np.float32) * self.scale.reshape(shape)


def quantize_tensor(weight: NDArray[np.float32], *, search: bool = True) -> QuantizedTensor:
    """Symmetric int8, one scale for each index of axis 0.

    With ``search`` each channel's scale is the one of ``CLIPS`` with the least squared error;
    without, the one that just holds the largest weight. A channel of zeros gets scale 1.
    """
    rows = weight.reshape(weight.shape[0], -1).astype(np.float64)
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
    return QuantizedTensor(_levels(rows, scale).reshape(weight.shape), scale)


def quantize(
    model: ModelProto, *, search: bool = True, smallest: int = SMALLEST
) -> tuple[ModelProto, list[str]]:
    """Conv and Gemm weights to int8 + DequantizeLinear(axis=0); biases stay float32, and so do
    weights of fewer than ``smallest`` numbers.

    ``X`` becomes the initialisers ``X_int8`` and ``X_scale`` and a node that makes ``X`` of them,
    so the rest of the graph stays as it was. Returns a new, checked model and the names ``X``.
    Raises ModelError ``invalid-model`` below opset 13 or for a Gemm with an untransposed weight,
    whose axis 0 is not the output channel.
    """
    if opset(model) < PER_CHANNEL_OPSET:
        raise ModelError(
            "invalid-model",
            zh=f"按通道量化要求 opset {PER_CHANNEL_OPSET} 以上，这个模型是 {opset(model)}。",
            en=f"Per-channel int8 needs opset {PER_CHANNEL_OPSET}; this one has {opset(model)}.",
        )
    result = ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    names = [
        name
        for name in _weights(list(graph.node), set(tensors))
        if np.prod(tensors[name].dims) >= smallest
    ]
    nodes = []
    for name in names:
        quantized = quantize_tensor(numpy_helper.to_array(tensors[name]), search=search)
        graph.initializer.remove(tensors[name])
        graph.initializer.extend(
            [
                numpy_helper.from_array(quantized.levels, name + LEVELS_SUFFIX),
                numpy_helper.from_array(quantized.scale, name + SCALE_SUFFIX),
            ]
        )
        # No zero point: absent means 0.
        inputs = [name + LEVELS_SUFFIX, name + SCALE_SUFFIX]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name + "_dq", axis=0))
    rest = list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes + rest)
    check_model(result)
    return result, names


def _weights(nodes: list[NodeProto], stored: set[str]) -> list[str]:
    """Names of the initialisers that Conv and Gemm nodes use as weights, in order of use."""
    names: list[str] = []
    for node in nodes:
        if node.op_type not in ("Conv", "Gemm") or node.input[1] not in stored:
            continue
        if node.op_type == "Gemm" and not any(a.name == "transB" and a.i for a in node.attribute):
            raise ModelError(
                "invalid-model",
                zh=f"全连接层 {node.name} 的权重没有转置（transB=0），无法按输出通道量化。",
                en=f"Gemm {node.name} has transB=0: its weight has no output channel on axis 0.",
            )
        if node.input[1] not in names:
            names.append(node.input[1])
    return names


def _levels(rows: NDArray[np.float64], scale: NDArray[np.float32]) -> NDArray[np.int8]:
    nearest = np.rint(rows / scale.astype(np.float64)[:, np.newaxis])
    return np.clip(nearest, -LEVELS, LEVELS).astype(np.int8)


def _squared_error(rows: NDArray[np.float64], scale: NDArray[np.float32]) -> NDArray[np.float64]:
    real = _levels(rows, scale) * scale.astype(np.float64)[:, np.newaxis]
    error: NDArray[np.float64] = np.square(real - rows).sum(axis=1)
    return error
