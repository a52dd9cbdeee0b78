"""LiteRT and Core ML: the same answers, read by the phones' own libraries."""

import json
import zipfile
from pathlib import Path

import coremltools as ct
import mediapipe as mp
import numpy as np
import pytest
import torch
from mediapipe.tasks import python as tasks
from mediapipe.tasks.python import vision
from torch import nn

from conftest import BUNDLE, PHOTOS
from shiwu_models.classifier import Classified, Classifier, Wanted
from shiwu_models.errors import ModelError
from shiwu_models.export.pipeline import export_source
from shiwu_models.export.sources import Source, open_source
from shiwu_models.graph import to_bytes
from shiwu_models.manifest import Calibration, Input, Labels, Manifest, Name, Outputs, Resize
from shiwu_models.mobile.coreml import to_coreml
from shiwu_models.mobile.litert import LiteRt, to_litert
from shiwu_models.mobile.network import Phone, for_phone
from shiwu_models.pack import pack
from shiwu_models.preprocess import fit, load_image


@pytest.fixture(scope="module")
def lite0() -> Phone:
    return for_phone(open_source("lite0"), BUNDLE)


def test_litert_gives_the_scores_and_mediapipe_says_them_in_chinese(
    lite0: Phone, tmp_path: Path
) -> None:
    output = tmp_path / "lite0.tflite"
    found = to_litert(lite0, output, PHOTOS)
    assert (found.pictures, found.same_top) == (2, 2)
    assert found.largest <= 1e-4
    manifest, classifier = lite0.manifest, Classifier(BUNDLE)
    for locale in (None, "en"):
        options = vision.ImageClassifierOptions(
            base_options=tasks.BaseOptions(model_asset_path=str(output)),
            max_results=5,
            display_names_locale=locale,
        )
        with vision.ImageClassifier.create_from_options(options) as theirs:
            for path in PHOTOS:
                pixels = fit(load_image(path), manifest.input.size, manifest.resize)
                image = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.asarray(pixels))
                named = theirs.classify(image).classifications[0].categories
                [ours] = classifier.classify([path.read_bytes()], Wanted(precision="exact"))
                assert isinstance(ours, Classified)
                wanted = ours.answer["predictions"]
                assert [each.category_name for each in named] == [p["label_zh"] for p in wanted]
                scores = [each.score for each in named]
                np.testing.assert_allclose(scores, [p["score"] for p in wanted], atol=1e-4)
                if locale:
                    assert [each.display_name for each in named] == [p["label_en"] for p in wanted]
    with zipfile.ZipFile(output) as files:
        assert json.loads(files.read("manifest.json")) == manifest.plain()
        assert files.read("labels.tsv").decode() == lite0.packed.labels
        assert files.read("taxonomy.tsv").decode() == lite0.packed.taxonomy
        assert {each.compress_type for each in files.infolist()} == {zipfile.ZIP_STORED}


def test_core_ml_has_labels_preprocessing_and_the_weights(lite0: Phone, tmp_path: Path) -> None:
    output = tmp_path / "lite0.mlpackage"
    assert to_coreml(lite0, output) == 50  # convolutions, and the classifier
    spec = ct.models.MLModel(str(output), skip_model_load=True).get_spec()
    [image] = spec.description.input
    assert (image.type.imageType.width, image.type.imageType.height) == (224, 224)
    assert image.type.imageType.colorSpace == image.type.imageType.RGB
    assert spec.description.predictedFeatureName == "classLabel"
    metadata = spec.description.metadata.userDefined
    assert json.loads(metadata["shiwu.manifest"]) == lite0.manifest.plain()
    assert metadata["shiwu.labels"] == lite0.packed.labels
    block = spec.mlProgram.functions["main"].block_specializations["CoreML5"]
    operations = {operation.type for operation in block.operations}
    assert {"conv", "softmax", "classify"} <= operations
    said = str(block)
    assert all(label.zh in said for label in (lite0.labels[0], lite0.labels[999]))


class Tags(nn.Module):
    """Blue first, each tag for itself."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.conv = nn.Conv2d(3, 8, 3, stride=2)
        self.fc = nn.Linear(8, 4)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.fc(self.conv(image).relu().mean((2, 3)))  # type: ignore[no-any-return]


LABELS = "id\tzh\ten\na\t室内\tindoors\nb\t人像\tportrait\nc\t猫\tcat\nd\t雨\train\n"


def tagger(path: Path, net: nn.Module) -> None:
    exported = export_source(Source(net, net, (32, 48)), evaluate=True).model
    manifest = Manifest(
        schema_version=1,
        id="tags",
        version="1.0.0",
        name=Name(zh="标签", en="Tags"),
        task="multi-label",
        input=Input(
            name="input",
            layout="NCHW",
            size=(32, 48),
            color="BGR",
            scale=1 / 255,
            mean=(0.406, 0.456, 0.485),
            std=(0.225, 0.224, 0.229),
        ),
        resize=Resize(mode="stretch", filter="bilinear"),
        outputs=Outputs(logits="output"),
        calibration=Calibration(temperature=1.5),
        labels=Labels.of(LABELS),
        license="MIT",
        source="made in a test",
        made_by={"test": "1"},
    )
    path.write_bytes(to_bytes(pack(exported, manifest, LABELS, "")))


def test_blue_first_sigmoids_a_temperature_and_a_deviation_a_channel(tmp_path: Path) -> None:
    net = Tags().eval()
    tagger(tmp_path / "tags.onnx", net)
    phone = for_phone(Source(net, net), tmp_path / "tags.onnx")
    found = to_litert(phone, tmp_path / "tags.tflite", PHOTOS)
    assert found.same_top == 2
    assert found.largest <= 1e-4
    np.testing.assert_allclose(phone.mean_and_std[0], [123.675, 116.28, 103.53], rtol=1e-5)
    # By the metadata's own numbers, as Android does it.
    pixels = np.asarray(fit(load_image(PHOTOS[0]), (32, 48), phone.manifest.resize), np.float32)
    mean, std = (np.array(each, np.float32) for each in phone.mean_and_std)
    scores = LiteRt((tmp_path / "tags.tflite").read_bytes()).run(((pixels - mean) / std)[None])
    [ours] = Classifier(tmp_path / "tags.onnx").classify(
        [PHOTOS[0].read_bytes()], Wanted(precision="exact")
    )
    assert isinstance(ours, Classified)
    by_index = {p["index"]: p["score"] for p in ours.answer["predictions"]}
    np.testing.assert_allclose(scores, [by_index[i] for i in range(4)], atol=1e-4)
    assert to_coreml(phone, tmp_path / "tags.mlpackage") == 2


def test_another_network_is_refused(tmp_path: Path) -> None:
    net = Tags().eval()
    tagger(tmp_path / "tags.onnx", net)
    other = Tags().eval()
    with torch.no_grad():
        other.fc.weight += 0.1
    phone = for_phone(Source(other, other), tmp_path / "tags.onnx")
    for convert in (
        lambda: to_litert(phone, tmp_path / "x.tflite", PHOTOS),
        lambda: to_coreml(phone, tmp_path / "x.mlpackage"),
    ):
        with pytest.raises(ModelError) as caught:
            convert()
        assert caught.value.code == "parity"
