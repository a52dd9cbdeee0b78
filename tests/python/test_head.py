"""One rule makes scores of a network's outputs, whichever command asks.

The networks are those of tests/fixtures/models: they lay a mask over a picture of 6 x 8, take each
channel's mean, and end in one number or four, with or without an activation.
"""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx import ModelProto, helper, numpy_helper
from PIL import Image
from typer.testing import CliRunner

from conftest import ROOT, float32
from manifests import tiny_manifest
from shiwu_models.cli import app
from shiwu_models.evaluation.result import Evaluation
from shiwu_models.export.checks import final_activation, strip_final_activation
from shiwu_models.graph import initializers, load_model, to_bytes
from shiwu_models.head import Head
from shiwu_models.labels.tables import text_sha256
from shiwu_models.manifest import Calibration, Labels, Manifest, Outputs
from shiwu_models.pack import pack
from shiwu_models.parity import relative_difference
from shiwu_models.preprocess import preprocess
from shiwu_models.quantize.compact import compact_with, study, trade_off
from shiwu_models.quantize.judge import Judge
from shiwu_models.runtime import Runner
from shiwu_models.verify.browser import check_ready
from shiwu_models.verify.opening import Wanted, opened
from shiwu_models.verify.verify import PhotoReport
from test_quantize_cli import wide_model

if TYPE_CHECKING or find_spec("torch"):
    import torch
    from torch import nn

MODELS = ROOT / "tests" / "fixtures" / "models"
RNG = np.random.default_rng(7)
PICTURES = float32(RNG.normal(size=(12, 3, 6, 8)) + RNG.normal(size=(12, 3, 1, 1)))
ONE = "zh\ten\n狗\tdog\n"
TWO = "zh\ten\n猫\tcat\n狗\tdog\n"
FOUR = "zh\n猫\n狗\n杯子\n自行车\n"


def network(name: str) -> ModelProto:
    return load_model(MODELS / f"{name}.onnx")


def outputs_of(name: str) -> NDArray[np.float32]:
    nhwc = name == "sigmoid"
    return Runner(network(name)).run(PICTURES.transpose(0, 2, 3, 1) if nhwc else PICTURES, "output")


def manifest_for(labels: str, *, task: str = "single-label", temperature: float = 1) -> Manifest:
    tiny = tiny_manifest()
    count = labels.count("\n") - 1
    return tiny.model_copy(
        update={
            "task": task,
            "input": tiny.input.model_copy(update={"name": "image", "size": (6, 8)}),
            "outputs": Outputs(logits="output"),
            "head": None,
            "calibration": Calibration(temperature=temperature),
            "labels": Labels(count=count, sha256=text_sha256(labels)),
        }
    )


# ---------------------------------------------------------------------------------- PyTorch's own


@pytest.mark.torch
@pytest.mark.parametrize("temperature", [1, 2.5])
def test_one_logit_has_a_sigmoid(temperature: float) -> None:
    logit = outputs_of("yes-no-logit")
    yes = torch.sigmoid(torch.from_numpy(logit).double() / temperature).numpy()
    assert yes.min() < 0.3 < 0.7 < yes.max()  # else this would show little
    for labels, expected in ((ONE, yes), (TWO, np.concatenate([1 - yes, yes], axis=1))):
        manifest = manifest_for(labels, temperature=temperature)
        head = Head.of(network("yes-no-logit"), "output", manifest)
        np.testing.assert_allclose(head.scores(logit), expected, rtol=0, atol=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "labels", "logits"),
    [
        ("yes-no", ONE, "yes-no-logit"),
        ("yes-no", TWO, "yes-no-logit"),
        ("softmax", FOUR, "nchw"),
        ("hard-sigmoid", FOUR, None),
        ("sigmoid", FOUR, None),
    ],
)
def test_what_the_graph_has_done_is_not_done_again(
    name: str, labels: str, logits: str | None
) -> None:
    outputs = outputs_of(name)
    head = Head.of(network(name), "output", manifest_for(labels))
    scores = head.scores(outputs)
    assert np.array_equal(scores[:, -outputs.shape[1] :], outputs)
    if labels == TWO:
        np.testing.assert_allclose(scores.sum(axis=1), 1)
    # Another temperature is that of the logits before it, to what float32 has kept of them.
    warm = Head.of(network(name), "output", manifest_for(labels, temperature=2))
    before = torch.from_numpy(outputs_of(logits) if logits else outputs).double()
    if not logits:
        before = torch.logit(before.clamp(max=1 - 2.0**-24))
    expected = torch.softmax(before / 2, 1) if name == "softmax" else torch.sigmoid(before / 2)
    got = warm.scores(outputs)[:, -outputs.shape[1] :]
    np.testing.assert_allclose(got, expected.numpy(), rtol=0, atol=1e-6)


