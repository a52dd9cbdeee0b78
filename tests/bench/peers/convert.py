"""Writes the bundled network in the formats of TensorFlow.js and TensorFlow Lite.

python convert.py MODEL.onnx tfjs FOLDER
python convert.py MODEL.onnx tflite FILE

All peers then run the same weights, in half precision: the smallest that both formats keep without
rounding activations too. Only what EfficientNet-Lite is made of is known.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import flatbuffers
import numpy as np
import onnx
import tflite
from onnx import helper, numpy_helper

SIDE = 224


@dataclass
class Layer:
    """One step of the network; activations are NHWC."""

    kind: str  # conv, depthwise, add, mean or dense
    output: str
    inputs: list[str]
    shape: list[int]  # of the output
    weight: np.ndarray | None = None  # conv: OHWI, depthwise: 1HWC, dense: OI
    bias: np.ndarray | None = None
    stride: int = 1
    relu6: bool = False


def constants(graph: onnx.GraphProto) -> dict[str, np.ndarray]:
    """Initializers, and what DequantizeLinear makes of them."""
    values = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in values:
            continue
        levels, scale = (values[name] for name in node.input[:2])
        shape = [1] * levels.ndim
        if scale.ndim:
            shape[attributes(node).get("axis", 1)] = -1
        zero = values[node.input[2]].reshape(shape) if len(node.input) > 2 else 0
        values[node.output[0]] = (levels.astype(np.float32) - zero) * scale.reshape(shape)
    return values


def attributes(node: onnx.NodeProto) -> dict:
    return {each.name: helper.get_attribute_value(each) for each in node.attribute}


def read(path: str) -> list[Layer]:
    """The network's steps, in order."""
    graph = onnx.load(path).graph
    values = constants(graph)
    shapes = {graph.input[0].name: [1, SIDE, SIDE, 3]}
    renamed: dict[str, str] = {}  # outputs of steps that became part of another one
    layers: dict[str, Layer] = {}

    def source(name: str) -> str:
        return renamed.get(name, name)

    for node in graph.node:
        output = node.output[0]
        if output in values:
            continue
        first = source(node.input[0])
        if node.op_type == "Clip":
            limits = [float(values[name]) for name in node.input[1:]]
            if limits != [0.0, 6.0]:
                raise SystemExit(f"Clip to {limits} is not known")
            layers[first].relu6 = True
            renamed[output] = first
            continue
        if node.op_type == "Flatten":
            renamed[output] = first
            continue
        shape = shapes[first]
        if node.op_type == "Conv":
            layer = convolution(node, values, first, shape)
        elif node.op_type == "Add":
            layer = Layer("add", output, [source(name) for name in node.input], shape)
        elif node.op_type == "GlobalAveragePool":
            layer = Layer("mean", output, [first], [1, shape[3]])
        elif node.op_type == "Gemm":
            weight, bias = (values[name] for name in node.input[1:])
            layer = Layer("dense", output, [first], [1, len(bias)], weight, bias)
        else:
            raise SystemExit(f"operator {node.op_type} is not known")
        layers[output] = layer
        shapes[output] = layer.shape
    return list(layers.values())


