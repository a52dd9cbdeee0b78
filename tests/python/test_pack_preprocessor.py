"""Other libraries' preprocessing files, by what they do to a white and a black pixel."""

import json
from pathlib import Path
from typing import Any

import pytest

from shiwu_models.errors import ModelError
from shiwu_models.preprocessor_config import read_preprocessor

# As transformers writes them for these models.
VIT = {
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_processor_type": "ViTImageProcessor",
    "image_std": [0.5, 0.5, 0.5],
    "resample": 2,
    "rescale_factor": 0.00392156862745098,
    "size": {"height": 224, "width": 224},
}
CLIP = {
    "crop_size": {"height": 224, "width": 224},
    "do_center_crop": True,
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "resample": 3,
    "size": {"shortest_edge": 256},
}
CONVNEXT = {
    "crop_pct": 0.875,
    "do_normalize": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "resample": 3,
    "size": {"shortest_edge": 224},
}
MOBILE: dict[str, Any] = {
    "crop_size": {"height": 256, "width": 256},
    "do_center_crop": True,
    "do_flip_channel_order": True,
    "do_normalize": False,
    "do_rescale": True,
    "resample": 2,
    "rescale_factor": 1 / 255,
    "size": {"shortest_edge": 288},
}
TIMM: dict[str, Any] = {
    "architecture": "resnest50d",
    "pretrained_cfg": {
        "input_size": [3, 224, 224],
        "interpolation": "bicubic",
        "crop_pct": 0.9,
        "crop_mode": "center",
        "mean": [0.485, 0.456, 0.406],
        "std": [0.229, 0.224, 0.225],
    },
}


def read(folder: Path, content: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 (JSON)
    path = folder / "preprocessor_config.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_preprocessor(path)


@pytest.mark.parametrize(
    ("content", "size", "resize", "black_and_white"),
    [
        (VIT, [224, 224], ("stretch", 1.0, "bilinear"), (-1.0, 1.0)),
        (
            CLIP,
            [224, 224],
            ("crop-shortest", 0.875, "bicubic"),
            (-0.48145466 / 0.26862954, (1 - 0.48145466) / 0.26862954),
        ),
        (
            CONVNEXT,
            [224, 224],
            ("crop-shortest", 0.875, "bicubic"),
            (-0.485 / 0.229, (1 - 0.485) / 0.229),
        ),
        (MOBILE, [256, 256], ("crop-shortest", 256 / 288, "bilinear"), (0.0, 1.0)),
        (
            TIMM,
            [224, 224],
            ("crop-shortest", 0.9, "bicubic"),
            (-0.485 / 0.229, (1 - 0.485) / 0.229),
        ),
        (
            TIMM["pretrained_cfg"] | {"crop_mode": "squash"},
            [224, 224],
            ("stretch", 1.0, "bicubic"),
            (-0.485 / 0.229, (1 - 0.485) / 0.229),
        ),
    ],
)
def test_the_manifests_terms(
    tmp_path: Path,
    content: Any,  # noqa: ANN401 (JSON)
    size: list[int],
    resize: tuple[str, float, str],
    black_and_white: tuple[float, float],
) -> None:
    parts = read(tmp_path, content)
    spec = parts["input"]
    assert spec["size"] == size
    got = parts["resize"]
    assert (got["mode"], got["filter"]) == (resize[0], resize[2])
    assert got["crop_fraction"] == pytest.approx(resize[1])
    first = [(x * spec["scale"] - spec["mean"][0]) / spec["std"][0] for x in (0, 255)]
    assert first == pytest.approx(black_and_white)
    assert spec["color"] == ("BGR" if content is MOBILE else "RGB")


@pytest.mark.parametrize(
    "content",
    [[], {"size": 224}, CLIP | {"resample": 0}, {**VIT, "resample": "nearest"}],
)
def test_what_cannot_be_done_is_refused(tmp_path: Path, content: Any) -> None:  # noqa: ANN401
    with pytest.raises(ModelError) as caught:
        read(tmp_path, content)
    assert caught.value.code == "invalid-manifest"
    assert "--preset" in caught.value.zh
