"""Small questions about an ONNX model, asked in more than one place."""

import hashlib
import math
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, numpy_helper
from onnx.external_data_helper import uses_external_data

from shiwu_models.errors import ModelError
from shiwu_models.explain import explain_graph

SCALE_SUFFIX = "_scale"
LEVELS_SUFFIX = "_int8"
HALF_SUFFIX = "_fp16"
# protobuf's limit for one message is 2 GiB - 1 byte; 1 MiB is left for graph and labels.
LARGEST = 2**31 - 2**20


def cannot_open(path: Path, error: OSError) -> ModelError:
    """``invalid-model``, of a model whose file cannot be read."""
    return ModelError(
        "invalid-model",
        zh=f"打不开 {path}：{error.strerror}。请检查路径。",
        en=f"Cannot open {path}: {error.strerror}. Check the path.",
    )


def parse_file(path: Path) -> ModelProto:
    """Read a model unchecked, without weights kept in other files. Raises ``invalid-model``."""
    try:
        return onnx.load(str(path), load_external_data=False)
    except OSError as error:
        raise cannot_open(path, error) from error
    except Exception as error:  # onnx raises whatever protobuf does
        raise ModelError(
            "invalid-model",
            zh=f"{path.name} 不是完好的 ONNX 文件：{error}。请重新导出或重新下载。",
            en=f"{path.name} is not a sound ONNX file: {error}. Export or fetch it again.",
        ) from error


def load_model(path: Path) -> ModelProto:
    """Read and check a model; weights kept in files beside it are taken in.

    Raises ModelError ``invalid-model`` (not ONNX, or its weights are not beside it), ``too-large``,
    or as ``check_model`` does.
    """
    model = parse_file(path)
    _take_in_external_data(model, path)
    check_model(model)
    return model


def _take_in_external_data(model: ModelProto, path: Path) -> None:
    outside = [tensor for tensor in model.graph.initializer if uses_external_data(tensor)]
    if not outside:
        return
    require_fits(sum(math.prod(t.dims) * _item_bytes(t.data_type) for t in outside))
    names = {e.value for t in outside for e in t.external_data if e.key == "location"}
    try:
        onnx.load_external_data_for_model(model, str(path.parent))
    except Exception as error:  # missing, cut short, or a path that leads elsewhere
        listed = ", ".join(sorted(names)[:3])
        raise ModelError(
            "invalid-model",
            zh=f"{path.name} 的权重存放在另外的文件里（{listed}），却读不出来：{error}。"
            "请把它们与 .onnx 放在同一文件夹。",
            en=f"{path.name} keeps its weights in other files ({listed}), which cannot be read: "
            f"{error}. Put them into the same folder as the .onnx.",
        ) from error
    for tensor in outside:
        tensor.ClearField("data_location")  # now like any other, to the byte


def require_fits(weight_bytes: int) -> None:
    """Raise ModelError ``too-large`` when weights of so many bytes cannot be one .onnx file."""
    if weight_bytes > LARGEST:
        size = f"{weight_bytes / 2**30:.2f} GiB"
        raise ModelError(
            "too-large",
            zh=f"模型的权重有 {size}，而一个 .onnx 文件最多 2 GiB（protobuf 的上限）；"
            "再大就要另存外部数据文件，网页无法当作一个模型打开。"
            "请换小一些的模型，或先在 PyTorch 里剪枝、蒸馏。",
            en=f"The model's weights take {size}; one .onnx file holds at most 2 GiB (protobuf's "
            "limit), and more needs external data files, which the page cannot open as one model. "
            "Take a smaller model, or prune or distil it in PyTorch first.",
        )


def _item_bytes(data_type: int) -> int:
    return int(onnx.helper.tensor_dtype_to_np_dtype(data_type).itemsize)


def check_model(model: ModelProto) -> None:
    """onnx.checker with full shape inference.

    Raises ModelError ``invalid-graph`` or ``missing-operator``, naming the node.
    """
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:  # ValidationError or InferenceError
        raise explain_graph(error) from error


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

    Names are those of the float model: what ``X_int8`` and ``X_scale``, or ``X_fp16``, stand for
    is called ``X``. The product is float32 by float32, exactly as DequantizeLinear computes it,
    along that node's axis.
    """
    stored = initializers(model)
    axes = {
        node.input[0]: next((int(a.i) for a in node.attribute if a.name == "axis"), 1)
        for node in model.graph.node
        if node.op_type == "DequantizeLinear"
    }
    real = {}
    for name, array in stored.items():
        if name.endswith(LEVELS_SUFFIX):
            base = name.removesuffix(LEVELS_SUFFIX)
            scale = stored[base + SCALE_SUFFIX].astype(np.float32)
            shape = [1] * array.ndim
            if scale.size > 1:
                shape[axes.get(name, 0)] = -1
            real[base] = array.astype(np.float32) * scale.reshape(shape)
        elif name.endswith(HALF_SUFFIX) and array.dtype == np.float16:
            real[name.removesuffix(HALF_SUFFIX)] = array.astype(np.float32)
        # A name may end in _scale without being one: ConvNeXt's layer_scale is a parameter.
        elif (
            array.dtype == np.float32
            and name.removesuffix(SCALE_SUFFIX) + LEVELS_SUFFIX not in stored
        ):
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
