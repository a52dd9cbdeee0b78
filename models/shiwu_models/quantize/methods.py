"""The table of methods: what each does, needs, and makes."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.quantize import compact, fp16, weight_int8

Report = Callable[[str, float], None]  # what is being done, and how much of it is (0..1)

# Beside the one asked for, on the trade-off curve: times its strength.
CURVE = (0.1, 0.3, 3.0, 10.0)


@dataclass(frozen=True)
class Materials:
    """What a method works on.

    ``pictures`` float32 [M, ...] are preprocessed calibration pictures, empty for a method that
    takes none. ``strengths`` are compact's; the first is the one that is written.
    """

    model: ModelProto
    pictures: NDArray[np.float32]
    strengths: tuple[float, ...]
    report: Report


@dataclass(frozen=True)
class Method:
    """``make`` gives models by name, of which the first is the one to write.

    ``weights_only`` says that the result is the float graph with other weights; then it runs in
    the browser at float speed, and can be proven to be that graph.
    """

    zh: str
    en: str
    weights_only: bool
    calibrated: bool
    make: Callable[[Materials], dict[str, ModelProto]]


def _compact(materials: Materials) -> dict[str, ModelProto]:
    found = compact.study(materials.model, materials.pictures, materials.report)
    first, *others = materials.strengths
    made = {"compact": compact.compact_with(found, first, materials.report).model}
    for strength in others:
        result = compact.compact_with(found, strength, materials.report)
        made[f"compact {strength:.2g}"] = result.model
    return made


def _static_int8(materials: Materials) -> dict[str, ModelProto]:
    # onnxruntime's quantiser takes a moment to import, and the other methods do without it.
    from shiwu_models.quantize import static_int8

    return {"static-int8": static_int8.quantize(materials.model, materials.pictures)}


METHODS = {
    "weight-int8": Method(
        "权重 int8，四分之一大小，浮点速度",
        "int8 weights: a quarter of the bytes at float speed",
        weights_only=True,
        calibrated=False,
        make=lambda m: {"weight-int8": weight_int8.quantize(m.model)[0]},
    ),
    "compact": Method(
        "权重 int8，下载最小，浮点速度",
        "int8 weights chosen for the fewest downloaded bytes, at float speed",
        weights_only=True,
        calibrated=True,
        make=_compact,
    ),
    "static-int8": Method(
        "权重与激活都 int8；浏览器里比浮点慢（测得 1.1 到 2 倍时间），适合有 int8 指令的设备",
        "int8 weights and activations; slower than float in browsers (1.1 to 2 times the "
        "time measured), for devices with int8 instructions",
        weights_only=False,
        calibrated=True,
        make=_static_int8,
    ),
    "fp16": Method(
        "权重 float16，一半大小，浮点速度，答案几乎不变",
        "float16 weights: half the bytes, float's speed, and nearly its answers",
        weights_only=True,
        calibrated=False,
        make=lambda m: {"fp16": fp16.quantize(m.model)[0]},
    ),
}
