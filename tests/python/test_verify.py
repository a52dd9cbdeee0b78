"""``verify``: paths that agree, paths that part, and where it says they do."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from onnx import ModelProto, helper, numpy_helper
from typer.testing import CliRunner

from conftest import LABELS, PHOTOS, ROOT, TAXONOMY, float32, tiny_model
from manifests import tiny_manifest
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers, to_bytes
from shiwu_models.manifest import Manifest
from shiwu_models.pack import Packed, pack
from shiwu_models.preprocess import preprocess
from shiwu_models.scores import softmax
from shiwu_models.verify.activation import activation_of
from shiwu_models.verify.browser import BrowserPath, check_ready
from shiwu_models.verify.compare import compare, cosine
from shiwu_models.verify.opening import Wanted, opened, photos_at
from shiwu_models.verify.verify import Decoding, PhotoReport, Verifier

if TYPE_CHECKING or find_spec("torch"):
    import torch
    from torch import nn

CHELSEA = PHOTOS / "chelsea.png"


# ------------------------------------------------------- what the tests name as `--torch` sources


def equal() -> "nn.Module":
    """conftest's tiny model in PyTorch, the same weights."""
    weights = {k: torch.from_numpy(v.copy()) for k, v in initializers(tiny_model()).items()}
    net = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)
    ).eval()
    net.load_state_dict(
        {
            "0.weight": weights["stem.weight"],
            "0.bias": weights["stem.bias"],
            "3.weight": weights["classifier.weight"],
            "3.bias": weights["classifier.bias"],
        }
    )
    return net


def with_softmax() -> "nn.Module":
    return nn.Sequential(equal(), nn.Softmax(dim=-1)).eval()


def other_weights() -> "nn.Module":
    net = equal()
    with torch.no_grad():
        net.get_parameter("0.bias").add_(0.5)
    return net


def training() -> "nn.Module":
    return equal().train()


def in_rgb(path: Path) -> np.ndarray:
    return preprocess(path, tiny_manifest().input, tiny_manifest().resize)


def in_bgr(path: Path) -> np.ndarray:
    manifest = tiny_manifest()
    spec = manifest.input.model_copy(update={"color": "BGR"})
    return preprocess(path, spec, manifest.resize)


def without_division(path: Path) -> np.ndarray:
    manifest = tiny_manifest()
    spec = manifest.input.model_copy(update={"mean": (0.0,) * 3, "std": (1.0,) * 3})
    return preprocess(path, spec, manifest.resize)


# ------------------------------------------------------------------------------------------ tools


def packed_file(folder: Path, model: ModelProto | None = None) -> Path:
    file = folder / "tiny.onnx"
    file.write_bytes(to_bytes(pack(model or tiny_model(), tiny_manifest(), LABELS, TAXONOMY)))
    return file


def report_of(folder: Path, torch_source: str | None = None, **wanted: object) -> PhotoReport:
    model = wanted.pop("onnx", None)
    assert model is None or isinstance(model, ModelProto)
    asked = Wanted(packed_file(folder, model), torch_source, browser=False, **wanted)  # type: ignore[arg-type]  # by name
    with opened(asked) as session:
        return session.verifier.photo(CHELSEA)


def ending_in_softmax(*, by_hand: bool = False) -> ModelProto:
    model = tiny_model()
    model.graph.node[-1].output[0] = "logits"
    softmax = [helper.make_node("Softmax", ["logits"], ["output"], axis=-1)]
    written_out = [
        helper.make_node("Exp", ["logits"], ["powers"]),
        helper.make_node("ReduceL1", ["powers"], ["sum"], axes=[-1]),
        helper.make_node("Div", ["powers", "sum"], ["output"]),
    ]
    model.graph.node.extend(written_out if by_hand else softmax)
    return model


def needs_browser_path() -> None:
    try:
        check_ready()
    except ModelError as error:
        pytest.skip(error.en)


# ------------------------------------------------------------------------------------- comparing


