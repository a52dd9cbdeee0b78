"""Small models that hold every operator of our engine, for make_seeds.py."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

RNG = np.random.default_rng(26)


class Writer:
    """A chain of nodes on the input x; `last` is what the chain has come to."""

    def __init__(self, shape, opset=17):
        self.shape, self.opset, self.last = shape, opset, "x"
        self.nodes, self.constants, self.count = [], [], 0

    def name(self, kind):
        self.count += 1
        return f"{kind}{self.count}"

    def constant(self, array):
        name = self.name("c")
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weights(self, *shape):
        return self.constant((RNG.normal(size=shape) / 2).astype(np.float32))

    def levels(self, *shape):
        """int8 weights and their DequantizeLinear."""
        levels = self.constant(RNG.integers(-128, 127, shape).astype(np.int8))
        scale = self.constant(np.full(shape[0], 0.01, np.float32))
        self.nodes.append(helper.make_node("DequantizeLinear", [levels, scale], [self.name("w")], axis=0))
        return self.nodes[-1].output[0]

    def add(self, op, *more, first=None, **attributes):
        inputs = [first or self.last, *more]
        self.last = self.name("v")
        self.nodes.append(helper.make_node(op, inputs, [self.last], **attributes))
        return self.last

    def bytes(self):
        graph = helper.make_graph(
            self.nodes,
            "g",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, None)],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=8)
        return model.SerializeToString()


def inverted_residual():
    """As of MobileNetV2: block, residual, head."""
    w = Writer([1, 3, 8, 8])
    w.add("Conv", w.weights(4, 3, 3, 3), w.weights(4), strides=[2, 2], pads=[0, 0, 1, 1])
    stem = w.add("Clip", w.constant(np.float32(0)), w.constant(np.float32(6)))
    w.add("Conv", w.levels(8, 4, 1, 1))
    w.add("Relu")
    w.add("Conv", w.levels(8, 1, 3, 3), w.weights(8), group=8, pads=[1, 1, 1, 1])
    w.add("Relu")
    w.add("Conv", w.weights(4, 8, 1, 1))
    w.add("Add", stem)
    w.add("GlobalAveragePool")
    w.add("Flatten")
    w.add("Gemm", w.weights(5, 4), w.weights(5), transB=1)
    w.add("Softmax", axis=1)
    return w.bytes()


def squeeze_and_excite():
    """As of MobileNetV3 and EfficientNet: gates, hard and not."""
    w = Writer(["N", 3, "H", "W"])
    w.add("Conv", w.weights(5, 3, 1, 1))
    x = w.add("HardSwish")
    w.add("ReduceMean", axes=[2, 3], keepdims=1)
    w.add("Conv", w.weights(2, 5, 1, 1), w.weights(2))
    w.add("Relu")
    w.add("Conv", w.weights(5, 2, 1, 1))
    w.add("HardSigmoid", alpha=1 / 6)
    w.add("Mul", x)
    y = w.last
    w.add("Sigmoid")
    w.add("Mul", y)
    w.add("Conv", w.weights(5, 1, 5, 5), group=5, auto_pad="SAME_UPPER", strides=[2, 2])
    w.add("ReduceMean", axes=[2, 3], keepdims=0)
    w.add("MatMul", w.weights(5, 3))
    w.add("Add", w.weights(3))
    return w.bytes()


def fire():
    """As of SqueezeNet: pools, concatenation."""
    w = Writer([1, 3, 9, 9])
    w.add("MaxPool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    x = w.add("Pad", w.constant(np.array([0, 0, 1, 0, 0, 0, 2, 1], np.int64)))
    a = w.add("Conv", w.weights(3, 3, 3, 3), pads=[1, 1, 1, 1], dilations=[1, 1])
    b = w.add("Conv", w.weights(2, 3, 1, 1), first=x)
    w.add("Concat", a, first=b, axis=1)
    w.add("Dropout")
    w.add("AveragePool", kernel_shape=[2, 2], pads=[1, 0, 0, 1], count_include_pad=1)
    w.add("Squeeze", w.constant(np.array([0], np.int64)))
    return w.bytes()


def arithmetic():
    """What is done by channel, and sides."""
    w = Writer([1, 4, 3, 3])
    w.add("Sub", w.weights(4, 1, 1))
    w.add("Div", w.constant(np.float32(2)))
    w.add("BatchNormalization", w.weights(4), w.weights(4), w.weights(4), w.constant(np.ones(4, np.float32)))
    x = w.add("Identity")
    w.add("Mul", w.weights(1, 4, 1, 1))
    w.add("Mul", x)
    w.add("Reshape", w.constant(np.array([0, -1], np.int64)))
    w.add("Gemm", w.levels(36, 3), alpha=0.5)
    return w.bytes()


def older():
    """What older opsets say by attributes, and a Constant node."""
    w = Writer([1, 3, 6, 6], opset=9)
    w.add("Pad", pads=[0, 0, 1, 1, 0, 0, 0, 0], mode="constant")
    w.add("Clip", min=-1.0, max=1.0)
    w.nodes.append(
        helper.make_node("Constant", [], ["k"], value=numpy_helper.from_array(np.array([1, 147], np.int64)))
    )
    w.add("Reshape", "k")
    return w.bytes()


MODELS = {
    "inverted_residual": inverted_residual,
    "squeeze_and_excite": squeeze_and_excite,
    "fire": fire,
    "arithmetic": arithmetic,
    "older": older,
}


def head(int8, known):
    """A pooled picture and two classes; the names are those of fuzz_bake.cc. `known` puts shapes in."""
    levels = np.array([[127, -3, 40], [5, 127, -90]])
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("Gemm", ["features", "weight", "bias"], ["logits"], transB=1),
    ]
    constants = [numpy_helper.from_array(np.float32([0.5, -0.25]), "bias")]
    if int8:
        nodes.insert(2, helper.make_node("DequantizeLinear", ["levels", "scale"], ["weight"], axis=0))
        constants.append(numpy_helper.from_array(levels.astype(np.int8), "levels"))
        constants.append(numpy_helper.from_array(np.float32([0.01, 0.02]), "scale"))
    else:
        constants.append(numpy_helper.from_array(levels.astype(np.float32) / 64, "weight"))

    def value(name, *sides):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, sides)

    graph = helper.make_graph(
        nodes,
        "g",
        [value("x", "N", 3, 2, 2)] + ([value("bias", 2)] if known else []),
        [value("logits", "N", 2), value("features", "N", 3)],
        constants,
        value_info=[value("weight", 2, 3)] if known else [],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"description": "two classes"})
    return model.SerializeToString()


HEADS = {
    "float": lambda: head(int8=False, known=True),
    "int8": lambda: head(int8=True, known=False),
}
