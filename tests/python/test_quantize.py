import numpy as np
import pytest

from conftest import float32, tiny_model
from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers, real_weights, weights_sha256
from shiwu_models.parity import relative_difference
from shiwu_models.quantize.weight_int8 import LEVELS, quantize, quantize_tensor
from shiwu_models.runtime import Runner

RNG = np.random.default_rng(5)
WEIGHT = (RNG.normal(size=(6, 5, 3, 3)) * RNG.lognormal(size=(6, 1, 1, 1))).astype(np.float32)


def test_without_search_no_weight_is_off_by_more_than_half_a_level() -> None:
    result = quantize_tensor(WEIGHT, search=False)
    off = np.abs(result.real - WEIGHT)
    assert (off <= 0.5001 * result.scale.reshape(-1, 1, 1, 1)).all()
    assert (np.abs(result.levels).reshape(6, -1).max(axis=1) == LEVELS).all()


def test_search_never_has_the_larger_error() -> None:
    plain, searched = (quantize_tensor(WEIGHT, search=s).real for s in (False, True))
    errors = [np.square(r - WEIGHT).reshape(6, -1).sum(axis=1) for r in (plain, searched)]
    assert (errors[1] <= errors[0] * (1 + 1e-6)).all()
    assert errors[1].sum() < errors[0].sum()


def test_negated_weights_give_negated_levels_and_minus_128_is_unused() -> None:
    levels = quantize_tensor(WEIGHT).levels
    np.testing.assert_array_equal(quantize_tensor(-WEIGHT).levels, -levels)
    assert levels.min() >= -LEVELS


def test_a_channel_of_zeros_stays_zero() -> None:
    weight = WEIGHT.copy()
    weight[2] = 0
    result = quantize_tensor(weight)
    assert result.scale[2] == 1
    assert not result.real[2].any()


def test_levels_and_scales_already_representable_are_exact() -> None:
    exact = float32([[127, -64, 3], [254, -2, 0]])
    np.testing.assert_array_equal(quantize_tensor(exact).real, exact)


def test_graph_computes_with_the_multiplied_out_weights() -> None:
    model = tiny_model()
    small, names = quantize(model, smallest=0)
    assert names == ["stem.weight", "classifier.weight"]
    stored = initializers(small)
    assert stored["stem.weight_int8"].dtype == np.int8
    assert stored["stem.bias"].dtype == np.float32
    # The same float graph, with the weights that the int8 ones stand for, is the same function.
    carrier = tiny_model()
    for tensor in carrier.graph.initializer:
        tensor.raw_data = real_weights(small)[tensor.name].tobytes()
    picture = RNG.normal(size=(3, 3, 8, 8)).astype(np.float32)
    expected = Runner(carrier).run(picture, "output")
    assert relative_difference(expected, Runner(small).run(picture, "output")) < 1e-6
    assert real_weights(small).keys() == real_weights(model).keys()


def test_small_weights_stay_float() -> None:
    _, names = quantize(tiny_model(), smallest=50)
    assert names == ["stem.weight"]


def test_the_given_model_is_not_changed() -> None:
    model = tiny_model()
    before = model.SerializeToString()
    quantize(model, smallest=0)
    assert model.SerializeToString() == before


def test_opset_below_13_is_explained() -> None:
    with pytest.raises(ModelError, match="--opset 13") as caught:
        quantize(tiny_model(opset=12))
    assert caught.value.code == "unsupported-opset"


def test_a_model_without_float_weights_is_explained() -> None:
    small, _ = quantize(tiny_model(), smallest=0)
    for model, smallest in ((small, 0), (tiny_model(), 2500)):
        with pytest.raises(ModelError, match="float model"):
            quantize(model, smallest=smallest)


def test_channels_on_another_axis() -> None:
    turned = np.ascontiguousarray(np.moveaxis(WEIGHT, 0, 2))
    result = quantize_tensor(turned, axis=2)
    straight = quantize_tensor(WEIGHT)
    np.testing.assert_array_equal(np.moveaxis(result.levels, 2, 0), straight.levels)
    np.testing.assert_array_equal(result.scale, straight.scale)
    np.testing.assert_array_equal(np.moveaxis(result.real, 2, 0), straight.real)


def test_digest_knows_weights_only() -> None:
    model, other = tiny_model(), tiny_model()
    other.metadata_props.add(key="shiwu.labels", value="别的")
    assert weights_sha256(model) == weights_sha256(other)
    other.graph.initializer[1].raw_data = np.ones(4, np.float32).tobytes()
    assert weights_sha256(model) != weights_sha256(other)
