"""A batch of pictures to a batch of answers, and what sources stand for; no cluster here."""

import csv
import io
import json
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.fs
import pyarrow.parquet as pq
import pytest

from conftest import BUNDLE
from drawn import broken, drawn, fill
from shiwu_models.batch import Classify
from shiwu_models.batch.formats import TYPES, heading, schema, write_part
from shiwu_models.batch.place import Place
from shiwu_models.batch.plan import Plan
from shiwu_models.batch.reading import Reader, file_system
from shiwu_models.batch.sources import pictures_of
from shiwu_models.classifier import Classifier, Wanted
from shiwu_models.errors import ModelError
from shiwu_models.library_errors import PictureError

MODEL = BUNDLE / "lite0.onnx"


@pytest.fixture(scope="module")
def named() -> Classify:
    return Classify(MODEL, features=True)


def test_columns_of_arrays_as_ray_data_has_them(named: Classify) -> None:
    files = [drawn(seed) for seed in range(18)]  # more than one run of the network
    files.insert(3, broken()["cut.jpg"][0])
    column = np.empty(len(files), object)
    column[:] = files
    found: dict[str, Any] = named({"bytes": column, "place": np.arange(19)})
    assert list(found) == ["place", *(name for name in TYPES if name != "file")]
    assert found["place"].tolist() == list(range(19))
    assert found["error"].tolist() == [None] * 3 + ["truncated-image"] + [None] * 15
    assert found["answer_id"][3] is None
    alone = Classifier(MODEL)
    for place in (0, 2, 4, 18):
        [answer] = alone.classify([files[place]], Wanted())
        assert not isinstance(answer, PictureError)
        assert found["ids"][place] == [each["id"] for each in answer.answer["predictions"]]
        scores = [each["score"] for each in answer.answer["predictions"]]
        np.testing.assert_allclose(found["scores"][place], scores, atol=1e-5)
    assert found["features"][0].shape == (1280,)
    assert found["features"][3] is None


