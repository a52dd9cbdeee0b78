"""Labels files as people have them, to the project's table."""

import json
from pathlib import Path

import pytest

from conftest import LABELS, ROOT
from shiwu_models.errors import ModelError
from shiwu_models.labels.importing import Imported, import_labels, without_categories
from shiwu_models.labels.tables import parse_labels

REVIEWED = (ROOT / "models" / "labels" / "imagenet1k.tsv").read_text(encoding="utf-8")


def imported(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Imported:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return import_labels(path, REVIEWED)


def names(result: Imported) -> list[tuple[str, str]]:
    return [(label.zh, label.en) for label in parse_labels(result.table)]


CAT_DOG_CUP = [("猫", "cat"), ("狗", "dog"), ("杯子", "cup")]
ZH_ONLY = [("猫", ""), ("狗", ""), ("杯子", "")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", "猫\n狗\n杯子", ZH_ONLY),
        ("a.txt", "猫\r\n狗\r\n杯子\r\n\r\n", ZH_ONLY),
        ("a.txt", "1 狗\n2 杯子\n0 猫\n", ZH_ONLY),
        ("a.txt", "0: 猫\n1: 狗\n2: 杯子\n", ZH_ONLY),
        ("a.txt", "0\t猫\n1\t狗\n2\t杯子\n", ZH_ONLY),
        ("a.txt", "1,猫\n2,狗\n3,杯子\n", ZH_ONLY),
        ("a.txt", "编号,名称\n2,杯子\n0,猫\n1,狗\n", ZH_ONLY),
        ("a.csv", "编号,名称\n3,杯子\n1,猫\n2,狗\n", ZH_ONLY),
        ("a.csv", "编号,名称\n107,杯子\n101,猫\n103,狗\n", ZH_ONLY),
        ("a.csv", "label,name\n2,杯子\n0,猫\n1,狗\n", ZH_ONLY),
        ("a.csv", "name,label\n杯子,2\n猫,0\n狗,1\n", ZH_ONLY),
        ("a.csv", "index,class\n2,杯子\n0,猫\n1,狗\n", ZH_ONLY),
        ("a.csv", "label,name\ncat,猫\ndog,狗\ncup,杯子\n", CAT_DOG_CUP),
        ("a.csv", "猫\n狗\n杯子\n", ZH_ONLY),
        ("a.csv", "index,zh,en\n0,猫,cat\n2,杯子,cup\n1,狗,dog\n", CAT_DOG_CUP),
        ("a.csv", "序号;中文名称;英文\n0;猫;cat\n1;狗;dog\n2;杯子;cup\n", CAT_DOG_CUP),
        ("a.csv", "id,name,name_en\n0,猫,cat\n1,狗,dog\n2,杯子,cup\n", CAT_DOG_CUP),
        ("a.csv", "0,猫,cat\n1,狗,dog\n2,杯子,cup\n", CAT_DOG_CUP),
        ("a.tsv", "label\tChinese\ncat\t猫\ndog\t狗\ncup\t杯子\n", CAT_DOG_CUP),
        ("a.json", '["猫", "狗", "杯子"]', ZH_ONLY),
        ("a.json", '{"0": "猫", "2": "杯子", "1": "狗"}', ZH_ONLY),
        ("a.json", '{"猫": 0, "狗": 1, "杯子": 2}', ZH_ONLY),
        ("a.json", '{"猫": "0", "狗": "1", "杯子": "2"}', ZH_ONLY),
        (
            "a.json",
            '[{"id": 1, "name": "狗", "en": "dog"}, {"id": 0, "name": "猫", "en": "cat"},'
            ' {"id": 2, "name": "杯子", "en": "cup"}]',
            CAT_DOG_CUP,
        ),
        ("config.json", '{"model_type": "vit", "id2label": {"1": "狗", "0": "猫"}}', ZH_ONLY[:2]),
        ("config.json", '{"num_labels": 2, "label2id": {"狗": 1, "猫": 0}}', ZH_ONLY[:2]),
        (
            "configuration.json",
            '{"task": "image-classification", "model": {"type": "resnest", "head":'
            ' {"labels": ["猫", "狗"]}}, "pipeline": {"type": "x"}}',
            ZH_ONLY[:2],
        ),
    ],
)
def test_common_forms(
    tmp_path: Path, name: str, text: str, expected: list[tuple[str, str]]
) -> None:
    result = imported(tmp_path, name, text)
    assert names(result) == expected
    assert result.count == len(expected)
    assert result.table.startswith("id\tzh\tzh_aliases\ten\tcategory\n")


def test_ten_and_more_are_ordered_as_numbers(tmp_path: Path) -> None:
    content = {str(i): f"类{i}" for i in (0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9)}
    result = imported(tmp_path, "config.json", json.dumps({"id2label": content}))
    assert [zh for zh, _ in names(result)] == [f"类{i}" for i in range(12)]


def test_every_column(tmp_path: Path) -> None:
    text = "类目,别名,中文,英文,wnid,阈值\nanimal,喵星人、猫咪,猫,cat,n1,0.4\n,,杯子,cup,n2,\n"
    cat, cup = parse_labels(imported(tmp_path, "a.csv", text, "gbk").table)
    assert (cat.id, cat.zh_aliases, cat.categories) == ("n1", ("喵星人", "猫咪"), ("animal",))
    assert (cat.threshold, cup.threshold, cup.zh_aliases) == (0.4, None, ())