def convolution(
    node: onnx.NodeProto, values: dict[str, np.ndarray], first: str, shape: list[int]
) -> Layer:
    options = attributes(node)
    weight, bias = (values[name] for name in node.input[1:])
    stride, kernel, size = options["strides"][0], weight.shape[2], shape[1]
    after = -(-size // stride)
    padding = max((after - 1) * stride + kernel - size, 0)
    before = padding // 2
    # Both formats know the rule by which TensorFlow pads, and no other.
    if options["pads"] != [before, before, padding - before, padding - before]:
        raise SystemExit(f"{node.name}: padding {options['pads']} is not known")
    depthwise = options["group"] > 1
    return Layer(
        "depthwise" if depthwise else "conv",
        node.output[0],
        [first],
        [1, after, after, len(bias)],
        weight.transpose(1, 2, 3, 0) if depthwise else weight.transpose(0, 2, 3, 1),
        bias,
        stride,
    )


def write_tfjs(layers: list[Layer], folder: Path) -> None:
    """A graph model: model.json, and the weights in one file."""

    def text(value: str) -> str:
        return base64.b64encode(value.encode()).decode()

    floats = {"type": "DT_FLOAT"}
    nodes: list[dict] = []
    manifest: list[dict] = []
    blob = bytearray()

    def shape_of(shape: list[int]) -> dict:
        return {"dim": [{"size": str(side)} for side in shape]}

    def constant(name: str, value: np.ndarray) -> str:
        shape = [int(side) for side in value.shape]
        integer = value.dtype.kind == "i"
        kind = "DT_INT32" if integer else "DT_FLOAT"
        tensor = {"tensor": {"dtype": kind, "tensorShape": shape_of(shape)}}
        nodes.append(
            {"name": name, "op": "Const", "attr": {"value": tensor, "dtype": {"type": kind}}}
        )
        entry = {"name": name, "shape": shape, "dtype": "int32" if integer else "float32"}
        if not integer:
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        manifest.append(entry)
        blob.extend(value.astype(np.int32 if integer else np.float16).tobytes())
        return name

    def node(name: str, op: str, inputs: list[str], **attr: object) -> None:
        nodes.append({"name": name, "op": op, "input": inputs, "attr": {"T": floats, **attr}})

    names = {layers[0].inputs[0]: "input"}
    shape = shape_of([1, SIDE, SIDE, 3])
    nodes.append(
        {"name": "input", "op": "Placeholder", "attr": {"dtype": floats, "shape": {"shape": shape}}}
    )
    for i, layer in enumerate(layers):
        name = names[layer.output] = f"layer{i}"
        inputs = [names[each] for each in layer.inputs]
        fused = ["BiasAdd", "Relu6"] if layer.relu6 else ["BiasAdd"]
        fusion = {
            "fused_ops": {"list": {"s": [text(each) for each in fused]}},
            "num_args": {"i": "1"},
            "epsilon": {"f": 0.0},
        }
        if layer.kind in ("conv", "depthwise"):
            # TensorFlow's order: height, width, in, out; for depthwise height, width, channels, 1
            order = (1, 2, 3, 0)
            weight = constant(f"{name}/weight", np.ascontiguousarray(layer.weight.transpose(order)))
            bias = constant(f"{name}/bias", layer.bias)
            strides = ["1", str(layer.stride), str(layer.stride), "1"]
            node(
                name,
                "_FusedConv2D" if layer.kind == "conv" else "FusedDepthwiseConv2dNative",
                [*inputs, weight, bias],
                strides={"list": {"i": strides}},
                dilations={"list": {"i": ["1", "1", "1", "1"]}},
                padding={"s": text("SAME")},
                data_format={"s": text("NHWC")},
                **fusion,
            )
        elif layer.kind == "add":
            node(name, "AddV2", inputs)
        elif layer.kind == "mean":
            axes = constant(f"{name}/axes", np.array([1, 2], np.int32))
            node(name, "Mean", [*inputs, axes], keep_dims={"b": False})
        else:
            weight = constant(f"{name}/weight", np.ascontiguousarray(layer.weight.T))
            bias = constant(f"{name}/bias", layer.bias)
            node(name, "_FusedMatMul", [*inputs, weight, bias], **fusion)
    node("scores", "Softmax", [names[layers[-1].output]])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "weights.bin").write_bytes(blob)
    model = {
        "format": "graph-model",
        "generatedBy": "shiwu",
        "convertedBy": None,
        "modelTopology": {"node": nodes, "versions": {"producer": 1}},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": manifest}],
    }
    (folder / "model.json").write_text(json.dumps(model))


