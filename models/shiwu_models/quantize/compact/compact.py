"""The fewest bytes after gzip or brotli at a bounded loss, as plain int8 + DequantizeLinear.

Bytes follow the entropy of the levels, not their bit width: a coarser step leaves fewer different
levels, and the downloaded file shrinks though each level still takes a byte in memory. So:

- one number, the strength, sets the exchange rate of error for bits in the whole network. A
  layer's step is the one at which a bit saved costs the same error of the logits as anywhere else
  (reverse water-filling; Cover and Thomas, "Elements of Information Theory", 10.3.3);
- levels are chosen with error feedback and by their cost in bits (``rounding``);
- then each channel's scale is fitted, and each bias takes back the shift of its output's mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, helper, numpy_helper

from shiwu_models.graph import LEVELS_SUFFIX, SCALE_SUFFIX, check_model, initializers, to_bytes
from shiwu_models.head import Head
from shiwu_models.quantize.compact.execution import Array, walk
from shiwu_models.quantize.compact.rounding import LEVELS, bits_of_levels, nearest, round_rows
from shiwu_models.quantize.compact.study import (
    LayerStudy,
    Report,
    Study,
    channel_mean,
    replaced,
    run,
    study,
)
from shiwu_models.quantize.weight_int8 import put_first
from shiwu_models.sizes import Sizes, measure

STRENGTH = 3e-8
# Error that a bit is worth, as a share of the squared step: ln 2 / 6 = 0.116 is the slope of the
# rate-distortion curve of a uniform quantiser with fine steps.
RATE = 0.11
SCALE_BITS = 8  # of a scale's significand; 0.2 % is far below the rounding of the weights
BIAS_BITS = 11


@dataclass(frozen=True)
class CompactTensor:
    """What became of one weight: levels in use, their entropy, and the median step."""

    name: str
    numbers: int
    levels: int
    bits: float
    step: float


@dataclass(frozen=True)
class CompactResult:
    """A checked model with ``X_int8``, ``X_scale`` and a DequantizeLinear for each weight X."""

    model: ModelProto
    names: list[str]
    left_out: list[str]  # weights that stayed as they were
    tensors: list[CompactTensor]


@dataclass(frozen=True)
class Point:
    """One point of the trade-off; the errors are those on the pictures given for them."""

    strength: float
    sizes: Sizes
    divergence: float  # mean Kullback-Leibler divergence of the probabilities from float's, nats
    squared_error: float  # mean, of the logits
    agreement: float  # share of pictures with float's first answer


def compact(
    model: ModelProto,
    calibration: NDArray[np.float32],
    *,
    strength: float = STRENGTH,
    report: Report | None = None,
) -> CompactResult:
    """``model`` in compact int8. ``calibration`` is float32 [M, 3, H, W], as the network reads it:
    some dozens of varied pictures, none of those that the result is judged on.

    A larger ``strength`` makes a smaller file with a larger error. The model given stays as it is.
    Raises ModelError as ``study`` does.
    """
    return compact_with(study(model, calibration, report), strength, report)


def compact_with(
    found: Study, strength: float = STRENGTH, report: Report | None = None
) -> CompactResult:
    """As ``compact``, for a model that has been studied."""
    tell = report or (lambda _what, _share: None)
    quantized: dict[str, tuple[NDArray[np.int8], NDArray[np.float32]]] = {}
    tensors = []
    for index, one in enumerate(found.layers):
        levels, scale = _quantize(one, strength)
        quantized[one.layer.name] = levels, scale
        tensors.append(_describe(one.layer.name, levels, scale))
        tell("round", (index + 1) / len(found.layers))
    biases = _correct_biases(found, {name: _real(*pair) for name, pair in quantized.items()})
    result = replaced(found.model, biases)
    _store(result, quantized)
    check_model(result)
    return CompactResult(result, list(quantized), list(found.left_out), tensors)


def trade_off(
    found: Study,
    strengths: Sequence[float],
    pictures: NDArray[np.float32],
    report: Report | None = None,
) -> Iterator[Point]:
    """Bytes and errors at several strengths, measured on ``pictures`` float32 [M, 3, H, W]."""
    head = Head.of(found.model, found.output)
    reference = head.logits(run(found.model, pictures, found.output))
    for strength in strengths:
        model = compact_with(found, strength, report).model
        logits = head.logits(run(model, pictures, found.output))
        p, q = head.probabilities(reference), head.probabilities(logits)
        tiny = np.finfo(np.float64).tiny
        divergence = (p * (np.log(p + tiny) - np.log(q + tiny))).sum(axis=1).mean()
        yield Point(
            strength,
            measure(to_bytes(model)),
            float(divergence),
            float(np.square(logits - reference, dtype=np.float64).mean()),
            float((logits.argmax(axis=1) == reference.argmax(axis=1)).mean()),
        )


def _quantize(one: LayerStudy, strength: float) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Levels in the weight's shape and scales [C] of a layer at a strength."""
    leverage = np.broadcast_to(one.leverage[:, np.newaxis], one.weight.shape[:2])
    # Equal slope: sensitivity * leverage * step² is the same everywhere.
    step = np.sqrt(strength / np.maximum(one.sensitivity * leverage, 1e-30))
    largest = np.abs(one.weight).max(axis=2)
    # No finer than int8 has room for, no coarser than the largest weight: it must not vanish.
    finest = np.where(largest > 0, largest, 1.0) / LEVELS
    step = np.clip(step, finest, finest * LEVELS)
    bits = bits_of_levels(nearest(one.weight, step))
    price = RATE * np.square(step) * leverage
    levels = round_rows(one.weight, step, one.factor, price, bits)
    scale = round_significand(_fit_scale(one, levels, step).ravel(), SCALE_BITS)
    return one.restore(levels), scale


