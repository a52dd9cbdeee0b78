"""The recipes of models/README.md, command by command: a ResNeSt as ModelScope's general
recognition model is one, a timm model, and a multi-label tagger.

ModelScope's own weights cannot be fetched in a test. Its architecture family (timm's ResNeSt), its
input contract (Resize(256), CenterCrop(224), ImageNet's mean and std) and its labels file
(``meta_info.txt``: index, tab, name) are what is proven here, with random weights.
"""

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from conftest import PHOTOS, ROOT
from shiwu_models.cli import app
from shiwu_models.graph import load_model
from shiwu_models.labels.tables import parse_labels
from shiwu_models.pack import unpack
from shiwu_models.preprocess import fit, load_image, normalize

if TYPE_CHECKING or find_spec("torch"):
    import torch
if find_spec("timm"):
    # Half typed by its authors, and not in the way that strict checking asks for.
    timm: Any = import_module("timm")
    timm_data: Any = import_module("timm.data")

pytestmark = [
    pytest.mark.torch,
    pytest.mark.skipif(
        find_spec("timm") is None, reason="timm is not installed: pip install -e 'models[dev]'"
    ),
]
NAMES = [
    line.split("\t")[1]
    for line in (ROOT / "models/labels/imagenet1k.tsv").read_text(encoding="utf-8").splitlines()[1:]
]
WORDS = ["--license", "Apache-2.0", "--source", "random weights, a test"]


def run(*words: object) -> str:
    """A command of shiwu-models that must succeed; what it printed."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def test_modelscope_general_recognition(tmp_path: Path) -> None:
    torch.manual_seed(3)
    made = timm.create_model("resnest14d", num_classes=320)
    # As a training script on several cards saves it.
    state = {f"module.{name}": value for name, value in made.state_dict().items()}
    torch.save({"state_dict": state}, tmp_path / "pytorch_model.pt")
    # ModelScope's list is UTF-8; a copy saved by an editor on Chinese Windows is GB18030.
    lines = "".join(f"{index}\t{name}\n" for index, name in enumerate(NAMES[:320]))
    (tmp_path / "meta_info.txt").write_bytes(lines.encode("gb18030"))
    plain, slim, packed = (tmp_path / f"{name}.onnx" for name in ("plain", "slim", "packed"))

    factory = ["--factory", "timm:create_model"]
    arguments = ["--arg", "model_name=resnest14d", "--arg", "num_classes=320"]
    run(
        *("export", tmp_path / "pytorch_model.pt", "-o", plain, *factory, *arguments),
        *("--size", "224", "--eval", "--features"),
    )
    run("simplify", plain, "-o", slim)
    said = run(
        *("pack", slim, "-o", packed, "--labels", tmp_path / "meta_info.txt"),
        *("--preset", "imagenet", "--resize", "crop-shortest", "--crop-fraction", "0.875"),
        *("--filter", "bilinear", "--id", "general-recognition", *WORDS),
        *("--name-zh", "万物识别-中文-通用领域", "--name-en", "General recognition, Chinese"),
    )
    assert "GB18030" in said
    content = unpack(load_model(packed))
    assert [label.zh for label in parse_labels(content.labels)] == NAMES[:320]
    assert content.manifest.outputs.features == "features"

    # The input contract: torchvision's own transforms give the tensor that the manifest gives, but
    # for resizing in one step what they resize, round to whole pixels and then crop.
    from torchvision import transforms

    contract = transforms.Compose(
        [
            transforms.Resize(256),
            transforms.CenterCrop(224),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    photo = PHOTOS / "chelsea.png"
    theirs = contract(Image.open(photo).convert("RGB")).numpy()
    manifest = content.manifest
    ours = normalize(fit(load_image(photo), (224, 224), manifest.resize), manifest.input)[0]
    levels = np.abs(ours - theirs) * 0.225 * 255
    assert levels.mean() < 2
    assert np.percentile(levels, 99) < 16

    result = tmp_path / "verify.json"
    run(
        *("verify", photo, "--model", packed, "--torch", plain.with_name("pytorch_model.pt")),
        *(*factory, *arguments, "--eval", "--no-browser", "--json", result),
    )
    assert "true" in result.read_text(encoding="utf-8").lower()


def test_a_timm_model_with_its_own_config(tmp_path: Path) -> None:
    torch.manual_seed(4)
    made = timm.create_model("mobilenetv3_small_050", num_classes=12)
    weights = tmp_path / "model.safetensors.pth"
    torch.save(made.state_dict(), weights)
    config = {"architecture": "mobilenetv3_small_050", "pretrained_cfg": made.pretrained_cfg}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "labels.txt").write_text("\n".join(NAMES[:12]) + "\n", encoding="utf-8")
    plain, packed = tmp_path / "plain.onnx", tmp_path / "packed.onnx"
    size = "x".join(map(str, made.pretrained_cfg["input_size"][1:]))
    run(
        *("export", "timm:create_model", "--arg", "model_name=mobilenetv3_small_050"),
        *("--arg", "num_classes=12", "--weights", weights, "--size", size, "--eval"),
        *("-o", plain),
    )
    run(
        *("pack", plain, "-o", packed, "--labels", tmp_path / "labels.txt", *WORDS),
        *("--preprocessor", tmp_path / "config.json", "--id", "timm-test"),
        *("--name-zh", "测试", "--name-en", "test"),
    )
    manifest = unpack(load_model(packed)).manifest
    # The manifest's preprocessing is timm's own evaluation transform.
    transform = timm_data.create_transform(**timm_data.resolve_data_config({}, model=made))
    photo = Image.open(PHOTOS / "coffee.png").convert("RGB")
    theirs = transform(photo).numpy()
    ours = normalize(fit(photo, manifest.input.size, manifest.resize), manifest.input)[0]
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).mean() * 0.225 * 255 < 3


def test_a_multi_label_tagger(tmp_path: Path, two_photos: Path) -> None:
    torch.manual_seed(5)
    weights = tmp_path / "tagger.pth"
    torch.save(timm.create_model("mobilenetv3_small_050", num_classes=4).state_dict(), weights)
    tags = "name,threshold\n室内,0.35\n人像,0.5\n夜景,0.6\n美食,0.45\n"
    (tmp_path / "tags.csv").write_bytes(tags.encode("utf-16"))
    plain, packed = tmp_path / "plain.onnx", tmp_path / "packed.onnx"
    run(
        *("export", weights, "-o", plain, "--factory", "timm:create_model", "--eval"),
        *("--arg", "model_name=mobilenetv3_small_050", "--arg", "num_classes=4"),
    )
    said = run(
        *("pack", plain, "-o", packed, "--labels", tmp_path / "tags.csv", *WORDS),
        *("--task", "multi-label", "--preset", "imagenet", "--resize", "stretch"),
        *("--filter", "bilinear", "--id", "tagger", "--name-zh", "标签", "--name-en", "Tags"),
    )
    assert "UTF-16" in said
    content = unpack(load_model(packed))
    assert content.manifest.task == "multi-label"
    assert [label.threshold for label in parse_labels(content.labels)] == [0.35, 0.5, 0.6, 0.45]

    (two_photos / "labels.csv").write_text(
        "file,label\nchelsea.png,室内|人像\ncoffee.png,室内|美食\n", encoding="utf-8"
    )
    said = run("evaluate", two_photos / "labels.csv", "--model", packed)
    assert "室内" in said