class LiteWriter:
    """Tensors, buffers and operators of one TensorFlow Lite graph."""

    def __init__(self) -> None:
        self.builder = flatbuffers.Builder(1 << 24)
        self.buffers = [self.buffer(None)]  # the first is empty by the format's rule
        self.tensors: list[int] = []
        self.operators: list[int] = []
        self.codes: list[int] = []

    def buffer(self, data: bytes | None) -> int:
        vector = self.builder.CreateByteVector(data) if data else None
        tflite.BufferStart(self.builder)
        if vector is not None:
            tflite.BufferAddData(self.builder, vector)
        return tflite.BufferEnd(self.builder)

    def vector(self, start: object, items: list[int], *, offsets: bool) -> int:
        start(self.builder, len(items))
        add = self.builder.PrependUOffsetTRelative if offsets else self.builder.PrependInt32
        for item in reversed(items):
            add(item)
        return self.builder.EndVector()

    def tensor(
        self,
        name: str,
        shape: list[int],
        kind: int,
        value: np.ndarray | None = None,
        quantized: tuple[float, int] | None = None,
    ) -> int:
        builder = self.builder
        place = 0
        if value is not None:
            place = len(self.buffers)
            self.buffers.append(self.buffer(np.ascontiguousarray(value).tobytes()))
        label = builder.CreateString(name)
        sides = self.vector(tflite.TensorStartShapeVector, shape, offsets=False)
        parameters = self.quantization(*quantized) if quantized else None
        tflite.TensorStart(builder)
        tflite.TensorAddShape(builder, sides)
        tflite.TensorAddType(builder, kind)
        tflite.TensorAddBuffer(builder, place)
        tflite.TensorAddName(builder, label)
        if parameters is not None:
            tflite.TensorAddQuantization(builder, parameters)
        self.tensors.append(tflite.TensorEnd(builder))
        return len(self.tensors) - 1

    def quantization(self, scale: float, zero: int) -> int:
        builder = self.builder
        tflite.QuantizationParametersStartScaleVector(builder, 1)
        builder.PrependFloat32(scale)
        scales = builder.EndVector()
        tflite.QuantizationParametersStartZeroPointVector(builder, 1)
        builder.PrependInt64(zero)
        zeros = builder.EndVector()
        tflite.QuantizationParametersStart(builder)
        tflite.QuantizationParametersAddScale(builder, scales)
        tflite.QuantizationParametersAddZeroPoint(builder, zeros)
        return tflite.QuantizationParametersEnd(builder)

    def halves(self, name: str, value: np.ndarray) -> int:
        """A constant in half precision, made float32 by an operator as TensorFlow's converter does."""
        shape = [int(side) for side in value.shape]
        kind = tflite.TensorType
        half = self.tensor(f"{name}/half", shape, kind.FLOAT16, value.astype(np.float16))
        whole = self.tensor(name, shape, kind.FLOAT32)
        self.operator(tflite.BuiltinOperator.DEQUANTIZE, [half], [whole])
        return whole

    def operator(
        self,
        code: int,
        inputs: list[int],
        outputs: list[int],
        options: tuple[int, int] | None = None,
    ) -> None:
        builder = self.builder
        if code not in self.codes:
            self.codes.append(code)
        takes = self.vector(tflite.OperatorStartInputsVector, inputs, offsets=False)
        gives = self.vector(tflite.OperatorStartOutputsVector, outputs, offsets=False)
        tflite.OperatorStart(builder)
        tflite.OperatorAddOpcodeIndex(builder, self.codes.index(code))
        tflite.OperatorAddInputs(builder, takes)
        tflite.OperatorAddOutputs(builder, gives)
        if options:
            tflite.OperatorAddBuiltinOptionsType(builder, options[0])
            tflite.OperatorAddBuiltinOptions(builder, options[1])
        self.operators.append(tflite.OperatorEnd(builder))

    def finish(self, source: int, result: int) -> bytes:
        builder = self.builder
        versions = []
        for code in self.codes:
            tflite.OperatorCodeStart(builder)
            tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, code)
            tflite.OperatorCodeAddBuiltinCode(builder, code)
            # From version 3 DEQUANTIZE knows half precision; of the others the first will do.
            version = 3 if code == tflite.BuiltinOperator.DEQUANTIZE else 1
            tflite.OperatorCodeAddVersion(builder, version)
            versions.append(tflite.OperatorCodeEnd(builder))
        codes = self.vector(tflite.ModelStartOperatorCodesVector, versions, offsets=True)
        tensors = self.vector(tflite.SubGraphStartTensorsVector, self.tensors, offsets=True)
        takes = self.vector(tflite.SubGraphStartInputsVector, [source], offsets=False)
        gives = self.vector(tflite.SubGraphStartOutputsVector, [result], offsets=False)
        steps = self.vector(tflite.SubGraphStartOperatorsVector, self.operators, offsets=True)
        tflite.SubGraphStart(builder)
        tflite.SubGraphAddTensors(builder, tensors)
        tflite.SubGraphAddInputs(builder, takes)
        tflite.SubGraphAddOutputs(builder, gives)
        tflite.SubGraphAddOperators(builder, steps)
        graph = tflite.SubGraphEnd(builder)
        graphs = self.vector(tflite.ModelStartSubgraphsVector, [graph], offsets=True)
        buffers = self.vector(tflite.ModelStartBuffersVector, self.buffers, offsets=True)
        tflite.ModelStart(builder)
        tflite.ModelAddVersion(builder, 3)
        tflite.ModelAddOperatorCodes(builder, codes)
        tflite.ModelAddSubgraphs(builder, graphs)
        tflite.ModelAddBuffers(builder, buffers)
        builder.Finish(tflite.ModelEnd(builder), b"TFL3")
        return bytes(builder.Output())


