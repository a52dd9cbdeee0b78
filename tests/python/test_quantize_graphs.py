"""Every kind of weighted operator, and every method, on graphs of known weights."""

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from conftest import tiny_model
from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers, real_weights, to_bytes
from shiwu_models.parity import relative_difference
from shiwu_models.quantize import fp16, static_int8, weight_int8
from shiwu_models.quantize.carry import prove_weights_only
from shiwu_models.runtime import Runner

RNG = np.random.default_rng(21)


def graph_of(
    nodes: list[NodeProto],
    weights: dict[str, NDArray[np.float32]],
    shape: list[int],
    rank: int,
    *,
    listed: bool = False,
) -> ModelProto:
    """input float32 [N, *shape] → output of ``rank`` dimensions."""
    inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", *shape])]
    if listed:  # as torch does with keep_initializers_as_inputs
        inputs += [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape)
            for name, array in weights.items()
        ]
    graph = helper.make_graph(
        nodes,
        "g",
        inputs,
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [None] * rank)],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def normal(*shape: int) -> NDArray[np.float32]:
    return RNG.normal(size=shape).astype(np.float32)


def node(kind: str, *inputs: str, out: str = "output", **attributes: int) -> NodeProto:
    made = helper.make_node(kind, list(inputs), [out], out)
    made.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
    return made


# One channel a hundred times the others: a scale along the wrong axis would drown them.
def uneven(*shape: int, axis: int) -> NDArray[np.float32]:
    weight = normal(*shape)
    np.moveaxis(weight, axis, 0)[0] *= 100
    return weight


CASES = {
    "matmul": ([node("MatMul", "input", "w")], {"w": uneven(7, 5, axis=1)}, [7], 2, 1),
    "matmul of rank 3": (
        [node("MatMul", "input", "w")],
        {"w": uneven(2, 7, 5, axis=2)},
        [7],
        3,
        2,
    ),
    "gemm as it is": ([node("Gemm", "input", "w")], {"w": uneven(7, 5, axis=1)}, [7], 2, 1),
    "gemm transposed": (
        [node("Gemm", "input", "w", transB=1)],
        {"w": uneven(5, 7, axis=0)},
        [7],
        2,
        0,
    ),
    "conv of one dimension": (
        [node("Conv", "input", "w")],
        {"w": uneven(5, 3, 4, axis=0)},
        [3, 9],
        3,
        0,
    ),
    "transposed convolution in groups": (
        [node("ConvTranspose", "input", "w", group=2)],
        {"w": uneven(4, 3, 2, 2, axis=1)},
        [4, 5, 5],
        4,
        1,
    ),
    "one weight read twice": (
        [node("MatMul", "input", "w", out="half"), node("MatMul", "half", "w")],
        {"w": uneven(6, 6, axis=1)},
        [6],
        2,
        1,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_weights_have_a_scale_for_each_output_channel(name: str) -> None:
    nodes, weights, shape, rank, axis = CASES[name]
    model = graph_of(nodes, weights, shape, rank)
    small, names = weight_int8.quantize(model, smallest=0)
    assert names == ["w"]
    assert initializers(small)["w_scale"].shape == (weights["w"].shape[axis],)
    real, wanted = (np.moveaxis(w, axis, 0) for w in (real_weights(small)["w"], weights["w"]))
    for ours, theirs in zip(real, wanted, strict=True):
        # Half a level of 127, a little more where the search clips.
        assert np.abs(ours - theirs).max() < 0.35 * np.abs(theirs).max()
        assert np.square(ours - theirs).mean() < (np.abs(theirs).max() / 127) ** 2
    assert prove_weights_only(model, small) < 1e-6


def test_weights_listed_as_inputs_are_taken_off_the_list() -> None:
    nodes, weights, shape, rank, _ = CASES["matmul"]
    model = graph_of(nodes, weights, shape, rank, listed=True)
    small, _ = weight_int8.quantize(model, smallest=0)
    assert [value.name for value in small.graph.input] == ["input"]
    assert Runner(small).run(normal(2, 7), "output").shape == (2, 5)


def test_a_parameter_called_scale_is_a_parameter() -> None:
    nodes = [node("MatMul", "input", "w", out="m"), node("Mul", "m", "layer_scale")]
    model = graph_of(nodes, {"w": normal(7, 5), "layer_scale": normal(5)}, [7], 2)
    small, _ = weight_int8.quantize(model, smallest=0)
    assert set(real_weights(small)) == {"w", "layer_scale"}


def half_model() -> ModelProto:
    nodes = [
        node("MatMul", "input", "w", out="a"),
        node("MatMul", "a", "big", out="b"),
        node("Add", "b", "bias"),
    ]
    big = normal(20, 20)
    big[0, 0] = 70000  # beyond float16
    return graph_of(nodes, {"w": normal(30, 20), "big": big, "bias": normal(20)}, [30], 2)


def test_fp16_rounds_the_weights_to_nearest_and_computes_in_float32() -> None:
    model = half_model()
    small, names = fp16.quantize(model)
    assert names == ["w"]  # the bias is too small to be worth a node, "big" does not fit
    exact = initializers(model)["w"]
    np.testing.assert_array_equal(real_weights(small)["w"], exact.astype(np.float16))
    assert prove_weights_only(model, small) < 1e-6
    assert small.graph.output[0].type.tensor_type.elem_type == TensorProto.FLOAT
    assert len(to_bytes(small)) < len(to_bytes(model)) - 2 * exact.size + 200


def test_a_changed_graph_is_no_proof() -> None:
    model = tiny_model()
    small, _ = weight_int8.quantize(model, smallest=0)
    next(n for n in small.graph.node if n.op_type == "Conv").attribute.add(
        name="strides", ints=[2, 2], type=onnx.AttributeProto.INTS
    )
    with pytest.raises(ModelError) as caught:
        prove_weights_only(model, small)
    assert caught.value.code == "parity"


def test_static_int8_stays_near_float_and_is_the_same_each_time() -> None:
    model = tiny_model()
    model.metadata_props.add(key="note", value="猫")
    pictures = normal(16, 3, 8, 8)
    first, second = (static_int8.quantize(model, pictures) for _ in range(2))
    assert to_bytes(first) == to_bytes(second)
    kinds = {n.op_type for n in first.graph.node}
    assert {"QuantizeLinear", "DequantizeLinear"} <= kinds
    assert [v.name for v in first.graph.output] == ["output", "features"]
    assert [(m.key, m.value) for m in first.metadata_props] == [("note", "猫")]
    expected = Runner(model).run(pictures, "output")
    difference = relative_difference(expected, Runner(first).run(pictures, "output"))
    # Three roundings to 255 levels; equality would mean that nothing was quantised.
    assert 1e-4 < difference < 0.03


def test_static_int8_takes_the_ranges_from_the_pictures() -> None:
    model = tiny_model()
    dark = normal(8, 3, 8, 8) * 0.01
    bright = dark * 100
    expected = Runner(model).run(bright, "output")
    clipped = Runner(static_int8.quantize(model, dark)).run(bright, "output")
    assert relative_difference(expected, clipped) > 0.2


def test_static_int8_explains_what_it_lacks() -> None:
    empty = np.empty((0, 3, 8, 8), np.float32)
    with pytest.raises(ModelError, match="--calibration"):
        static_int8.quantize(tiny_model(), empty)
    with pytest.raises(ModelError, match="--opset 13"):
        static_int8.quantize(tiny_model(opset=12), normal(2, 3, 8, 8))