def test_the_report_names_encoding_and_columns(tmp_path: Path) -> None:
    result = imported(tmp_path, "a.csv", "序号,名称\n0,金鱼\n1,大白鲨\n2,电鳐\n", "gbk")
    assert result.encoding == "GB18030"
    assert result.found == "序号 → index, 名称 → name"


@pytest.mark.parametrize(
    "text", ["猫", "狗\n", "女\n男\n", "金鱼\n", "水母", "鹦鹉\n鹌鹑\n", "蝴蝶\n否\n"]
)
def test_a_short_list_in_gbk_is_read_and_said_to_be(tmp_path: Path, text: str) -> None:
    result = imported(tmp_path, "a.txt", text, encoding="gbk")
    assert [zh for zh, _ in names(result)] == text.split()
    assert result.encoding == "GB18030"
    if text not in ("狗\n", "女\n男\n"):  # which nothing else could be
        assert any("GB18030" in note.zh and "--encoding" in note.zh for note in result.notes)


def test_ids_that_are_no_indices_are_sorted_and_reported(tmp_path: Path) -> None:
    result = imported(tmp_path, "a.csv", "编号,名称\n107,杯子\n101,猫\n")
    assert any("编号从 101 到 107" in note.zh and "请核对" in note.zh for note in result.notes)


def test_our_own_table_is_taken_as_it_is(tmp_path: Path) -> None:
    assert imported(tmp_path, "a.tsv", LABELS).table == LABELS
    assert imported(tmp_path, "a.txt", "\ufeff" + LABELS.replace("\n", "\r\n")).table == LABELS
    assert imported(tmp_path, "labels.tsv", REVIEWED).table == REVIEWED


def test_imagenet_synsets_get_the_reviewed_names(tmp_path: Path) -> None:
    ours = parse_labels(REVIEWED)[:3]
    text = "n01440764 tench, Tinca tinca\nn01443537 goldfish\nn01484850 great white shark\n"
    classes = [["n01440764", "tench"], ["n01443537", "goldfish"], ["n01484850", "white_shark"]]
    keras = json.dumps({str(i): pair for i, pair in enumerate(classes)})
    for name, content in (
        ("synsets.txt", text),
        ("ids.txt", "n01440764\nn01443537\nn01484850\n"),
        ("imagenet_class_index.json", keras),
    ):
        result = imported(tmp_path, name, content)
        assert parse_labels(result.table) == ours
        assert result.reviewed
        assert "WordNet" in result.notes[0].en


def test_synsets_that_are_not_reviewed_keep_their_names(tmp_path: Path) -> None:
    result = imported(tmp_path, "a.txt", "n01440764 tench, Tinca tinca\nn99999999 thing, it\n")
    assert [(x.id, x.zh) for x in parse_labels(result.table)] == [
        ("n01440764", "tench"),
        ("n99999999", "thing"),
    ]
    assert not result.reviewed
    assert "2 labels have no Chinese" in result.notes[0].en


def test_names_that_stand_twice_are_numbered_and_reported(tmp_path: Path) -> None:
    result = imported(tmp_path, "a.txt", "鹤\n猫\n鹤\n鹤（2）\n鹤\n")
    assert [zh for zh, _ in names(result)] == ["鹤", "猫", "鹤（3）", "鹤（2）", "鹤（4）"]
    assert "2 repeated names" in result.notes[0].en


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.txt", "", "空的"),
        ("a.txt", "猫\n\n狗\n", "第 2 行是空行"),
        ("a.csv", "index,zh\n0,猫\n2,狗\n", "缺 1"),
        ("a.csv", "index,zh\n0,猫\n0,狗\n", "重复 0"),
        ("a.csv", "index,zh\n零,猫\n1,狗\n", "「零」不是数"),
        ("a.csv", "index,zh\n0,猫\n1,狗,犬\n", "第 3 行有 3 格"),
        ("a.csv", "zh,threshold\n猫,高\n", "「高」不是数"),
        ("a.csv", "zh,threshold\n猫,7\n", "不在 0 到 1 之间"),
        ("a.csv", "index,width\n0,3\n", "没有名称这一列"),
        ("a.csv", "zh,en\n,\n猫,cat\n", "第 0 类没有名称"),
        ("a.json", "{", "不是有效的 JSON"),
        ("a.json", '{"hidden_size": 768, "model": {"type": "vit"}}', "没有找到标签"),
        ("a.json", '{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}', "占位"),
        ("a.json", '{"0": "猫", "3": "狗"}', "缺 1"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ModelError) as caught:
        imported(tmp_path, name, text)
    assert caught.value.code == "invalid-labels"
    assert said in caught.value.zh


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        import_labels(tmp_path / "nowhere.txt")


def test_categories_can_be_left_out() -> None:
    assert without_categories(LABELS) == LABELS.replace("animal", "")
    assert without_categories("zh\n猫\n") == "zh\n猫\n"