def write_tflite(layers: list[Layer], path: Path) -> None:
    """One file. Its input is bytes: value = (byte - 127) / 128 is said by the tensor's own scale."""
    writer = LiteWriter()
    builder = writer.builder
    operators, options, kinds = tflite.BuiltinOperator, tflite.BuiltinOptions, tflite.TensorType
    source = writer.tensor("image", [1, SIDE, SIDE, 3], kinds.UINT8, quantized=(1 / 128, 127))
    pixels = writer.tensor("pixels", [1, SIDE, SIDE, 3], kinds.FLOAT32)
    writer.operator(operators.DEQUANTIZE, [source], [pixels])
    places = {layers[0].inputs[0]: pixels}
    for layer in layers:
        inputs = [places[each] for each in layer.inputs]
        activation = tflite.ActivationFunctionType.RELU6 if layer.relu6 else 0
        if layer.weight is not None:
            inputs.append(writer.halves(f"{layer.output}/weight", layer.weight))
            inputs.append(writer.halves(f"{layer.output}/bias", layer.bias))
        if layer.kind == "mean":
            axes = np.array([1, 2], np.int32)
            inputs.append(writer.tensor(f"{layer.output}/axes", [2], kinds.INT32, axes))
        place = places[layer.output] = writer.tensor(layer.output, layer.shape, kinds.FLOAT32)
        if layer.kind == "conv":
            tflite.Conv2DOptionsStart(builder)
            tflite.Conv2DOptionsAddPadding(builder, tflite.Padding.SAME)
            tflite.Conv2DOptionsAddStrideW(builder, layer.stride)
            tflite.Conv2DOptionsAddStrideH(builder, layer.stride)
            tflite.Conv2DOptionsAddFusedActivationFunction(builder, activation)
            how = (options.Conv2DOptions, tflite.Conv2DOptionsEnd(builder))
            writer.operator(operators.CONV_2D, inputs, [place], how)
        elif layer.kind == "depthwise":
            tflite.DepthwiseConv2DOptionsStart(builder)
            tflite.DepthwiseConv2DOptionsAddPadding(builder, tflite.Padding.SAME)
            tflite.DepthwiseConv2DOptionsAddStrideW(builder, layer.stride)
            tflite.DepthwiseConv2DOptionsAddStrideH(builder, layer.stride)
            tflite.DepthwiseConv2DOptionsAddDepthMultiplier(builder, 1)
            tflite.DepthwiseConv2DOptionsAddFusedActivationFunction(builder, activation)
            how = (options.DepthwiseConv2DOptions, tflite.DepthwiseConv2DOptionsEnd(builder))
            writer.operator(operators.DEPTHWISE_CONV_2D, inputs, [place], how)
        elif layer.kind == "add":
            tflite.AddOptionsStart(builder)
            writer.operator(
                operators.ADD, inputs, [place], (options.AddOptions, tflite.AddOptionsEnd(builder))
            )
        elif layer.kind == "mean":
            tflite.ReducerOptionsStart(builder)
            tflite.ReducerOptionsAddKeepDims(builder, False)
            how = (options.ReducerOptions, tflite.ReducerOptionsEnd(builder))
            writer.operator(operators.MEAN, inputs, [place], how)
        else:
            tflite.FullyConnectedOptionsStart(builder)
            how = (options.FullyConnectedOptions, tflite.FullyConnectedOptionsEnd(builder))
            writer.operator(operators.FULLY_CONNECTED, inputs, [place], how)
    last = layers[-1]
    scores = writer.tensor("scores", last.shape, kinds.FLOAT32)
    tflite.SoftmaxOptionsStart(builder)
    tflite.SoftmaxOptionsAddBeta(builder, 1.0)
    how = (options.SoftmaxOptions, tflite.SoftmaxOptionsEnd(builder))
    writer.operator(operators.SOFTMAX, [places[last.output]], [scores], how)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(writer.finish(source, scores))


def main() -> None:
    model, kind, target = sys.argv[1:4]
    write = {"tfjs": write_tfjs, "tflite": write_tflite}[kind]
    write(read(model), Path(target))


if __name__ == "__main__":
    main()