def test_differences_are_the_ones_computed_by_hand() -> None:
    a, b = float32([0, 3, 4]), float32([0, 3, 4.5])
    found = compare(a, softmax(a), b, softmax(b))
    assert found.logits == 0.5
    assert found.logits_of_range == 0.125
    assert found.cosine == pytest.approx((9 + 18) / (5 * np.hypot(3, 4.5)))
    # softmax(0, 3, 4) = 1, 20.0855, 54.5982 over 75.6837; with 4.5: 1, 20.0855, 90.0171 over
    # 111.1026. The last one moves most: 0.721400 → 0.810216.
    assert found.scores == pytest.approx(0.088816, abs=2e-6)
    assert not found.allclose
    assert found.same_top
    assert not found.agree


def test_neighbours_that_the_error_can_swap_are_no_disagreement() -> None:
    logits = float32([2.0, 1.0, 0.0])
    one, other = np.array([0.4, 0.30001, 0.29999]), np.array([0.4, 0.29999, 0.30001])
    tied = compare(logits, one, logits, other)
    assert not tied.same_top
    assert tied.agree
    apart = compare(logits, one, logits, np.array([0.4, 0.2, 0.3]))
    assert not apart.agree


def test_nan_never_agrees() -> None:
    one = float32([1, 2])
    assert not compare(one, softmax(one), one, np.array([np.nan, 0.5])).agree


def test_cosine_of_turned_and_zero_vectors() -> None:
    assert cosine(float32([1, 0]), float32([0, 2])) == 0
    assert cosine(float32([1, 2]), float32([-1, -2])) == pytest.approx(-1)
    assert cosine(float32([0, 0]), float32([0, 0])) == 1


def test_probabilities_are_told_from_logits() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(size=1000).astype(np.float32)
    assert activation_of(logits) is None
    assert activation_of(softmax(logits)) == "Softmax"
    assert activation_of(1 / (1 + np.exp(-logits))) == "Sigmoid"
    assert activation_of(float32([0.2, 0.3])) is None  # too few to tell


# -------------------------------------------------------------------------- PyTorch and the file


@pytest.mark.torch
def test_equal_models_agree(tmp_path: Path) -> None:
    report = report_of(tmp_path, "test_verify:equal")
    assert report.agree
    assert report.torch is not None
    assert report.torch.scores < 1e-6
    assert [answer.path for answer in report.answers] == ["pytorch", "onnxruntime"]
    assert {named.zh for named in report.answers[0].top} == {"猫", "杯子"}


@pytest.mark.torch
def test_other_weights_part_at_the_network(tmp_path: Path) -> None:
    report = report_of(tmp_path, "test_verify:other_weights")
    assert report.parted_at == "network"


@pytest.mark.torch
def test_a_softmax_in_pytorch_alone_is_named(tmp_path: Path) -> None:
    report = report_of(tmp_path, "test_verify:with_softmax")
    assert report.parted_at == "softmax"
    assert "forward" in report.findings[0].zh


def test_a_softmax_in_the_file_is_not_done_again(tmp_path: Path) -> None:
    report = report_of(tmp_path, onnx=ending_in_softmax())
    assert report.agree
    (answer,) = report.answers
    np.testing.assert_array_equal(answer.scores, answer.logits)
    assert answer.scores.sum() == pytest.approx(1, abs=1e-6)


def test_a_softmax_by_hand_in_the_file_is_named(tmp_path: Path) -> None:
    report = report_of(tmp_path, onnx=ending_in_softmax(by_hand=True))
    assert report.parted_at == "softmax"
    assert "重复 softmax" in report.findings[0].zh


@pytest.mark.torch
def test_bgr_is_named_and_the_manifest_that_matches(tmp_path: Path) -> None:
    report = report_of(tmp_path, "test_verify:equal", own_preprocess=in_bgr)
    assert report.parted_at == "normalize"
    assert report.findings[0].manifest == {"input.color": "BGR"}


@pytest.mark.torch
def test_forgotten_normalisation_is_named(tmp_path: Path) -> None:
    report = report_of(tmp_path, "test_verify:equal", own_preprocess=without_division)
    assert report.parted_at == "normalize"
    assert report.findings[0].manifest["input.std"] == [1.0, 1.0, 1.0]


