import gzip

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, helper, numpy_helper

from conftest import float32, tiny_model
from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers, real_weights, to_bytes
from shiwu_models.parity import relative_difference
from shiwu_models.quantize.compact import CompactResult, compact, compact_with, study, trade_off
from shiwu_models.quantize.compact.compact import round_significand
from shiwu_models.quantize.compact.execution import walk
from shiwu_models.quantize.compact.hessian import moments
from shiwu_models.quantize.compact.layers import Layer, find_layers
from shiwu_models.quantize.compact.rounding import (
    bits_of_levels,
    inverse_factor,
    nearest,
    output_error,
    round_rows,
)
from shiwu_models.runtime import Runner

RNG = np.random.default_rng(11)
NO_PRICE = np.zeros(255)


def network() -> ModelProto:
    """3 → 16 by a strided 3 by 3, a depthwise 3 by 3, 16 → 24 by 1 by 1, pooling, 24 → 10."""
    rng = np.random.default_rng(3)

    def weight(*shape: int) -> NDArray[np.float32]:
        fan = float(np.prod(shape[1:]))
        return float32(rng.normal(size=shape) / np.sqrt(fan))

    arrays = {
        "stem.weight": weight(16, 3, 3, 3),
        "stem.bias": weight(16),
        "deep.weight": weight(16, 1, 3, 3),
        "deep.bias": weight(16),
        "point.weight": weight(24, 16, 1, 1),
        "point.bias": weight(24),
        "fc.weight": weight(10, 24) * np.float32(4),
        "fc.bias": weight(10),
    }
    nodes = [
        helper.make_node("Conv", ["input", "stem.weight", "stem.bias"], ["a"], strides=[2, 2]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "deep.weight", "deep.bias"], ["c"], group=16, pads=[1] * 4),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("Conv", ["d", "point.weight", "point.bias"], ["e"]),
        helper.make_node("Relu", ["e"], ["f"]),
        helper.make_node("GlobalAveragePool", ["f"], ["g"]),
        helper.make_node("Flatten", ["g"], ["h"]),
        helper.make_node("Gemm", ["h", "fc.weight", "fc.bias"], ["output"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, 17, 17])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


PICTURES = RNG.normal(size=(24, 3, 17, 17)).astype(np.float32)
OTHERS = RNG.normal(size=(24, 3, 17, 17)).astype(np.float32)


def correlated(size: int, count: int) -> NDArray[np.float64]:
    """E[x xᵀ] [1, size, size] of inputs that resemble each other."""
    x = RNG.normal(size=(size, count)) + 2 * RNG.normal(size=(1, count))
    hessian: NDArray[np.float64] = (x @ x.T / count)[np.newaxis]
    return hessian


def layer(groups: int = 1, strides: tuple[int, int] = (1, 1), pad: int = 0) -> Layer:
    return Layer("w", "b", "x", "y", groups, strides, (1, 1), (pad, pad, pad, pad))


def test_error_feedback_changes_the_output_less_than_plain_rounding() -> None:
    hessian = correlated(40, 500)
    weight = RNG.normal(size=(1, 30, 40))
    step = np.full((1, 30), 0.5)
    fed_back = round_rows(weight, step, inverse_factor(hessian), np.zeros((1, 30)), NO_PRICE)
    plain = nearest(weight, step)
    errors = [output_error(q * step[:, :, None] - weight, hessian).sum() for q in (fed_back, plain)]
    assert errors[0] < 0.6 * errors[1]


def test_without_correlation_or_price_it_is_plain_rounding() -> None:
    weight = RNG.normal(size=(2, 5, 7))
    step = RNG.uniform(0.05, 0.3, size=(2, 5))
    factor = inverse_factor(np.stack([np.diag(RNG.uniform(1, 9, 7)) for _ in range(2)]))
    got = round_rows(weight, step, factor, np.zeros((2, 5)), NO_PRICE)
    np.testing.assert_array_equal(got, nearest(weight, step))


