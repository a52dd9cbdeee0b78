import pytest

from conftest import LABELS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.errors import ModelError
from shiwu_models.graph import to_bytes, weights_sha256
from shiwu_models.manifest import Head, Outputs
from shiwu_models.pack import pack, unpack, with_labels


def test_pack_and_unpack() -> None:
    model, manifest = tiny_model(), tiny_manifest()
    packed = pack(model, manifest, LABELS, TAXONOMY)
    content = unpack(packed)
    assert (content.manifest, content.labels, content.taxonomy) == (manifest, LABELS, TAXONOMY)
    assert weights_sha256(packed) == weights_sha256(model)
    assert not model.metadata_props
    assert [entry.key for entry in packed.metadata_props] == [
        "description",
        "shiwu.manifest",
        "shiwu.labels",
        "shiwu.taxonomy",
    ]
    assert to_bytes(pack(packed, manifest, LABELS, TAXONOMY)) == to_bytes(packed)


def test_new_labels_need_a_new_digest() -> None:
    labels = LABELS.replace("杯子", "茶杯")
    with pytest.raises(ModelError, match="digest"):
        pack(tiny_model(), tiny_manifest(), labels, TAXONOMY)
    pack(tiny_model(), with_labels(tiny_manifest(), labels), labels, TAXONOMY)


def test_a_wrong_number_of_labels_is_refused() -> None:
    labels = LABELS.rsplit("b2", 1)[0]
    with pytest.raises(ModelError) as caught:
        pack(tiny_model(), with_labels(tiny_manifest(), labels), labels, TAXONOMY)
    assert caught.value.code == "label-count"
    assert "标签有 1 个，而模型输出 2 类" in caught.value.zh


def test_names_that_the_graph_lacks_are_refused() -> None:
    for update in (
        {"outputs": Outputs(logits="output", features="embedding")},
        {"outputs": Outputs(logits="output", features="features", feature_map="map")},
        {"head": Head(weight="classifier.weight", scale="nowhere", bias="classifier.bias")},
        {"input": tiny_manifest().input.model_copy(update={"name": "image"})},
    ):
        with pytest.raises(ModelError, match="leave the field out") as caught:
            pack(tiny_model(), tiny_manifest().model_copy(update=update), LABELS, TAXONOMY)
        assert caught.value.code == "invalid-manifest"


def test_a_model_without_manifest_says_what_to_do() -> None:
    with pytest.raises(ModelError, match="pack"):
        unpack(tiny_model())
