"""A file to the library's JSON: held to ``npx shiwu``, and to the reference of honest answers."""

import json
import re
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from conftest import BUNDLE, LABELS, PHOTOS, ROOT, TAXONOMY, float32
from drawn import broken, drawn
from manifests import tiny_manifest
from shiwu_models.classifier import Classified, Classifier, Wanted
from shiwu_models.color import to_srgb
from shiwu_models.errors import ModelError
from shiwu_models.library_errors import SENTENCES, PictureError
from shiwu_models.manifest import Calibration
from shiwu_models.naming import Asked, Names
from shiwu_models.pack import Packed
from shiwu_models.picture import Region, read_picture
from shiwu_models.preprocess import fit, load_image

FIXTURES = ROOT / "tests" / "fixtures"
LITE0 = BUNDLE / "lite0.onnx"


@pytest.fixture(scope="module")
def lite0() -> Classifier:
    return Classifier(LITE0)


def answer_of(classifier: Classifier, data: bytes) -> dict[str, Any]:
    [found] = classifier.classify([data], Wanted())
    assert isinstance(found, Classified), found
    return found.answer


def test_codes_and_sentences_are_the_librarys() -> None:
    source = (ROOT / "web" / "src" / "errors.ts").read_text(encoding="utf-8")
    for code, sentences in SENTENCES.items():
        [entry] = re.findall(rf"^  '?{code}'?: \{{(.*?)\}},$", source, re.S | re.M)
        there = re.findall(r"(?:zh|en): '((?:[^'\\]|\\.)*)'", entry)
        assert tuple(there) == sentences, code


def photos_for_the_command(folder: Path) -> list[Path]:
    """The fixtures that differ in colour and orientation, and a JPEG that is decoded smaller."""
    chelsea = Image.open(PHOTOS / "chelsea.png")
    large = folder / "large.jpg"
    chelsea.resize((2255, 1500)).save(large, quality=90)
    turned = [folder / f"turned-{orientation}.jpg" for orientation in range(2, 9)]
    for orientation, path in enumerate(turned, start=2):
        exif = Image.Exif()
        exif[0x0112] = orientation
        # Its sides leave a remainder when they are halved: on which side it lies, is to be told.
        chelsea.resize((1539, 1027)).save(path, quality=90, exif=exif)
    wide = folder / "wide.jpg"
    profile = Image.open(FIXTURES / "color" / "adobe-rgb.jpg").info["icc_profile"]
    chelsea.save(wide, quality=90, icc_profile=profile)
    grey = folder / "grey.png"
    chelsea.convert("L").resize((1300, 1100)).save(grey)
    see_through = folder / "see-through.png"
    chelsea.convert("RGBA").rotate(20, expand=True).save(see_through)
    return [*sorted(PHOTOS.glob("*.png")), large, *turned, wide, grey, see_through]


