"""Weights and activations in int8 (QDQ), with ranges taken from calibration pictures.

For runtimes with fast int8 kernels. ONNX Runtime Web's wasm backend has none: Lite0 takes twice
float's time there, or 1.15 times on shiwu's page, where ``session.disable_quant_qdq`` makes the
graph round between float operators.
"""

import contextlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from shiwu_models.errors import ModelError
from shiwu_models.graph import check_model, initializers, to_bytes
from shiwu_models.quantize.weight_int8 import nothing_to_do, require_opset, weight_axes
from shiwu_models.simplify import simplify


def quantize(model: ModelProto, pictures: NDArray[np.float32]) -> ModelProto:
    """The model with QuantizeLinear and DequantizeLinear around its operators.

    ``pictures`` [N, ...] are preprocessed inputs; each activation's range is what they reach.
    Names of inputs and outputs, and the metadata, stay. Batch normalisation is folded first.
    Returns a new, checked model. Raises ModelError ``unsupported-opset``, ``invalid-model``
    (no float32 weights) or ``no-photos``.

    The choices, measured on Lite0 with 64 pictures and judged by 300 photos (float: 266 right):
    the plain range beats the 99.99th percentile and is what the entropy method arrives at, in a
    quarter of their time; averaging the ranges loses 15 points. Weights are unsigned with a zero
    point, one scale a channel (265 right): signed ones have no zero point to fit a channel's range
    with (261), and overflow the 16-bit sums of processors without VNNI (252).
    """
    require_opset(model)
    if len(pictures) == 0:
        raise ModelError(
            "no-photos",
            zh="static-int8 要用校准图片定出激活值的范围，却一张也没有。请用 --calibration 给出。",
            en="static-int8 takes the activations' ranges from calibration pictures, and there is "
            "none. Give some with --calibration.",
        )
    plain = ModelProto()
    plain.CopyFrom(model)
    plain = simplify(plain)
    if not weight_axes(plain):
        raise nothing_to_do()
    with TemporaryDirectory() as folder, _silence():
        source, target = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        # As a file: ONNX Runtime moves the weights out of a model object that it is given.
        source.write_bytes(to_bytes(plain))
        quantize_static(
            source,
            target,
            _Reader(_input_name(plain), pictures),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QUInt8,
            calibrate_method=CalibrationMethod.MinMax,
        )
        result = onnx.load(target)
    result.producer_name, result.producer_version = model.producer_name, model.producer_version
    del result.metadata_props[:]
    result.metadata_props.extend(model.metadata_props)
    del result.graph.value_info[:]
    check_model(result)
    return result


class _Reader(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime is not typed
    def __init__(self, name: str, pictures: NDArray[np.float32]) -> None:
        self._feeds = iter({name: picture[np.newaxis]} for picture in pictures)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        return next(self._feeds, None)


def _input_name(model: ModelProto) -> str:
    stored = initializers(model)
    return next(str(value.name) for value in model.graph.input if value.name not in stored)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """ONNX Runtime prints its progress and advises, through the root logger, a pre-processing
    that ``simplify`` has done."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        root.setLevel(level)
