"""The map that the embedding is the mean of, as an output."""

import numpy as np
import pytest
from onnx import ModelProto, helper, numpy_helper

from conftest import BUNDLE, tiny_model
from shiwu_models.export.feature_map import add_feature_map, feature_map_of
from shiwu_models.graph import check_model, initializers, load_model, to_bytes, weights_sha256
from shiwu_models.manifest import parse_manifest
from shiwu_models.pack import unpack
from shiwu_models.runtime import Runner

PICTURES = np.random.default_rng(3).normal(size=(2, 3, 8, 8)).astype(np.float32)


def by_reduce_mean(opset: int, axes: list[int]) -> ModelProto:
    """tiny_model with ReduceMean where its pool was, without kept sides."""
    model = tiny_model(opset)
    del model.graph.node[1:3]
    if opset >= 18:
        model.graph.initializer.append(numpy_helper.from_array(np.array(axes), "axes"))
        node = helper.make_node("ReduceMean", ["map", "axes"], ["features"], keepdims=0)
    else:
        node = helper.make_node("ReduceMean", ["map"], ["features"], axes=axes, keepdims=0)
    model.graph.node.insert(1, node)
    check_model(model)
    return model


@pytest.mark.parametrize(
    "model",
    [
        tiny_model(),
        by_reduce_mean(13, [2, 3]),
        by_reduce_mean(13, [-1, -2]),
        by_reduce_mean(18, [2, 3]),
    ],
)
def test_its_mean_is_the_embedding(model: ModelProto) -> None:
    extended = add_feature_map(model)
    check_model(extended)
    output = extended.graph.output[-1]
    assert output.name == "feature_map"
    assert [d.dim_value or d.dim_param for d in output.type.tensor_type.shape.dim] == ["N", 4, 6, 6]
    runner = Runner(extended)
    found = runner.run(PICTURES, "feature_map")
    assert found.shape == (2, 4, 6, 6)
    np.testing.assert_allclose(found.mean((2, 3)), runner.run(PICTURES, "features"), atol=1e-6)
    np.testing.assert_array_equal(
        runner.run(PICTURES, "output"), Runner(model).run(PICTURES, "output")
    )
    # Nothing is computed or stored for it.
    assert [n.op_type for n in extended.graph.node] == [n.op_type for n in model.graph.node]
    assert weights_sha256(extended) == weights_sha256(model)
    assert to_bytes(add_feature_map(extended)) == to_bytes(extended)
    assert feature_map_of(extended, "features") == "feature_map"
    assert feature_map_of(model, "features") is None


def test_what_is_no_global_average_stays_as_it_is() -> None:
    model = tiny_model()
    model.graph.node[1].op_type = "GlobalMaxPool"
    assert add_feature_map(model) is model
    assert (
        add_feature_map(by_reduce_mean(13, [2, 3]), "nothing").graph.output[-1].name == "features"
    )
    model = by_reduce_mean(13, [2, 3])
    next(a for a in model.graph.node[1].attribute if a.name == "axes").ints[:] = [1, 2]
    assert add_feature_map(model) is model


@pytest.mark.parametrize("name", ["lite0", "lite2"])
def test_the_bundles_maps_pool_to_their_logits(name: str) -> None:
    folder = BUNDLE.parent / name
    model = load_model(folder / f"{name}.onnx")
    manifest = unpack(model).manifest
    assert manifest == parse_manifest((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest.outputs.feature_map == "feature_map"
    assert "`feature_map` [N,C,h,w]" in (folder / "PROVENANCE.md").read_text(encoding="utf-8")
    head = manifest.head
    assert head is not None and head.scale is not None
    stored = initializers(model)
    scale = stored[head.scale].astype(np.float64)
    weight = stored[head.weight].astype(np.float64) * scale[:, None]
    runner = Runner(model)
    height, width = manifest.input.size
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    picture = np.stack([np.sin(20 * x * y), np.cos(30 * x), y])[None].astype(np.float32)
    picture += rng.normal(0, 0.1, picture.shape).astype(np.float32)
    found = runner.run(picture, "feature_map")[0]
    assert found.shape == (1280, *((7, 7) if name == "lite0" else (9, 9)))
    maps = np.einsum("kc,chw->khw", weight, found) + stored[head.bias][:, None, None]
    logits = runner.run(picture, "output")[0]
    np.testing.assert_allclose(maps.mean((1, 2)), logits, atol=1e-4)
