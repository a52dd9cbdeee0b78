"""Small questions about an ONNX model, asked in more than one place."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, numpy_helper

from shiwu_models.errors import ModelError

SCALE_SUFFIX = "_scale"
LEVELS_SUFFIX = "_int8"


def load_model(path: Path) -> ModelProto:
    """Read and check a model. Raises ModelError ``invalid-model``."""
    try:
        model = onnx.load(str(path))
    except Exception as error:  # onnx raises whatever protobuf does
        raise ModelError(
            "invalid-model",
            zh=f"{path.name} 不是完好的 ONNX 文件：{error}。请重新导出或重新下载。",
            en=f"{path.name} is not a sound ONNX file: {error}. Export or fetch it again.",
        ) from error
    check_model(model)
    return model


def check_model(model: ModelProto) -> None:
    """onnx.checker with full shape inference. Raises ModelError ``invalid-model``."""
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:  # ValidationError or InferenceError
        raise ModelError(
            "invalid-model",
            zh=f"ONNX 检查没有通过：{error}",
            en=f"onnx.checker refuses the model: {error}",
        ) from error


def to_bytes(model: ModelProto) -> bytes:
    """The file's bytes; the same model gives the same bytes."""
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def opset(model: ModelProto) -> int:
    """Version of the default operator set."""
    return next(
        int(entry.version) for entry in model.opset_import if entry.domain in ("", "ai.onnx")
    )


def initializers(model: ModelProto) -> dict[str, NDArray[np.generic]]:
    """Name → array, as stored."""
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def real_weights(model: ModelProto) -> dict[str, NDArray[np.float32]]:
    """Name → float32 array of every trained parameter, int8 ones multiplied out.

    Names are those of the float model: what ``X_int8`` and ``X_scale`` stand for is called ``X``.
    The product is float32 by float32, exactly as DequantizeLinear computes it.
    """
    stored = initializers(model)
    real = {}
    for name, array in stored.items():
        if name.endswith(LEVELS_SUFFIX):
            base = name.removesuffix(LEVELS_SUFFIX)
            scale = stored[base + SCALE_SUFFIX].astype(np.float32)
            real[base] = array.astype(np.float32) * scale.reshape(-1, *[1] * (array.ndim - 1))
        elif not name.endswith(SCALE_SUFFIX) and array.dtype == np.float32:
            real[name] = array.astype(np.float32)
    return real


def weights_sha256(model: ModelProto) -> str:
    """Digest of the initialisers: name, type, shape and bytes, in order of names.

    It does not change with labels, manifest or how protobuf lays the file out.
    """
    digest = hashlib.sha256()
    for name, array in sorted(initializers(model).items()):
        little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        digest.update(f"{name}\0{array.dtype.name}\0{array.shape}\0".encode())
        digest.update(little.tobytes())
    return digest.hexdigest()


def classes(model: ModelProto, output: str) -> int:
    """Size of the last axis of an output. Raises ModelError ``invalid-model`` if unknown."""
    for value in model.graph.output:
        if value.name == output:
            dim = value.type.tensor_type.shape.dim[-1]
            if dim.dim_value > 0:
                return int(dim.dim_value)
    raise ModelError(
        "invalid-model",
        zh=f"模型没有名为 {output}、类别数固定的输出。",
        en=f"The model has no output {output} with a fixed number of classes.",
    )