@pytest.mark.torch
def test_several_outputs_share_one_whole_or_do_not() -> None:
    logits = outputs_of("nchw")
    given = torch.from_numpy(logits).double()
    shared = Head.of(network("nchw"), "output", manifest_for(FOUR))
    each = Head.of(network("nchw"), "output", manifest_for(FOUR, task="multi-label"))
    np.testing.assert_allclose(shared.scores(logits), torch.softmax(given, 1).numpy(), atol=1e-12)
    np.testing.assert_allclose(each.scores(logits), torch.sigmoid(given).numpy(), atol=1e-12)


# --------------------------------------------------------------------------------- ends of graphs


def ending_in(*nodes: tuple[str, dict[str, Any]]) -> ModelProto:
    model = network("nchw")
    last = model.graph.node[-1].input[0]
    for number, (operator, attributes) in enumerate(nodes):
        model.graph.node.insert(
            len(model.graph.node) - 1,
            helper.make_node(operator, [last], [f"end_{number}"], **attributes),
        )
        last = f"end_{number}"
    model.graph.node[-1].input[0] = last
    return model


def test_the_end_is_found_behind_what_only_passes_it_on() -> None:
    softmax: tuple[str, dict[str, Any]] = ("Softmax", {"axis": -1})
    assert final_activation(ending_in(softmax, ("Flatten", {})), "output") == "Softmax"
    assert final_activation(ending_in(softmax, ("Clip", {})), "output") == "Softmax"
    assert final_activation(ending_in(("HardSigmoid", {})), "output") == "Sigmoid"
    assert final_activation(ending_in(("Relu", {})), "output") is None
    assert final_activation(ending_in(("LogSoftmax", {"axis": -1})), "output") is None


def joined(*ends: str) -> ModelProto:
    model = ending_in()
    last = model.graph.node[-1].input[0]
    at = len(model.graph.node) - 1
    for number, end in enumerate(ends):
        model.graph.node.insert(at, helper.make_node(end, [last], [f"head_{number}"]))
    names = [f"head_{number}" for number in range(len(ends))]
    at = len(model.graph.node) - 1
    model.graph.node.insert(at, helper.make_node("Concat", names, ["joined"], axis=1))
    model.graph.node[-1].input[0] = "joined"
    return model


def test_heads_that_are_joined_must_all_end_alike() -> None:
    assert final_activation(joined("Sigmoid", "Sigmoid"), "output") == "Sigmoid"
    assert final_activation(joined("Sigmoid", "Relu"), "output") is None
    assert final_activation(joined("Softmax", "Softmax"), "output") is None
    both = strip_final_activation(joined("Sigmoid", "Sigmoid"), "output")
    assert final_activation(both, "output") is None


@pytest.mark.parametrize("end", [("HardSigmoid",), ("Sigmoid", "Clip")])
def test_what_the_page_could_not_put_back_stays(end: tuple[str, ...]) -> None:
    model = ending_in(*((operator, {}) for operator in end))
    assert to_bytes(strip_final_activation(model, "output")) == to_bytes(model)


# ------------------------------------------------------------------------------------- evaluating


