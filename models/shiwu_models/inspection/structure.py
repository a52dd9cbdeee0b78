"""A graph in figures: shapes, operators, weights by type, the largest tensors."""

import math
from collections import Counter
from dataclasses import dataclass

import onnx
from onnx import ModelProto, TensorProto, ValueInfoProto, shape_inference
from onnx.external_data_helper import uses_external_data

LARGEST = 5
# Operators whose inputs from the second on are scales and zero points, and not weights.
QUANTIZING = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")
FLOATING = ("float", "float16", "bfloat16", "double")


@dataclass(frozen=True)
class Tensor:
    """An input, output or weight."""

    name: str
    type: str
    shape: list[int | str]  # a name for what is free, "?" for what has none


@dataclass(frozen=True)
class Weights:
    """What the graph stores."""

    parameters: int  # trained numbers: float tensors and int8 levels; no scales, no shapes
    by_type: dict[str, dict[str, int]]  # element type → {"tensors", "numbers", "bytes"}
    largest: list[tuple[Tensor, int]]  # with their bytes
    quantized: int  # tensors stored in integers and made float by DequantizeLinear
    external: list[str]  # files beside the .onnx that hold weights


def describe(value: ValueInfoProto) -> Tensor:
    """Name, element type and shape of an input or output."""
    dims = value.type.tensor_type.shape.dim
    shape: list[int | str] = [
        int(d.dim_value) if d.HasField("dim_value") else d.dim_param or "?" for d in dims
    ]
    return Tensor(value.name, type_name(value.type.tensor_type.elem_type), shape)


def graph_inputs(model: ModelProto) -> list[ValueInfoProto]:
    """The inputs that a caller must give: old files list their weights among the inputs."""
    stored = {tensor.name for tensor in model.graph.initializer}
    return [value for value in model.graph.input if value.name not in stored]


def histogram(model: ModelProto) -> dict[str, int]:
    """Operator → number of nodes, most frequent first."""
    counts = Counter(node.op_type for node in model.graph.node)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def inferred(model: ModelProto, size: tuple[int, int] | None) -> ModelProto:
    """A copy with all shapes inferred for a batch of one, and for [height, width] = ``size`` where
    the graph leaves them free; without inner shapes where the graph is too broken to tell them."""
    fixed = ModelProto()
    fixed.CopyFrom(model)
    for value in graph_inputs(fixed):
        dims = value.type.tensor_type.shape.dim
        channels_last = len(dims) == 4 and dims[3].dim_value == 3 and dims[1].dim_value != 3
        for axis, dim in enumerate(dims):
            if dim.HasField("dim_value") and dim.dim_value > 0:
                continue
            spatial = axis - (1 if channels_last else 2)
            if axis == 0:
                dim.dim_value = 1
            elif size is not None and len(dims) == 4 and spatial in (0, 1):
                dim.dim_value = size[spatial]
    del fixed.graph.value_info[:]
    for value in fixed.graph.output:
        value.type.tensor_type.ClearField("shape")  # "N" must not stand against the batch of one
    try:
        result: ModelProto = shape_inference.infer_shapes(fixed, data_prop=True)
    except shape_inference.InferenceError:
        return fixed
    return result


def weights(model: ModelProto) -> Weights:
    """What is stored in initialisers and Constant nodes."""
    tensors = list(model.graph.initializer)
    for node in model.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.name == "value":
                tensor = TensorProto()
                tensor.CopyFrom(attribute.t)
                tensor.name = node.output[0]
                tensors.append(tensor)
    quantizing = [node for node in model.graph.node if node.op_type in QUANTIZING]
    scales = {name for node in quantizing for name in node.input[1:]}
    levels = {node.input[0] for node in quantizing if node.op_type == "DequantizeLinear"}
    by_type: dict[str, dict[str, int]] = {}
    sized = []
    parameters = quantized = 0
    for tensor in tensors:
        kind = type_name(tensor.data_type)
        numbers = math.prod(tensor.dims)
        size = stored_bytes(tensor)
        entry = by_type.setdefault(kind, {"tensors": 0, "numbers": 0, "bytes": 0})
        entry["tensors"] += 1
        entry["numbers"] += numbers
        entry["bytes"] += size
        is_quantized = tensor.name in levels and kind not in FLOATING
        quantized += is_quantized
        if tensor.name not in scales and (is_quantized or kind in FLOATING):
            parameters += numbers
        sized.append((Tensor(tensor.name, kind, [int(d) for d in tensor.dims]), size))
    sized.sort(key=lambda item: (-item[1], item[0].name))
    external = sorted(
        {
            entry.value
            for tensor in tensors
            if uses_external_data(tensor)
            for entry in tensor.external_data
            if entry.key == "location"
        }
    )
    ordered = dict(sorted(by_type.items(), key=lambda item: -item[1]["bytes"]))
    return Weights(parameters, ordered, sized[:LARGEST], quantized, external)


def stored_bytes(tensor: TensorProto) -> int:
    """Bytes of a tensor's numbers; 4-bit types take half a byte each. Strings count 0."""
    kind = tensor.data_type
    numbers = math.prod(int(dim) for dim in tensor.dims)
    if kind == TensorProto.STRING:
        return 0
    if kind in (TensorProto.INT4, TensorProto.UINT4, TensorProto.FLOAT4E2M1):
        return math.ceil(numbers / 2)
    return numbers * int(onnx.helper.tensor_dtype_to_np_dtype(kind).itemsize)


def type_name(element: int) -> str:
    """``float``, ``int8`` …, as ONNX and its runtime write them."""
    return str(TensorProto.DataType.Name(element)).lower()
