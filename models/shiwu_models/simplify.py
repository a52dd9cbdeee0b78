"""The same function in fewer nodes."""

from dataclasses import dataclass

import numpy as np
import onnxslim
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models import parity
from shiwu_models.errors import ModelError
from shiwu_models.graph import check_model, to_bytes
from shiwu_models.runtime import Runner

# For axes that the graph leaves free: a batch, and a picture's sides. 2 shows a batch that was
# mixed up; 64 goes through five halvings.
_FREE = (2, 3, 64, 64)


@dataclass(frozen=True)
class Simplified:
    """A simplified graph, and what became of it."""

    model: ModelProto
    nodes: tuple[int, int]  # before, after
    size: tuple[int, int]  # bytes before, after
    difference: float  # largest |Δ| of any output, as a fraction of that output's range


def simplify(model: ModelProto) -> ModelProto:
    """Constants folded, padding merged into its convolution, dead nodes gone; checked.

    Parity with the model before is the caller's to prove (``parity.compare``, or
    ``simplify_proven``).
    """
    slim: ModelProto = onnxslim.slim(model)
    # What the graph was traced from is of no use to a reader, and differs between tools.
    slim.doc_string = ""
    slim.graph.doc_string = ""
    for node in slim.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    # Inner shapes can be inferred again, and every byte is downloaded by every visitor.
    del slim.graph.value_info[:]
    check_model(slim)
    return slim


def simplify_proven(model: ModelProto, sides: tuple[int, int] = (64, 64)) -> Simplified:
    """Simplify, and compare every output on noise and on structured inputs, before and after.

    ``sides`` [height, width] stand in for free axes of a picture. The metadata stay. Raises
    ModelError ``parity`` when an output differs or its name or order does, or as ``Runner`` does.
    """
    before = ModelProto()
    before.CopyFrom(model)  # onnxslim works in place
    slim = simplify(model)
    del slim.metadata_props[:]
    slim.metadata_props.extend(before.metadata_props)
    names = [value.name for value in before.graph.output]
    if names != [value.name for value in slim.graph.output]:
        raise ModelError(
            "parity",
            zh="化简后输出的名字变了：请不要化简这个模型，并把它报告给 onnxslim。",
            en="Simplifying changed the outputs' names: leave this model as it is, and report it "
            "to onnxslim.",
        )
    return Simplified(
        slim,
        (len(before.graph.node), len(slim.graph.node)),
        (len(to_bytes(before)), len(to_bytes(slim))),
        compare(before, slim, probes(before, sides)),
    )


def compare(before: ModelProto, after: ModelProto, inputs: list[NDArray[np.float32]]) -> float:
    """The largest relative difference of any output on ``inputs``, all in ONNX Runtime.

    Raises ModelError ``parity`` above ``parity.BOUND``.
    """
    first, second = Runner(before), Runner(after)
    largest = 0.0
    for number, tensor in enumerate(inputs):
        for output in before.graph.output:
            expected, got = (runner.run(tensor, output.name) for runner in (first, second))
            difference = parity.require(
                f"simplify {output.name} #{number}",
                expected.reshape(len(expected), -1),
                got.reshape(len(got), -1),
            )
            largest = max(largest, difference)
    return largest


def probes(model: ModelProto, sides: tuple[int, int]) -> list[NDArray[np.float32]]:
    """Inputs of the model's shape: normal noise, a ramp, and stripes, each from the same seed."""
    free = (*_FREE[:2], *sides)
    dims = model.graph.input[0].type.tensor_type.shape.dim
    shape = tuple(
        int(dim.dim_value) or (free[axis] if axis < len(free) else 1)
        for axis, dim in enumerate(dims)
    )
    count = int(np.prod(shape))
    noise = np.random.default_rng(5).normal(size=shape)
    ramp = np.linspace(-2, 2, count).reshape(shape)
    stripes = np.sin(np.arange(count) * 0.7).reshape(shape)
    return [array.astype(np.float32) for array in (noise, ramp, stripes)]