def photos(folder: Path) -> dict[str, Path]:
    """Photos of one colour each: half of them in 狗, the others in 猫 and 车."""
    rng = np.random.default_rng(3)
    made = {}
    for number in range(24):
        name = ["狗", "猫", "狗", "车"][number % 4]
        (folder / name).mkdir(parents=True, exist_ok=True)
        path = folder / name / f"{number}.png"
        Image.new("RGB", (30, 20), tuple(int(c) for c in rng.integers(0, 256, 3))).save(path)
        made[str(path)] = path
    return made


def packed_file(folder: Path, name: str, manifest: Manifest, labels: str) -> Path:
    file = folder / "packed.onnx"
    file.write_bytes(to_bytes(pack(network(name), manifest, labels, "")))
    return file


@pytest.mark.torch
@pytest.mark.parametrize("labels", [ONE, TWO])
@pytest.mark.parametrize("name", ["yes-no", "yes-no-logit"])
def test_evaluate_counts_yes_and_no(tmp_path: Path, name: str, labels: str) -> None:
    manifest = manifest_for(labels)
    source = tmp_path / "photos"
    # 车 is no label of two: those photos are not counted there.
    found = {
        path: path.parent.name == "狗"
        for path in photos(source).values()
        if labels == ONE or path.parent.name != "车"
    }
    runner = Runner(network("yes-no-logit"))
    logits = np.concatenate(
        [runner.run(preprocess(p, manifest.input, manifest.resize), "output") for p in found]
    )
    z, truth = torch.from_numpy(logits).double()[:, 0], torch.tensor(list(found.values()))
    right = int(((torch.sigmoid(z) > 0.5) == truth).sum())
    assert 0 < right < len(found)
    nll = nn.functional.binary_cross_entropy_with_logits(z, truth.double())
    out = tmp_path / "out.json"
    model = packed_file(tmp_path, name, manifest, labels)
    done = CliRunner().invoke(
        app, ["evaluate", str(source), "--model", str(model), "--json", str(out)]
    )
    assert done.exit_code == 0, done.output
    result = Evaluation.model_validate_json(out.read_text(encoding="utf-8"))
    assert result.single is not None
    assert (result.single.top1.count, result.single.top1.total) == (right, len(found))
    assert result.calibration.nll == pytest.approx(float(nll), rel=1e-5)
    assert {each.zh for each in result.single.classes} == {
        "狗",
        "不是狗" if labels == ONE else "猫",
    }
    # The temperature that PyTorch finds by going down the same curve.
    beta = torch.ones((), dtype=torch.float64, requires_grad=True)
    descent = torch.optim.LBFGS([beta], max_iter=200, tolerance_grad=1e-12)

    def loss() -> torch.Tensor:
        descent.zero_grad()
        value = nn.functional.binary_cross_entropy_with_logits(z * beta, truth.double())
        value.backward()  # type: ignore[no-untyped-call,unused-ignore]
        return value

    descent.step(loss)  # type: ignore[no-untyped-call]
    found_beta = float(beta.detach())
    fitted = min(max(1 / found_beta, 0.05), 20.0) if found_beta > 0 else 20.0
    assert result.fitted.calibration.temperature == pytest.approx(fitted, rel=1e-3)


def test_photos_that_show_nothing_of_one_label_are_not_labelled(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "2024" / "1.png")
    model = packed_file(tmp_path, "yes-no-logit", manifest_for(ONE), ONE)
    done = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--model", str(model)])
    assert done.exit_code == 1
    assert "no-photos" in done.output


# ------------------------------------------------------------------------------------- quantising


def nudged(model: ModelProto, by: float) -> ModelProto:
    changed = ModelProto()
    changed.CopyFrom(model)
    for tensor in changed.graph.initializer:
        if tensor.name == "bias":
            bias = numpy_helper.to_array(tensor) + np.float32(by)
            tensor.CopyFrom(numpy_helper.from_array(bias, tensor.name))
    return changed