@pytest.mark.torch
def test_a_model_in_train_mode_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        report_of(tmp_path, "test_verify:training")
    assert caught.value.code == "train-mode"


@pytest.mark.torch
def test_a_wrong_input_size_is_told_as_such(tmp_path: Path) -> None:
    def stretched(path: Path) -> np.ndarray:
        return in_bgr(path)[:, :2]

    with pytest.raises(ModelError) as caught:
        report_of(tmp_path, "test_verify:equal", own_preprocess=stretched)
    assert caught.value.code == "input-mismatch"


@pytest.mark.torch
def test_three_paths_agree_on_the_fixture_photos(tmp_path: Path) -> None:
    needs_browser_path()
    with opened(Wanted(packed_file(tmp_path), "test_verify:equal")) as session:
        for report in session.verifier.photos(photos_at(PHOTOS)):
            assert report.agree
            assert (report.resized_differ, report.tensor_differ) == (0, 0)
            assert report.decoding is not None
            assert report.decoding.largest == 0


# ---------------------------------------------------------------- where the browser's path parts


def changed_manifest(field: str, **values: object) -> Manifest:
    plain = tiny_manifest().plain()
    plain[field] |= values
    return Manifest.model_validate(plain)


@pytest.mark.parametrize(
    ("theirs", "weights", "arrow"),
    [
        (tiny_manifest(), 1.0, None),
        (changed_manifest("resize", filter="bilinear"), 1.0, "resize"),
        (changed_manifest("input", color="BGR"), 1.0, "normalize"),
        (changed_manifest("input", std=(127.0, 128.0, 128.0)), 1.0, "normalize"),
        (tiny_manifest(), 1.25, "network"),
        (changed_manifest("calibration", temperature=1.5), 1.0, "softmax"),
    ],
)
def test_the_first_arrow_that_differs_is_named(
    tmp_path: Path, theirs: Manifest, weights: float, arrow: str | None
) -> None:
    """The browser's path is given a file that differs from ONNX Runtime's in one thing."""
    needs_browser_path()
    model = tiny_model()
    head = next(tensor for tensor in model.graph.initializer if tensor.name == "classifier.weight")
    head.CopyFrom(numpy_helper.from_array(weights * numpy_helper.to_array(head), head.name))
    file = tmp_path / "theirs.onnx"
    file.write_bytes(to_bytes(pack(model, theirs, LABELS, TAXONOMY)))
    ours = Packed(tiny_manifest(), LABELS, TAXONOMY)
    with BrowserPath(file) as browser:
        report = Verifier(tiny_model(), ours, browser=browser).photo(CHELSEA)
    assert report.parted_at == arrow
    assert report.agree is (arrow is None)


@pytest.mark.torch
def test_a_multi_label_model_agrees_by_its_sigmoids(tmp_path: Path) -> None:
    needs_browser_path()
    manifest = tiny_manifest().model_copy(update={"task": "multi-label"})
    file = tmp_path / "tags.onnx"
    file.write_bytes(to_bytes(pack(tiny_model(), manifest, LABELS, TAXONOMY)))
    with opened(Wanted(file, "test_verify:equal")) as session:
        report = session.verifier.photo(CHELSEA)
    assert report.agree
    by_hand = 1 / (1 + np.exp(-report.answers[1].logits.astype(np.float64)))
    for answer in report.answers:
        np.testing.assert_allclose(answer.scores, by_hand, atol=1e-6)


def test_jpeg_decoders_may_differ_by_less_than_half_a_level_in_the_mean() -> None:
    same = compare(float32([1, 2]), float32([0.3, 0.7]), float32([1, 2]), float32([0.3, 0.7]))

    def sound(mean: float, *, lossy: bool, same_size: bool = True) -> bool:
        largest = int(np.ceil(mean))
        return Decoding(lossy, same_size, largest, mean, same_top1=True, end_to_end=same).sound

    assert sound(0.13, lossy=True)
    assert not sound(1.5, lossy=True)
    assert not sound(0.13, lossy=False)
    assert sound(0, lossy=False)
    assert not sound(0, lossy=True, same_size=False)