def test_frames_as_spark_and_dask_have_them_and_addresses(named: Classify, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(drawn(1))
    rows = [str(tmp_path / "a.png"), str(tmp_path / "none.png")]
    frame = pd.DataFrame({"file": rows, "shop": ["x", "y"]}, index=[7, 9])
    travelled: Classify = pickle.loads(pickle.dumps(named))
    found = travelled(frame)
    assert found.index.tolist() == [7, 9]
    assert found["shop"].tolist() == ["x", "y"]
    assert found["error"].isna().tolist() == [True, False]
    assert found["error"][9] == "unreadable-input"
    assert found["answer_kind"][7] in ("class", "category", "unknown")
    assert found["width"][7] == 72


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    fill(folder, 6)
    (folder / "notes.txt.bak").write_text("no picture")
    (folder / ".hidden.png").write_bytes(drawn(1))
    with zipfile.ZipFile(folder / "shard.zip", "w") as shard:
        shard.writestr("in/z.png", drawn(20))
        shard.writestr("__MACOSX/._z.png", b"")
    with tarfile.open(folder / "shard.tar.gz", "w:gz") as shard:
        info = tarfile.TarInfo("t.png")
        info.size = len(drawn(21))
        shard.addfile(info, io.BytesIO(drawn(21)))
    return folder


def test_folders_globs_and_archives(pictures: Path) -> None:
    found = list(pictures_of([str(pictures)]))
    assert f"zip://in/z.png::{pictures}/shard.zip" in found
    assert f"tar://t.png::{pictures}/shard.tar.gz" in found
    assert len(found) == len(set(found)) == 6 + len(broken()) + 2
    assert found == list(pictures_of([str(pictures)]))
    assert list(pictures_of([f"{pictures}/*.tar.gz"])) == [f"tar://t.png::{pictures}/shard.tar.gz"]
    assert len(list(pictures_of([f"{pictures}/**/*.png"]))) == 3 + 2
    read = list(Reader().read_all(found))
    assert read[found.index(f"zip://in/z.png::{pictures}/shard.zip")] == drawn(20)
    assert read[found.index(f"tar://t.png::{pictures}/shard.tar.gz")] == drawn(21)
    with pytest.raises(ModelError) as caught:
        list(pictures_of([str(pictures / "nowhere")]))
    assert caught.value.code == "no-photos"


def test_lists_name_pictures_from_their_own_folder(pictures: Path) -> None:
    near, far = "deep/0000.png", str(pictures / "0001.jpeg")
    (pictures / "a.csv").write_text(f"编号,文件\n1,{near}\n2,{far}\n3,\n", encoding="utf-8-sig")
    (pictures / "a.txt").write_text(f"{near}\n\n{far}\n")
    pq.write_table(pa.table({"n": [1, 2, 3], "url": [near, far, None]}), pictures / "a.parquet")
    wanted = [str(pictures / near), far]
    for name in ("a.csv", "a.txt", "a.parquet"):
        assert list(pictures_of([str(pictures / name)])) == wanted, name
    with pytest.raises(ModelError, match="--column"):
        list(pictures_of([str(pictures / "a.csv")], "picture"))


def test_other_stores_are_told_by_their_address() -> None:
    system, path = file_system("s3://bucket/a.jpg")  # by Arrow, or by s3fs where that is installed
    assert path == "bucket/a.jpg"
    assert "s3" in str(getattr(system, "fs", system).__class__).lower()
    with pytest.raises(ModelError, match="nosuch"):
        file_system("nosuch://bucket/a.jpg")


def test_a_plan_stays_and_grows(tmp_path: Path) -> None:
    plan = Plan(Place(str(tmp_path / "out.parquet")))
    first = [f"/p/{number}.jpg" for number in range(100)]
    plan.add(iter([*first, *first[:5]]))
    parts = list(plan.parts())
    assert [part.pictures for part in parts] == [32, 32, 32, 4]
    plan.add(iter(["/p/new.jpg", *first]))  # in another order, too
    assert list(plan.parts())[:4] == parts
    assert [plan.pictures(part) for part in list(plan.parts())[4:]] == [["/p/new.jpg"]]
    plan.add(iter(first))
    assert len(list(plan.parts())) == 5
    assert len(plan.pictures(parts[0])) == 32
    plan.check_options({"top_k": 5})
    with pytest.raises(ModelError) as caught:
        plan.check_options({"top_k": 3})
    assert caught.value.code == "other-results"


def test_a_file_is_not_there_until_it_is_whole(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "out.csv"))
    with pytest.raises(RuntimeError), place.writing_part("part-000-000000") as file:
        file.write(b"half")
        assert place.done() == set()
        raise RuntimeError
    assert place.done() == set()
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == []
    with pytest.raises(ModelError, match=r"\.xlsx"):
        Place("out.xlsx")


def test_the_three_formats_say_the_same(named: Classify) -> None:
    pictures = ["=a.png", "坏.png"]
    found = named.answers([drawn(5), b""], addresses=False)
    written: dict[str, bytes] = {}
    for form in ("parquet", "csv", "jsonl"):
        file = io.BytesIO()
        write_part(
            file,
            form,
            pictures,
            found,
            features=True,
            language="zh",
            top_k=5,
        )
        written[form] = file.getvalue()
    table = pq.read_table(io.BytesIO(written["parquet"]))
    assert table.schema.equals(schema(features=True))
    good, bad = table.to_pylist()
    lines = [json.loads(line) for line in written["jsonl"].decode().splitlines()]
    assert lines[0]["answer"]["label_zh"] == good["answer_zh"]
    assert [each["id"] for each in lines[0]["predictions"]] == good["ids"]
    np.testing.assert_allclose(lines[0]["features"], good["features"], rtol=1e-6)
    assert lines[1]["error"]["code"] == bad["error"] == "empty-input"
    top = heading("csv", 5, features=True).decode().removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(top + written["csv"].decode())))
    assert rows[0]["file"] == "'=a.png"  # no formula
    assert rows[0]["answer"] == good["answer_zh"]
    assert rows[0]["name1"] == good["labels_zh"][0]
    assert float(rows[0]["score1"]) == pytest.approx(good["scores"][0], abs=1e-6)
    assert rows[1]["error"].startswith("empty-input: 这个文件是空的")
    assert all(None not in row and None not in row.values() for row in rows)