@pytest.mark.torch
@pytest.mark.parametrize("labels", [None, ONE, TWO])
@pytest.mark.parametrize("name", ["yes-no", "yes-no-logit"])
def test_a_changed_yes_or_no_is_seen(name: str, labels: str | None) -> None:
    model = network(name)
    manifest = manifest_for(labels) if labels else None
    judge = Judge(model, {"other": nudged(model, -1.5)}, "output", manifest)
    for picture in PICTURES:
        judge.see(picture[np.newaxis])
    reference, others = judge.finish()
    other = others["other"]
    z = torch.from_numpy(Runner(network("yes-no-logit")).run(PICTURES, "output")).double()[:, 0]
    p, q = torch.sigmoid(z), torch.sigmoid(z - 1.5)
    same = int(((p > 0.5) == (q > 0.5)).sum())
    assert same < len(PICTURES) == reference.same_top1
    assert other.same_top1 == same
    kl = p * torch.log(p / q) + (1 - p) * torch.log((1 - p) / (1 - q))
    assert other.kl == pytest.approx(float(kl.mean()), rel=1e-4)
    assert other.largest_difference == pytest.approx(float((p - q).abs().max()), rel=1e-4)
    lost = torch.where((p > 0.5) == (q > 0.5), 0.0, (2 * p - 1).abs())
    assert other.expected_loss == pytest.approx(float(lost.mean()), rel=1e-4)


def wide_yes_no() -> ModelProto:
    """A yes or no with layers that are worth quantising."""
    model = wide_model()
    for tensor in model.graph.initializer:
        if tensor.name.startswith("classifier"):
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor)[:1], tensor.name))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 1
    return model


def test_labelled_photos_of_one_label_count_yes_and_no(tmp_path: Path) -> None:
    source = tmp_path / "photos"
    photos(source)
    labels = Labels(count=1, sha256=text_sha256(ONE))
    manifest = tiny_manifest().model_copy(update={"labels": labels})
    model = tmp_path / "wide.onnx"
    model.write_bytes(to_bytes(pack(wide_yes_no(), manifest, ONE, "")))
    curve = tmp_path / "curve.json"
    asked = ["quantize", str(model), "-o", str(tmp_path / "out.onnx"), "--photos", str(source)]
    done = CliRunner().invoke(app, [*asked, "--method", "weight-int8", "--curve", str(curve)])
    assert done.exit_code in (0, 1), done.output
    rows = json.loads(curve.read_text(encoding="utf-8"))
    evaluated = tmp_path / "evaluated.json"
    CliRunner().invoke(
        app, ["evaluate", str(source), "--model", str(model), "--json", str(evaluated)]
    )
    single = json.loads(evaluated.read_text(encoding="utf-8"))["single"]
    assert (rows[0]["photos"], single["top1"]["total"]) == (24, 24)
    assert rows[0]["top1"] == single["top1"]["count"] < 24


@pytest.mark.torch
def test_the_trade_off_of_a_yes_or_no() -> None:
    pictures = RNG.normal(size=(12, 3, 8, 8)).astype(np.float32)
    found = study(wide_yes_no(), pictures)
    (point,) = trade_off(found, [1.0], pictures)
    a, b = (
        torch.from_numpy(Runner(model).run(pictures, "output")).double()[:, 0]
        for model in (found.model, compact_with(found, 1.0).model)
    )
    p, q = torch.sigmoid(a), torch.sigmoid(b)
    kl = p * torch.log(p / q) + (1 - p) * torch.log((1 - p) / (1 - q))
    assert kl.mean() > 0
    assert point.divergence == pytest.approx(float(kl.mean()), rel=1e-4)
    assert point.agreement == pytest.approx(float(((a > 0) == (b > 0)).double().mean()))


# --------------------------------------------------------------------------------------- verifying


def needs_browser_path() -> None:
    from shiwu_models.errors import ModelError

    try:
        check_ready()
    except ModelError as error:
        pytest.skip(error.en)