def test_as_the_command_answers(lite0: Classifier, tmp_path: Path) -> None:
    files = photos_for_the_command(tmp_path)
    command = ["node", str(ROOT / "dist" / "cli.js"), "--json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    rows = json.loads(done.stdout)
    assert [Path(row["file"]) for row in rows] == files
    for row, path in zip(rows, files, strict=True):
        ours = answer_of(lite0, path.read_bytes())
        theirs = {name: row[name] for name in ("predictions", "answer", "image")}
        assert without_scores(ours) == without_scores(theirs), path.name
        scores = [[p["score"] for p in each["predictions"]] for each in (ours, theirs)]
        np.testing.assert_allclose(scores[0], scores[1], rtol=0, atol=1e-4, err_msg=path.name)


def without_scores(answer: object) -> object:
    """What must be equal: not the scores, the decoder's name, and names that a table adds."""
    if isinstance(answer, dict):
        left_out = {"score", "decoder", "label_pinyin", "label_zh_hant"}
        return {k: without_scores(v) for k, v in answer.items() if k not in left_out}
    return [without_scores(each) for each in answer] if isinstance(answer, list) else answer


def test_exact_pixels_are_those_of_the_reference() -> None:
    path = PHOTOS / "coffee.png"
    manifest = Classifier(LITE0).manifest
    size, resize = manifest.input.size, manifest.resize
    ours = read_picture(path.read_bytes(), size, resize, precision="exact").pixels
    assert ours.tobytes() == fit(load_image(path), size, resize).tobytes()


def test_colours_become_srgbs_within_a_level_of_littlecms() -> None:
    folder = FIXTURES / "color"
    pixels = np.fromfile(folder / "pixels.bin", np.uint8)
    lines = (folder / "cases.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("#"):
            continue
        name, offset = line.split("\t")
        with Image.open(folder / name) as image:
            image.load()
            levels, change = np.asarray(image.convert("RGB")), to_srgb(image.info)
        if offset == "-":
            assert change is None, name
            continue
        assert change is not None, name
        at = int(offset)
        wanted = pixels[at : at + levels.size].reshape(levels.shape)
        assert np.abs(change(levels).astype(int) - wanted).max() <= 1, name


def test_a_bad_file_has_its_code_and_spoils_no_other(lite0: Classifier) -> None:
    files = [drawn(7), *(data for data, _ in broken().values()), drawn(8)]
    found = lite0.classify(files, Wanted())
    codes = [each.code if isinstance(each, PictureError) else None for each in found]
    assert codes == [None, *(code for _, code in broken().values()), None]
    alone = answer_of(lite0, drawn(8))
    last = found[-1]
    assert isinstance(last, Classified)
    assert without_scores(last.answer) == without_scores(alone)


def test_size_is_looked_at_before_pixels_are_made(lite0: Classifier) -> None:
    file = BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")  # 50 kB, and 1.2 GB of RGB
    with pytest.raises(PictureError) as caught:
        lite0.prepare(file.getvalue())
    assert caught.value.code == "image-too-large"
    with pytest.raises(PictureError, match="72 x 64"):
        lite0.prepare(drawn(1), max_pixels=72 * 64 - 1)
    assert lite0.prepare(drawn(1), max_pixels=72 * 64).picture["width"] == 72


def test_a_region_is_the_part_cut_out(lite0: Classifier) -> None:
    with Image.open(PHOTOS / "chelsea.png") as image:
        part = BytesIO()
        image.crop((30, 20, 330, 280)).save(part, "PNG")
    whole = (PHOTOS / "chelsea.png").read_bytes()
    looked = lite0.prepare(whole, region=Region(30, 20, 300, 260))
    assert looked.tensor.tobytes() == lite0.prepare(part.getvalue()).tensor.tobytes()
    assert (looked.picture["width"], looked.picture["height"]) == (451, 300)
    for region in (Region(0, 0, 452, 300), Region(-1, 0, 5, 5), Region(0, 0, 0, 5)):
        with pytest.raises(PictureError) as caught:
            lite0.prepare(whole, region=region)
        assert caught.value.code == "invalid-argument"


def names(calibration: Calibration, labels: str = LABELS) -> Names:
    manifest = tiny_manifest().model_copy(update={"calibration": calibration})
    return Names(Packed(manifest, labels, TAXONOMY))


def test_answers_are_the_references() -> None:
    packed = Packed(
        tiny_manifest(),
        (ROOT / "models/labels/imagenet1k.tsv").read_text(encoding="utf-8"),
        (ROOT / "models/labels/taxonomy.tsv").read_text(encoding="utf-8"),
    )
    by_hedge: dict[float, Names] = {}
    lines = (FIXTURES / "answers" / "cases.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        hedge, kind, name, score, cells = line.split("\t")
        rule = Calibration(temperature=1, hedge=float(hedge))
        manifest = packed.manifest.model_copy(update={"calibration": rule})
        known = by_hedge.setdefault(
            float(hedge), Names(Packed(manifest, packed.labels, packed.taxonomy))
        )
        scores = np.zeros(1000, np.float32)
        for cell in cells.split(" "):
            index, value = cell.split(":")
            scores[int(index)] = float(value)
        found = known.answer(scores, scores, exclusive=True)
        assert (found.kind, found.id or "-") == (kind, name)
        assert found.score == pytest.approx(float(score), abs=1e-6)


def test_of_equal_rewards_the_class_stands() -> None:
    # The only class in its category: saying the category would lose nothing and win nothing.
    found = names(Calibration(temperature=1, hedge=1)).answer(
        float32([3, 1]), float32([0.9, 0.1]), exclusive=True
    )
    assert (found.kind, found.id) == ("class", "a1")


def test_what_is_not_familiar_cannot_be_told() -> None:
    rule = Calibration(temperature=1, hedge=0, familiar=4)
    found = names(rule).answer(float32([3, 1]), float32([0.9, 0.1]), exclusive=True)
    assert found.plain("en") == {
        "kind": "unknown",
        "id": None,
        "label": "can’t tell",
        "label_zh": "看不出来",
        "label_en": "can’t tell",
        "score": pytest.approx(0.9),
        "path": [],
    }


def test_a_tagger_answers_by_each_labels_threshold() -> None:
    tags = "id\tzh\ten\tthreshold\na\t室内\tindoors\t0.35\nb\t人像\tportrait\t0.8\nc\t猫\tcat\t\n"
    known = names(Calibration(temperature=1), tags)
    scores = float32([0.4, 0.7, 0.45])
    shown = [p["id"] for p in known.predictions(scores, Asked(top_k=2))]
    assert shown == ["c", "a"]  # b falls short of its own; c has none
    assert [p["id"] for p in known.predictions(scores, Asked(threshold=0.42))] == ["b", "c"]
    assert known.answer(scores, scores, exclusive=False).id == "a"


def test_an_unpacked_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError) as caught:
        Classifier(tmp_path / "net.onnx")
    assert caught.value.code == "invalid-model"