def _fit_scale(
    one: LayerStudy, levels: NDArray[np.int8], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The scale of each row with the least output error for these levels, [G, R]: a projection
    in the Hessian's metric. Rows with too little to go by keep their step."""
    real = levels.astype(np.float64)
    moved = real @ one.hessian
    energy = (moved * real).sum(axis=2)
    match = (moved * one.weight).sum(axis=2)
    scale = np.where(energy > 0, match / np.where(energy > 0, energy, 1), step)
    return np.where((scale > step / 2) & (scale < step * 2), scale, step)


def _correct_biases(
    found: Study, weights: dict[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Biases that give each output channel float's mean over the calibration pictures.

    Layer by layer, each with the corrected ones before it: so that what rounding upstream does to
    the mean is taken back too.
    """
    stored = initializers(found.model)
    studies = {one.layer.result: one for one in found.layers}
    biases: dict[str, NDArray[np.float32]] = {}

    def put_in(node: NodeProto, values: dict[str, Array]) -> None:
        values.update({name: weights[name] for name in node.input if name in weights})

    for node, values in walk(found.model, found.calibration, put_in):
        for name in node.output:
            one = studies.get(name)
            if one is None or one.layer.bias is None:
                continue
            y = values[name].astype(np.float32, copy=False)
            old = stored[one.layer.bias].astype(np.float64)
            exact = old + one.mean - channel_mean(y)
            biases[one.layer.bias] = round_significand(exact, BIAS_BITS)
            shift = (biases[one.layer.bias] - old).astype(np.float32)
            values[name] = y + shift.reshape(-1, *[1] * (y.ndim - 2))
    return biases


def round_significand(values: NDArray[np.float64], bits: int) -> NDArray[np.float32]:
    """float32 with ``bits`` significant bits: the zero bytes that remain compress to nothing."""
    fraction, exponent = np.frexp(values)
    rounded: NDArray[np.float64] = np.ldexp(np.rint(np.ldexp(fraction, bits)), exponent - bits)
    return rounded.astype(np.float32)


def _real(levels: NDArray[np.int8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    return levels.astype(np.float32) * scale.reshape(-1, *[1] * (levels.ndim - 1))


def _describe(name: str, levels: NDArray[np.int8], scale: NDArray[np.float32]) -> CompactTensor:
    _, counts = np.unique(levels, return_counts=True)
    shares = counts / counts.sum()
    entropy = float(-(shares * np.log2(shares)).sum())
    return CompactTensor(name, levels.size, len(counts), entropy, float(np.median(scale)))


def _store(
    model: ModelProto, quantized: dict[str, tuple[NDArray[np.int8], NDArray[np.float32]]]
) -> None:
    """Replace, in place, each weight by its levels, its scales and the node that multiplies."""
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for name, (levels, scale) in quantized.items():
        graph.initializer.remove(tensors[name])
        inputs = [name + LEVELS_SUFFIX, name + SCALE_SUFFIX]
        graph.initializer.append(numpy_helper.from_array(levels, inputs[0]))
        graph.initializer.append(numpy_helper.from_array(scale, inputs[1]))
        nodes.append(helper.make_node("DequantizeLinear", inputs, [name], name + "_dq", axis=0))
    put_first(graph, nodes)