def test_many_inputs_are_rounded_as_if_there_were_no_blocks() -> None:
    # 150 inputs are more than two blocks of 64; the reference goes input by input.
    hessian = correlated(150, 400)
    weight, step = RNG.normal(size=(1, 4, 150)), np.full((1, 4), 0.4)
    factor = inverse_factor(hessian)
    rest, expected = weight[0].copy(), np.empty((4, 150), np.int8)
    for j in range(150):
        expected[:, j] = np.rint(rest[:, j] / 0.4)
        error = (rest[:, j] - expected[:, j] * 0.4) / factor[0, j, j]
        rest[:, j + 1 :] -= np.outer(error, factor[0, j, j + 1 :])
    got = round_rows(weight, step, factor, np.zeros((1, 4)), NO_PRICE)
    assert (got[0] == expected).mean() > 0.999


def test_a_price_on_bits_lowers_the_entropy() -> None:
    hessian = correlated(32, 500)
    weight, step = RNG.normal(size=(1, 200, 32)), np.full((1, 200), 0.3)
    bits = bits_of_levels(nearest(weight, step))
    factor = inverse_factor(hessian)
    spent = []
    for price in (0.0, 0.02, 0.1):
        levels = round_rows(weight, step, factor, np.full((1, 200), price), bits)
        _, counts = np.unique(levels, return_counts=True)
        shares = counts / counts.sum()
        spent.append(-(shares * np.log2(shares)).sum())
    assert spent[0] > spent[1] > spent[2]


def test_rare_levels_are_long_and_lengths_make_a_code() -> None:
    bits = bits_of_levels(np.array([0] * 90 + [1] * 9 + [-3], np.int8))
    assert bits[127] < bits[128] < bits[124] < bits[0]
    assert np.isclose((2.0**-bits).sum(), 1)  # Kraft


def test_inverse_factor_is_one() -> None:
    hessian = correlated(6, 50)
    factor = inverse_factor(hessian, damping=0.0)
    np.testing.assert_allclose(factor[0].T @ factor[0] @ hessian[0], np.eye(6), atol=1e-9)
    assert not np.tril(factor[0], -1).any()


