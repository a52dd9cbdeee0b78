"""Labelled photos, from whatever form people have them in, to figures, files and a plot."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from conftest import LABELS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.cli import app
from shiwu_models.errors import ModelError
from shiwu_models.evaluation import plot
from shiwu_models.evaluation.dataset import Names, Sample, read_dataset
from shiwu_models.evaluation.evaluate import evaluate, record, recorded
from shiwu_models.evaluation.predict import Predictions, predict
from shiwu_models.evaluation.result import (
    ClassResult,
    Confusion,
    Evaluation,
    Share,
    SingleLabel,
)
from shiwu_models.graph import load_model, to_bytes, weights_sha256
from shiwu_models.labels.tables import Label, parse_labels, text_sha256
from shiwu_models.manifest import Labels
from shiwu_models.pack import Packed, pack, unpack
from shiwu_models.quantize.weight_int8 import quantize

PACKED = Packed(tiny_manifest(), LABELS, TAXONOMY)
TINY = parse_labels(LABELS)  # a1 猫 (喵星人, 猫咪) cat; b2 杯子 cup


def save_photo(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed, name in enumerate(("a1_cat.JPEG", "b2_cup.JPEG", "b2_mug.png", "zz_x.JPEG")):
        save_photo(tmp_path / name, seed)
    (tmp_path / "a1_notes.txt").write_text("not a photo")
    (tmp_path / "._a1_cat.JPEG").write_bytes(b"what macOS leaves behind")
    return tmp_path


def test_photos_are_found_by_their_ids(folder: Path) -> None:
    found = read_dataset(folder, TINY)
    assert [(sample.path.name, sample.classes) for sample in found.samples] == [
        ("a1_cat.JPEG", (0,)),
        ("b2_cup.JPEG", (1,)),
        ("b2_mug.png", (1,)),
    ]
    assert found.unknown == [("zz_x.JPEG", "zz")]


@pytest.mark.parametrize("name", ["b2", "杯子", "cup", "CUP", "1"])
def test_photos_are_found_by_their_folders(tmp_path: Path, name: str) -> None:
    save_photo(tmp_path / name / "deeper" / "1.png", 0)
    save_photo(tmp_path / "猫咪" / "2.png", 1)  # an alias
    save_photo(tmp_path / "狗" / "3.png", 2)
    found = read_dataset(tmp_path, TINY)
    classes = {sample.path.name: sample.classes for sample in found.samples}
    assert classes == {"1.png": (1,), "2.png": (0,)}
    assert found.unknown == [("3.png", "狗")]


def test_an_ambiguous_name_is_no_name() -> None:
    sharks = [
        Label("", "大白鲨", ("鲨鱼",), "great white", ()),
        Label("", "虎鲨", ("鲨鱼",), "tiger_shark", ()),
    ]
    names = Names(sharks)
    assert names.find("鲨鱼") is None
    assert names.find("Tiger Shark") == 1
    assert Names([Label("n_1", "甲", (), "", ())]).from_file_name("n_1_a_b.jpg") == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    save_photo(tmp_path / "图" / "1.png", 0)
    text = "file,label\n图/1.png,猫\n图/没有.png,杯子\n图/1.png,狗\n"
    (tmp_path / "标注.csv").write_bytes(text.encode(encoding))
    found = read_dataset(tmp_path / "标注.csv", TINY)
    assert [sample.classes for sample in found.samples] == [(0,), (1,)]
    assert found.unknown == [("1.png", "狗")]
    predictions = predict(found.samples, PACKED.manifest, tiny_model())
    assert (len(predictions.samples), [p.name for p in predictions.unreadable]) == (1, ["没有.png"])


def test_a_tagger_s_csv(tmp_path: Path) -> None:
    text = "文件\t标签\na.png\t猫|杯子\nb.png\t\nc.png\t猫 | 狗\n"
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    found = read_dataset(tmp_path / "x.csv", TINY, several=True)
    assert [sample.classes for sample in found.samples] == [(0, 1), ()]
    assert found.unknown == [("c.png", "狗")]


def test_nothing_to_evaluate_says_so(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("path,class\na.png,猫\n", encoding="utf-8")
    broken = [Sample(tmp_path / "bad.csv", (0,))]
    for source, code in ((tmp_path, "no-photos"), (tmp_path / "none", "no-photos")):
        with pytest.raises(ModelError) as caught:
            read_dataset(source, TINY)
        assert caught.value.code == code
    with pytest.raises(ModelError) as caught:
        read_dataset(tmp_path / "bad.csv", TINY)
    assert caught.value.code == "invalid-labels"
    with pytest.raises(ModelError) as caught:
        predict(broken, PACKED.manifest, tiny_model())
    assert caught.value.code == "no-photos"


def given_logits(logits: list[list[float]], truth: list[int]) -> Predictions:
    samples = [Sample(Path(f"{i}.png"), (index,)) for i, index in enumerate(truth)]
    return Predictions(samples, np.array(logits, np.float32), None, [])


def test_per_class_and_confusions() -> None:
    labels = "zh\ten\n甲\ta\n乙\tb\n丙\tc\n"
    manifest = tiny_manifest().model_copy(
        update={"labels": Labels(count=3, sha256=text_sha256(labels))}
    )
    # 甲: right, 乙, 乙; 乙: right; 丙: never asked.
    logits: list[list[float]] = [[3, 0, 0], [0, 2, 0], [0, 3, 1], [0, 4, 0]]
    predictions = given_logits(logits, [0, 0, 0, 1])
    result = evaluate(predictions, Packed(manifest, labels, ""), tiny_model(), name="m")
    assert result.single is not None
    assert (result.single.top1.count, result.single.top5.count) == (2, 4)
    assert [(c.zh, c.photos, c.top1) for c in result.single.classes] == [("甲", 3, 1), ("乙", 1, 1)]
    assert result.single.confusions == [Confusion(truth=0, answer=1, photos=2)]
    assert sum(entry.count for entry in result.calibration.bins) == 4
    assert result.fitted.calibration.nll <= result.calibration.nll
    assert not result.fitted.trustworthy


def test_comparison_counts_what_only_one_has_right() -> None:
    ours = given_logits([[1, 0], [0, 1], [1, 0], [1, 0]], [0, 0, 0, 1])
    reference = np.array([[1, 0], [1, 0], [2, 0], [0, 1]], np.float32)
    predictions = Predictions(ours.samples, ours.logits, reference, [])
    result = evaluate(predictions, PACKED, tiny_model(), name="m", reference_name="r")
    beside = result.comparison
    assert beside is not None
    assert (beside.only_model, beside.only_reference, beside.same_top1) == (0, 2, 2)
    assert (beside.drop_points, beside.p) == (50, 0.5)
    assert beside.largest_difference == 1  # two photos are turned right round: the whole range


def test_what_is_recorded_is_found_for_these_weights_only(folder: Path, tmp_path: Path) -> None:
    model = tiny_model()
    small, _ = quantize(model, smallest=0)
    samples = read_dataset(folder, TINY).samples
    predictions = predict(samples, PACKED.manifest, small, model)
    result = evaluate(predictions, PACKED, small, name="small", reference_name="float")
    assert result.comparison is not None
    assert 0 < result.comparison.largest_difference < 1
    path = tmp_path / "measurements.json"
    record(path, result)
    found = recorded(path, weights_sha256(small))
    assert found is not None
    assert (found.photos, found.top5) == (3, 3)  # two classes: always among the first five
    assert found.float_top1 == result.comparison.top1.count
    assert recorded(path, weights_sha256(model)) is None
    assert recorded(tmp_path / "none.json", "") is None


def test_batches_answer_as_single_photos_do(tmp_path: Path) -> None:
    for seed in range(20):  # more than a batch
        save_photo(tmp_path / f"a1_{seed:02}.png", seed)
    samples = read_dataset(tmp_path, TINY).samples
    counted: list[int] = []
    whole = predict(samples, PACKED.manifest, tiny_model(), seen=counted.append)
    each = [predict([s], PACKED.manifest, tiny_model()).logits[0] for s in samples]
    np.testing.assert_allclose(whole.logits, each, rtol=1e-5, atol=1e-6)
    assert sum(counted) == 20


def test_the_command(folder: Path, tmp_path: Path) -> None:
    (folder / "b2_broken.png").write_bytes(b"not a picture")
    model = tmp_path / "tiny.onnx"
    model.write_bytes(to_bytes(pack(tiny_model(), PACKED.manifest, LABELS, TAXONOMY)))
    names = {name: tmp_path / "out" / f"o.{name}" for name in ("json", "csv", "png", "onnx")}
    (tmp_path / "out").mkdir()
    arguments = ["evaluate", str(folder), "--model", str(model), "--reference", str(model)]
    for option, name in (("json", "json"), ("csv", "csv"), ("plot", "png"), ("write", "onnx")):
        arguments += [f"--{option}", str(names[name])]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "zz_x.JPEG" in done.output
    assert "b2_broken.png" in done.output
    content = Evaluation.model_validate(json.loads(names["json"].read_text(encoding="utf-8")))
    assert (content.photos, content.unreadable) == (3, ["b2_broken.png"])
    assert content.comparison is not None
    assert content.comparison.p == 1
    assert "猫" in names["csv"].read_text(encoding="utf-8-sig")
    assert Image.open(names["png"]).width > 300
    temperature = unpack(load_model(names["onnx"])).manifest.calibration.temperature
    assert temperature == pytest.approx(content.fitted.calibration.temperature, rel=1e-3)


def test_the_command_on_a_tagger(tmp_path: Path) -> None:
    table = LABELS.replace("category\n", "category\tthreshold\n")
    table = table.replace("animal\n", "animal\t0.9\n").replace("cup\t\n", "cup\t\t\n")
    manifest = tiny_manifest().model_copy(
        update={"task": "multi-label", "labels": Labels(count=2, sha256=text_sha256(table))}
    )
    model, written = tmp_path / "t.onnx", tmp_path / "w.onnx"
    model.write_bytes(to_bytes(pack(tiny_model(), manifest, table, TAXONOMY)))
    rows = ["file,label"]
    for seed in range(6):
        save_photo(tmp_path / f"{seed}.png", seed)
        rows.append(f"{seed}.png,{['猫|杯子', '杯子', ''][seed % 3]}")
    (tmp_path / "x.csv").write_text("\n".join(rows), encoding="utf-8")
    out = tmp_path / "o.json"
    arguments = ["evaluate", str(tmp_path / "x.csv"), "--model", str(model)]
    done = CliRunner().invoke(app, [*arguments, "--json", str(out), "--write", str(written)])
    assert done.exit_code == 0, done.output
    content = Evaluation.model_validate_json(out.read_text(encoding="utf-8"))
    assert content.multi is not None
    assert {label.zh: label.threshold for label in content.multi.labels} == {"猫": 0.9, "杯子": 0.5}
    assert {label.zh: label.photos for label in content.multi.labels} == {"猫": 2, "杯子": 4}
    # The written thresholds, at the written temperature, have the best F1 that was promised.
    again = CliRunner().invoke(
        app, ["evaluate", str(tmp_path / "x.csv"), "--model", str(written), "--json", str(out)]
    )
    assert again.exit_code == 0, again.output
    after = Evaluation.model_validate_json(out.read_text(encoding="utf-8")).multi
    assert after is not None
    promised = {label.zh: label.best_f1 for label in content.multi.labels}
    assert {label.zh: label.f1 for label in after.labels} == pytest.approx(promised)


def many_classes(count: int) -> tuple[SingleLabel, list[Label]]:
    labels = [Label(f"n{i}", f"类{i}$", (), f"class {i}", ()) for i in range(count)]
    share = Share(count=0, total=count, low=0, high=1)
    classes = [
        ClassResult(index=i, id=f"n{i}", zh=f"类{i}$", en=f"class {i}", photos=1, top1=0, top5=1)
        for i in range(count)
    ]
    confusions = [Confusion(truth=i, answer=(i + 1) % count, photos=1) for i in range(count)]
    return SingleLabel(top1=share, top5=share, classes=classes, confusions=confusions), labels


@pytest.mark.parametrize("count", [3, plot.LARGEST_MATRIX + 1])
def test_without_a_chinese_font_the_plot_is_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(plot, "FONTS", ("No Such Font",))
    single, labels = many_classes(count)
    out = tmp_path / "plot.svg"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of a glyph that its font lacks
        assert plot.plot_confusions(single, labels, out) is False
    assert "<svg" in out.read_text(encoding="utf-8")
    assert "类" not in out.read_text(encoding="utf-8")