def test_jpeg_turned_by_exif_agrees(tmp_path: Path) -> None:
    needs_browser_path()
    photo = ROOT / "tests" / "fixtures" / "orientation" / "6-be.jpg"
    with opened(Wanted(packed_file(tmp_path))) as session:
        report = session.verifier.photo(photo)
    assert report.agree
    assert report.decoding is not None
    assert report.decoding.lossy


# ------------------------------------------------------------------------------ the command line


OWN = ["--no-browser", "--torch-preprocess", f"{__name__}:in_rgb"]


def test_one_path_alone_agrees_with_nothing(tmp_path: Path) -> None:
    asked = ["verify", str(CHELSEA), "--model", str(packed_file(tmp_path)), "--no-browser"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2
    assert "结果一致" not in result.output
    assert "--torch" in result.output


def test_the_command_says_true_and_exits_with_0(tmp_path: Path) -> None:
    asked = [str(CHELSEA), "--model", str(packed_file(tmp_path)), *OWN]
    result = CliRunner().invoke(app, ["verify", *asked])
    assert result.exit_code == 0
    assert result.output.rstrip().endswith("结果一致: True")
    assert "猫" in result.output


def test_the_command_says_false_and_exits_with_1(tmp_path: Path) -> None:
    model = packed_file(tmp_path)
    reference = tmp_path / "reference.npy"
    np.save(reference, in_bgr(CHELSEA))
    asked = ["--model", str(model), "--no-browser", "--reference-tensor", str(reference)]
    result = CliRunner().invoke(app, ["verify", str(CHELSEA), *asked])
    assert result.exit_code == 1
    assert "归一化 (normalize)" in result.output
    assert 'input.color = "BGR"' in result.output
    assert result.output.rstrip().endswith("结果一致: False")


def test_a_folder_as_json(tmp_path: Path, two_photos: Path) -> None:
    out = tmp_path / "out.json"
    asked = ["--model", str(packed_file(tmp_path)), *OWN, "--json", str(out)]
    result = CliRunner().invoke(app, ["verify", str(two_photos), *asked, "--limit", "2"])
    assert result.exit_code == 0
    content = json.loads(out.read_text(encoding="utf-8"))
    assert content["agree"] is True
    assert [each["photo"] for each in content["each"]] == ["chelsea.png", "coffee.png"]
    assert len(content["each"][0]["top5"]["onnxruntime"]) == 2


def test_a_model_without_a_manifest_takes_one_from_files(tmp_path: Path) -> None:
    bare = tmp_path / "bare.onnx"
    bare.write_bytes(to_bytes(tiny_model()))
    (tmp_path / "manifest.json").write_text(tiny_manifest().pretty(), encoding="utf-8")
    (tmp_path / "labels.tsv").write_text(LABELS.replace("animal", ""), encoding="utf-8")
    asked = ["verify", str(CHELSEA), "--model", str(bare), *OWN]
    without = CliRunner().invoke(app, asked)
    assert without.exit_code == 1
    assert "invalid-manifest" in without.output
    files = [
        "--manifest",
        str(tmp_path / "manifest.json"),
        "--labels",
        str(tmp_path / "labels.tsv"),
    ]
    assert CliRunner().invoke(app, [*asked, *files]).exit_code == 0


def test_an_empty_folder_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        photos_at(tmp_path)
    assert caught.value.code == "no-photos"


@pytest.mark.torch
def test_the_article_s_script(tmp_path: Path) -> None:
    """From another folder, on the shipped model."""
    if find_spec("efficientnet_lite_pytorch") is None:
        pytest.skip("the zoo's packages are not installed: pip install -e '.[zoo]'")
    script = ROOT / "models" / "推理.py"
    result = subprocess.run(
        [sys.executable, str(script), str(CHELSEA)],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "虎纹猫" in result.stdout
    assert result.stdout.rstrip().endswith("结果一致: True")
