"""What is to be known of a float model before its weights are rounded.

It is found once, and serves every point of the trade-off between bytes and error.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, numpy_helper

from shiwu_models.graph import initializers
from shiwu_models.quantize.compact.execution import walk
from shiwu_models.quantize.compact.hessian import moments
from shiwu_models.quantize.compact.layers import Layer, find_layers, rows
from shiwu_models.quantize.compact.rounding import inverse_factor, nearest, output_error
from shiwu_models.quantize.weight_int8 import nothing_to_do, require_opset
from shiwu_models.runtime import Runner

Report = Callable[[str, float], None]  # what is being done, and how much of it is (0..1)
Kind = TypeVar("Kind", bound=np.generic)
BATCH = 16  # pictures in one run of the network
PROBES = 16  # calibration pictures that the sensitivities are measured on
TRIAL = 0.25  # step of the trial rounding, in standard deviations of the weights


@dataclass(frozen=True)
class LayerStudy:
    """One layer: G groups of R output channels with D inputs each, all float64.

    The D inputs are in order of falling energy, ``order`` [G, D] says which is which.
    """

    layer: Layer
    shape: tuple[int, ...]  # the weight's
    weight: NDArray[np.float64]  # [G, R, D]
    hessian: NDArray[np.float64]  # [G, D, D]; of the inputs about their mean, if there is a bias
    factor: NDArray[np.float64]  # [G, D, D], ``inverse_factor`` of it
    order: NDArray[np.int64]
    input_mean: NDArray[np.float64]  # [G, D]
    mean: NDArray[np.float64]  # [G * R], of the outputs
    sensitivity: float  # squared error of the logits per summed squared error of the outputs

    @property
    def leverage(self) -> NDArray[np.float64]:
        """[G]: error of an output per squared error of one weight, after error feedback."""
        diagonal = np.diagonal(self.factor, axis1=1, axis2=2)
        energy: NDArray[np.float64] = np.square(1 / diagonal).mean(axis=1)
        return energy

    def restore(self, values: NDArray[Kind]) -> NDArray[Kind]:
        """[G, R, D] in the study's order → the weight's own order and shape."""
        plain = np.empty_like(values)
        places = np.broadcast_to(self.order[:, np.newaxis], values.shape)
        np.put_along_axis(plain, places, values, 2)
        return plain.reshape(self.shape)


@dataclass(frozen=True)
class Study:
    """A float model and its layers, in order of execution."""

    model: ModelProto
    calibration: NDArray[np.float32]
    output: str
    layers: tuple[LayerStudy, ...]
    left_out: tuple[str, ...]  # weights of layers that are no plain Conv or Gemm
    logits: NDArray[np.float32]  # of the calibration pictures


def study(
    model: ModelProto, calibration: NDArray[np.float32], report: Report | None = None
) -> Study:
    """Run ``model`` on ``calibration`` float32 [M, 3, H, W] and measure each layer.

    Loss is the squared error of the model's first output. Raises ModelError ``unsupported-opset``
    below opset 13, ``invalid-model`` for a model without a Conv or Gemm to round, and what
    ``Runner`` raises, for example ``input-mismatch`` for calibration pictures of another size.
    """
    require_opset(model)
    layers, left_out = find_layers(model)
    if not layers:
        raise nothing_to_do()
    tell = report or (lambda _what, _share: None)
    output = model.graph.output[0].name
    logits = run(model, calibration, output)  # first: it explains what is wrong with a model
    stored = initializers(model)
    found: dict[str, LayerStudy] = {}
    by_result = {layer.result: layer for layer in layers}
    for node, values in walk(model, calibration):
        for layer in (by_result[name] for name in node.output if name in by_result):
            weight = stored[layer.name].astype(np.float32)
            x, y = values[layer.source], values[layer.result]
            found[layer.name] = _measure(
                layer, weight, x.astype(np.float32, copy=False), y.astype(np.float32, copy=False)
            )
            tell("inputs", len(found) / len(layers))
    probes = np.linspace(0, len(calibration) - 1, min(PROBES, len(calibration))).astype(int)
    studies = []
    for index, layer in enumerate(layers):
        changed, error = _trial(found[layer.name], stored)
        got = run(replaced(model, changed), calibration[probes], output)
        loss = float(np.square(got - logits[probes], dtype=np.float64).mean())
        sensitivity = loss / error if error > 0 else 0.0
        studies.append(replace(found[layer.name], sensitivity=sensitivity))
        tell("sensitivity", (index + 1) / len(layers))
    return Study(model, calibration, output, tuple(studies), tuple(left_out), logits)


def run(model: ModelProto, tensor: NDArray[np.float32], output: str) -> NDArray[np.float32]:
    """One output of the whole network, float32 [M, ...]."""
    runner = Runner(model)
    parts = [
        runner.run(tensor[start : start + BATCH], output) for start in range(0, len(tensor), BATCH)
    ]
    return np.concatenate(parts)


def replaced(model: ModelProto, arrays: dict[str, NDArray[np.float32]]) -> ModelProto:
    """A copy of ``model`` with other numbers under the given initialisers' names."""
    copy = ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        if tensor.name in arrays:
            tensor.CopyFrom(numpy_helper.from_array(arrays[tensor.name], tensor.name))
    return copy


def channel_mean(y: NDArray[np.float32]) -> NDArray[np.float64]:
    """[N, C, ...] → [C]."""
    mean: NDArray[np.float64] = y.mean(axis=(0, *range(2, y.ndim)), dtype=np.float64)
    return mean


def _measure(
    layer: Layer,
    weight: NDArray[np.float32],
    x: NDArray[np.float32],
    y: NDArray[np.float32],
) -> LayerStudy:
    found = moments(layer, x, weight.shape[2:] or (1, 1))
    # Without a bias to take it back, a shift of the mean is an error like any other.
    hessian = found.hessian(centred=layer.bias is not None)
    # The inputs with most energy go first: those after them make up for their errors.
    energy = np.diagonal(hessian, axis1=1, axis2=2)
    order = np.argsort(-energy, axis=1, kind="stable")
    along, across = order[:, :, np.newaxis], order[:, np.newaxis, :]
    hessian = np.take_along_axis(np.take_along_axis(hessian, along, 1), across, 2)
    return LayerStudy(
        layer=layer,
        shape=weight.shape,
        weight=np.take_along_axis(rows(weight, layer.groups), across, 2),
        hessian=hessian,
        factor=inverse_factor(hessian),
        order=order,
        input_mean=np.take_along_axis(found.mean, order, 1),
        mean=channel_mean(y),
        sensitivity=0.0,
    )


def _trial(
    one: LayerStudy, stored: dict[str, NDArray[np.generic]]
) -> tuple[dict[str, NDArray[np.float32]], float]:
    """One layer roughly rounded, its bias corrected: new initialisers, and the summed squared
    error of the layer's outputs."""
    step = np.full(one.weight.shape[:2], max(TRIAL * float(one.weight.std()), 1e-30))
    real = nearest(one.weight, step) * step[:, :, np.newaxis]
    error = real - one.weight
    changed = {one.layer.name: one.restore(real).astype(np.float32)}
    if one.layer.bias:
        shift = (error @ one.input_mean[:, :, np.newaxis]).ravel()
        bias = stored[one.layer.bias].astype(np.float64)
        changed[one.layer.bias] = (bias - shift).astype(np.float32)
    return changed, float(output_error(error, one.hessian).sum())
