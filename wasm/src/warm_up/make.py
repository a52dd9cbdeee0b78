"""Makes warm_up.onnx and warm_up.jpg, what warm_up.cc classifies before there is anything to do.

    python wasm/src/warm_up/make.py

The network has a layer of each kind that the bundled models have, in int8 with a scale a channel as
they are, and only zeros for weights, of which compression leaves nothing. Needs onnx and Pillow.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

HERE = Path(__file__).parent
SIDE = 96  # pixels: enough of them for a browser to find a loop worth optimising

nodes, constants = [], {}


def constant(array: np.ndarray) -> str:
    """One for all of the same type and sides."""
    name = f"{array.dtype.char}{array.shape}".replace(" ", "")
    constants[name] = numpy_helper.from_array(array, name)
    return name


def then(op: str, x: str, *more: str, **attributes) -> str:
    name = str(len(nodes))
    nodes.append(helper.make_node(op, [x, *more], [name], **attributes))
    return name


def weights(*dims: int) -> list[str]:
    """Of all a layer's channels, and the bias."""
    levels, scale = np.zeros(dims, np.int8), np.zeros(dims[0], np.float32)
    return [then("DequantizeLinear", constant(levels), constant(scale), axis=0), constant(scale)]


def conv(x: str, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> str:
    pad = kernel // 2
    return then(
        "Conv",
        x,
        *weights(outputs, inputs // groups, kernel, kernel),
        strides=[stride, stride],
        pads=[pad, pad, pad, pad],
        group=groups,
    )


def clip(x: str) -> str:
    zero = constant(np.zeros([], np.float32))
    return then("Clip", x, zero, zero)


def block(x: str, inputs: int, outputs: int, kernel: int, stride: int) -> str:
    """An inverted residual; x is added where nothing changes its shape."""
    wide = 2 * inputs
    y = clip(conv(x, inputs, wide, 1))
    y = clip(conv(y, wide, wide, kernel, stride, groups=wide))
    y = conv(y, wide, outputs, 1)
    return then("Add", y, x) if (inputs, stride) == (outputs, 1) else y


def network() -> onnx.ModelProto:
    x = clip(conv("x", 3, 8, kernel=3, stride=2))
    x = block(x, 8, 8, kernel=3, stride=1)
    x = block(x, 8, 8, kernel=3, stride=2)
    x = block(x, 8, 8, kernel=5, stride=1)
    x = block(x, 8, 16, kernel=5, stride=2)
    x = clip(conv(x, 16, 16, kernel=1))
    x = then("Flatten", then("GlobalAveragePool", x))
    x = then("Gemm", x, *weights(8, 16), transB=1)
    graph = helper.make_graph(
        nodes,
        "warm-up",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 8])],
        list(constants.values()),
    )
    return helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])


def picture() -> Image.Image:
    """A slope in each colour."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] * (255 / (SIDE - 1))
    return Image.fromarray(np.stack([x, y, 255 - x], axis=-1).astype(np.uint8))


if __name__ == "__main__":
    model = network()
    onnx.checker.check_model(model)
    (HERE / "warm_up.onnx").write_bytes(model.SerializeToString())
    picture().save(HERE / "warm_up.jpg", quality=60)