def yes_no() -> "nn.Module":
    """yes-no-logit in PyTorch, the same weights."""
    stored = {
        k: torch.from_numpy(v.copy()) for k, v in initializers(network("yes-no-logit")).items()
    }

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mask = stored["mask"]
            self.last = nn.Linear(3, 1)
            self.last.load_state_dict({"weight": stored["weight"].T, "bias": stored["bias"]})

        def forward(self, x: "torch.Tensor") -> "torch.Tensor":
            logit: torch.Tensor = self.last((x * self.mask).mean((2, 3)))
            return logit

    return Net().eval()


def yes_no_sigmoid() -> "nn.Module":
    return nn.Sequential(yes_no(), nn.Sigmoid()).eval()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(5).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def agreed(report: PhotoReport, expected: NDArray[np.float64]) -> None:
    assert report.agree, report.findings
    assert len(report.answers) == 3
    for answer in report.answers:
        np.testing.assert_allclose(answer.scores, expected, rtol=0, atol=1e-5)


@pytest.mark.torch
@pytest.mark.parametrize("labels", [ONE, TWO])
@pytest.mark.parametrize("temperature", [1, 2])
def test_three_paths_agree_on_a_yes_or_no(
    tmp_path: Path, photo: Path, labels: str, temperature: float
) -> None:
    needs_browser_path()
    manifest = manifest_for(labels, temperature=temperature)
    file = packed_file(tmp_path, "yes-no-logit", manifest, labels)
    tensor = torch.from_numpy(preprocess(photo, manifest.input, manifest.resize))
    yes = torch.sigmoid(yes_no()(tensor).double() / temperature).detach().numpy()[0]
    with opened(Wanted(file, "test_head:yes_no")) as session:
        report = session.verifier.photo(photo)
    agreed(report, yes if labels == ONE else np.array([1 - yes[0], yes[0]]))


@pytest.mark.torch
@pytest.mark.parametrize("labels", [ONE, TWO])
def test_three_paths_agree_on_scores_that_are_ready(
    tmp_path: Path, photo: Path, labels: str
) -> None:
    """As Keras exports it: not packed, with a sigmoid of its own."""
    needs_browser_path()
    manifest = manifest_for(labels)
    (tmp_path / "manifest.json").write_text(manifest.pretty(), encoding="utf-8")
    (tmp_path / "labels.tsv").write_text(labels, encoding="utf-8")
    tensor = preprocess(photo, manifest.input, manifest.resize)
    yes = Runner(network("yes-no")).run(tensor, "output")[0].astype(np.float64)
    wanted = Wanted(
        MODELS / "yes-no.onnx",
        "test_head:yes_no_sigmoid",
        manifest=tmp_path / "manifest.json",
        labels=tmp_path / "labels.tsv",
    )
    with opened(wanted) as session:
        report = session.verifier.photo(photo)
    agreed(report, yes if labels == ONE else np.array([1 - yes[0], yes[0]]))


@pytest.mark.torch
def test_a_sigmoid_in_the_file_alone_is_named(tmp_path: Path, photo: Path) -> None:
    Image.new("RGB", (30, 20), (255, 0, 0)).save(photo)
    file = packed_file(tmp_path, "yes-no", manifest_for(ONE), ONE)
    with opened(Wanted(file, "test_head:yes_no", browser=False)) as session:
        report = session.verifier.photo(photo)
    logit = report.answers[0].logits[0]
    assert not 0 <= logit <= 1  # else nobody could tell
    assert report.parted_at == "softmax"
    assert "Sigmoid" in report.findings[0].zh


# ---------------------------------------------------------------------------------------- figures


def test_one_number_alone_has_a_size_but_no_range() -> None:
    one, other = np.array([[4.0]], np.float32), np.array([[4.002]], np.float32)
    assert relative_difference(one, other) == pytest.approx(0.0005, rel=1e-3)
    assert relative_difference(one, one) == 0
