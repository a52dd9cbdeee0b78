"""A manifest for conftest's tiny model."""

from conftest import LABELS
from shiwu_models.labels.tables import text_sha256
from shiwu_models.manifest import (
    Calibration,
    Head,
    Input,
    Labels,
    Manifest,
    Name,
    Outputs,
    Resize,
)


def tiny_manifest() -> Manifest:
    return Manifest(
        schema_version=1,
        id="tiny",
        version="1.0.0",
        name=Name(zh="小模型", en="Tiny"),
        task="single-label",
        input=Input(
            name="input",
            layout="NCHW",
            size=(8, 8),
            color="RGB",
            scale=1.0,
            mean=(127.0, 127.0, 127.0),
            std=(128.0, 128.0, 128.0),
        ),
        resize=Resize(mode="crop-shortest", crop_fraction=0.875, filter="bicubic"),
        outputs=Outputs(logits="output", features="features"),
        head=Head(weight="classifier.weight", bias="classifier.bias"),
        calibration=Calibration(temperature=1.0),
        labels=Labels(count=2, sha256=text_sha256(LABELS)),
        license="Apache-2.0",
        source="made in a test",
        made_by={"test": "1"},
    )