@pytest.mark.parametrize(
    ("groups", "strides", "pad", "kernel"),
    [
        (1, (1, 1), 1, (3, 3)),
        (1, (2, 2), 0, (3, 3)),
        (4, (1, 1), 1, (3, 3)),
        (2, (1, 2), 0, (1, 1)),
    ],
)
def test_moments_predict_the_outputs_energy(
    groups: int, strides: tuple[int, int], pad: int, kernel: tuple[int, int]
) -> None:
    # ONNX Runtime's convolution is the independent source: E[y²] is w E[x xᵀ] wᵀ.
    x = RNG.normal(1, 1, size=(5, 4, 9, 8)).astype(np.float32)
    weight = RNG.normal(size=(8, 4 // groups, *kernel)).astype(np.float32)
    node = helper.make_node(
        "Conv", ["x", "w"], ["y"], group=groups, strides=strides, pads=[pad] * 4
    )
    graph = helper.make_graph(
        [node],
        "conv",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 4, 9, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    y = Runner(model).run(x, "y").astype(np.float64)
    found = moments(layer(groups, strides, pad), x, kernel)
    rows = weight.reshape(groups, 8 // groups, -1).astype(np.float64)
    energy = output_error(rows, found.second).ravel()
    np.testing.assert_allclose(energy, np.square(y).mean(axis=(0, 2, 3)), rtol=1e-5)
    shift = (rows @ found.mean[:, :, None]).ravel()
    np.testing.assert_allclose(shift, y.mean(axis=(0, 2, 3)), rtol=1e-4, atol=1e-5)


def test_few_observations_leave_no_direction_without_energy() -> None:
    x = RNG.normal(size=(5, 40)).astype(np.float32)  # five columns of 40 inputs: rank 5
    found = moments(layer(), x, (1, 1))
    assert np.linalg.eigvalsh(found.second[0])[:34].max() < 1e-6
    shrunk = found.hessian(centred=False)[0]
    assert np.linalg.eigvalsh(shrunk).min() > 0.1
    # The sum of the energies stays what it was.
    assert np.isclose(np.trace(shrunk), np.trace(found.second[0]))


def test_walk_gives_what_the_whole_graph_gives() -> None:
    model = network()
    got = {}
    for node, values in walk(model, PICTURES):
        got.update({name: float32(values[name]) for name in node.output})
    np.testing.assert_allclose(
        got["output"], Runner(model).run(PICTURES, "output"), rtol=1e-5, atol=1e-6
    )
    assert set(got) == {"a", "b", "c", "d", "e", "f", "g", "h", "output"}


def test_result_is_the_same_graph_with_int8_weights() -> None:
    model = network()
    before = to_bytes(model)
    result = compact(model, PICTURES, strength=1e-5)
    assert to_bytes(model) == before
    assert result.names == ["stem.weight", "deep.weight", "point.weight", "fc.weight"]
    assert result.left_out == []
    stored = initializers(result.model)
    for name in result.names:
        assert stored[name + "_int8"].dtype == np.int8
        assert stored[name + "_int8"].min() >= -127
        assert stored[name + "_scale"].shape == (stored[name + "_int8"].shape[0],)
    assert real_weights(result.model).keys() == real_weights(model).keys()
    # The float graph with the weights that the int8 ones stand for is the same function.
    carrier = network()
    for tensor in carrier.graph.initializer:
        tensor.raw_data = real_weights(result.model)[tensor.name].tobytes()
    expected = Runner(carrier).run(OTHERS, "output")
    assert relative_difference(expected, Runner(result.model).run(OTHERS, "output")) < 1e-6


def test_more_strength_fewer_bytes_and_more_error() -> None:
    found = study(network(), PICTURES)
    strengths = (1e-6, 1e-4, 1e-2)
    points = list(trade_off(found, strengths, OTHERS))
    assert [point.strength for point in points] == list(strengths)
    entropies = [spent(compact_with(found, strength)) for strength in strengths]
    assert entropies[0] > entropies[1] > entropies[2]
    assert points[0].squared_error < points[1].squared_error < points[2].squared_error
    assert points[0].divergence < points[2].divergence
    assert points[0].sizes.gzip > points[2].sizes.gzip
    assert points[0].agreement >= points[2].agreement
    whole = compact_with(found, strengths[1]).model
    assert points[1].sizes.gzip == len(gzip.compress(to_bytes(whole), 9, mtime=0))


def spent(result: CompactResult) -> float:
    return sum(tensor.bits * tensor.numbers for tensor in result.tensors)


def test_very_little_strength_is_nearly_exact() -> None:
    model = network()
    result = compact(model, PICTURES, strength=1e-12)
    got, want = (Runner(m).run(OTHERS, "output") for m in (result.model, model))
    assert relative_difference(want, got) < 0.01


def test_biases_take_back_the_shift_of_every_mean() -> None:
    model = network()
    rounded = compact(model, PICTURES, strength=1e-3).model
    means = []
    for some in (model, rounded):
        values = {}
        for node, alive in walk(some, PICTURES):
            values.update({n: alive[n] for n in node.output if n in ("a", "c", "e", "output")})
        means.append({n: v.mean(axis=(0, *range(2, v.ndim))) for n, v in values.items()})
        spread = {n: v.std() for n, v in values.items()}
    for name, mean in means[0].items():
        # What stays is the bias's own rounding, 2^-11 of it.
        assert np.abs(means[1][name] - mean).max() < 1e-3 * spread[name], name


def test_error_is_below_that_of_plain_rounding_at_the_same_steps() -> None:
    model = network()
    result = compact(model, PICTURES, strength=1e-3)
    stored, weights = initializers(result.model), initializers(model)
    plain = network()
    for tensor in plain.graph.initializer:
        if tensor.name in result.names:
            shape = (-1, *[1] * (len(tensor.dims) - 1))
            scale = float32(stored[tensor.name + "_scale"]).reshape(shape)
            weight = float32(weights[tensor.name])
            tensor.raw_data = float32(np.rint(weight / scale) * scale).tobytes()
    want = Runner(model).run(OTHERS, "output")
    errors = [
        np.square(Runner(some).run(OTHERS, "output") - want).mean()
        for some in (result.model, plain)
    ]
    assert errors[0] < errors[1]


def test_same_input_same_bytes() -> None:
    once, again = (to_bytes(compact(network(), PICTURES).model) for _ in range(2))
    assert once == again


def test_channel_of_zeros_and_dead_input_stay_finite() -> None:
    model = tiny_model()
    for tensor in model.graph.initializer:
        if tensor.name == "stem.weight":
            weight = numpy_helper.to_array(tensor).copy()
            weight[1] = 0
            tensor.raw_data = weight.tobytes()
    pictures = np.zeros((4, 3, 8, 8), np.float32)
    result = compact(model, pictures)
    real = real_weights(result.model)
    assert not real["stem.weight"][1].any()
    assert all(np.isfinite(array).all() for array in real.values())


def test_layers_that_it_cannot_take_are_named_and_left() -> None:
    model = network()
    extra = numpy_helper.from_array(RNG.normal(size=(10, 10)).astype(np.float32), "last.weight")
    model.graph.initializer.append(extra)
    model.graph.node[-1].output[0] = "scores"
    model.graph.node.append(helper.make_node("MatMul", ["scores", "last.weight"], ["output"]))
    result = compact(model, PICTURES)
    assert result.left_out == ["last.weight"]
    assert initializers(result.model)["last.weight"].dtype == np.float32


def test_opset_below_13_and_a_graph_without_layers_are_refused() -> None:
    with pytest.raises(ModelError, match="opset 13"):
        compact(tiny_model(opset=12), np.zeros((1, 3, 8, 8), np.float32))
    nothing = helper.make_model(
        helper.make_graph(
            [helper.make_node("Relu", ["input"], ["output"])],
            "nothing",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 2])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["N", 2])],
        ),
        opset_imports=[helper.make_opsetid("", 13)],
    )
    with pytest.raises(ModelError) as error:
        compact(nothing, np.zeros((1, 2), np.float32))
    assert error.value.code == "invalid-model"


def test_calibration_of_another_size_is_explained() -> None:
    with pytest.raises(ModelError) as error:
        compact(network(), np.zeros((2, 3, 16, 17), np.float32))
    assert error.value.code == "input-mismatch"


def test_layers_are_found_in_order_with_their_geometry() -> None:
    layers, left_out = find_layers(network())
    assert [(one.name, one.source, one.groups, one.strides) for one in layers] == [
        ("stem.weight", "input", 1, (2, 2)),
        ("deep.weight", "b", 16, (1, 1)),
        ("point.weight", "d", 1, (1, 1)),
        ("fc.weight", "h", 1, (1, 1)),
    ]
    assert left_out == []


def test_rounded_significands_keep_so_many_bits() -> None:
    values = RNG.normal(size=100) * 10.0 ** RNG.integers(-6, 6, 100)
    rounded = round_significand(values, 8)
    assert (rounded.view(np.uint32) & 0xFFFF).max() == 0  # 7 stored bits and the implied one
    assert (np.abs(rounded - values) <= np.abs(values) * 2.0**-8).all()
    np.testing.assert_array_equal(
        round_significand(np.array([0.0, 0.5, -3.0]), 8), float32([0, 0.5, -3])
    )
