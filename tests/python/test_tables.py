import pytest

from conftest import LABELS, ROOT, TAXONOMY
from shiwu_models.errors import ModelError
from shiwu_models.labels.tables import check_tables, parse_labels, parse_taxonomy

HEADER = "id\tzh\tzh_aliases\ten\tcategory\n"


def test_labels_and_aliases() -> None:
    cat, cup = check_tables(LABELS, TAXONOMY, 2)
    assert cat.zh == "猫"
    assert cat.zh_aliases == ("喵星人", "猫咪")
    assert cup.zh_aliases == ()


def test_bom_and_crlf_are_taken() -> None:
    assert parse_labels("\ufeff" + LABELS.replace("\n", "\r\n")) == parse_labels(LABELS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id\ten\na\tb\n",
        HEADER + "a1\t\t\tcat\t\n",
        HEADER + "a1\t猫\t\tcat\t\nb2\t猫\t\tcat\t\n",
        HEADER + "a1\t猫\t\tcat\t\na1\t狗\t\tdog\t\n",
        HEADER + "a1\t猫\tcat\n",
        HEADER + "a1\t猫\x00\t\tcat\t\n",
        HEADER,
        "zh\tthreshold\n猫\t1.5\n",
        "zh\tthreshold\n猫\thalf\n",
        "zh\tthreshold\n猫\tnan\n",
        "zh\tthreshold\n猫\t6e-2\n",
    ],
)
def test_bad_labels(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_labels(text)
    assert caught.value.code == "invalid-labels"


def test_thresholds() -> None:
    cat, dog = parse_labels("zh\tthreshold\n猫\t0.35\n狗\t\n")
    assert (cat.threshold, dog.threshold) == (0.35, None)


@pytest.mark.parametrize(
    ("classes", "cause"),
    [(3, "正好少一个"), (1000, "别的模型的标签")],
)
def test_a_wrong_count_says_both_counts_the_ends_and_the_usual_cause(
    classes: int, cause: str
) -> None:
    with pytest.raises(ModelError) as caught:
        check_tables(LABELS, TAXONOMY, classes)
    text = caught.value.zh
    assert caught.value.code == "label-count"
    assert f"标签有 2 个，而模型输出 {classes} 类" in text
    assert "第一个是「猫」，最后一个是「杯子」" in text
    assert cause in text


def test_a_heading_among_the_labels_is_suspected() -> None:
    heading = LABELS.rstrip("\n").split("\n")
    three = "\n".join([*heading, "c3\t名称\t\tname\t"]) + "\n"
    with pytest.raises(ModelError, match="正好多一个"):
        check_tables(three, TAXONOMY, 2)


def test_one_output_is_a_no_and_a_yes() -> None:
    assert [label.zh for label in check_tables(LABELS, TAXONOMY, 1)] == ["猫", "杯子"]


@pytest.mark.parametrize("row", ["\t动物\tAnimals\t", "a\t动物\tAnimals\tb", "a\t\tAnimals\t"])
def test_bad_taxonomy(row: str) -> None:
    with pytest.raises(ModelError):
        parse_taxonomy(f"id\tzh\ten\tparent\n{row}\n")


def test_count_and_categories_must_fit() -> None:
    with pytest.raises(ModelError, match="2 labels for 3 outputs") as caught:
        check_tables(LABELS, TAXONOMY, 3)
    assert caught.value.code == "label-count"
    with pytest.raises(ModelError, match="animal"):
        check_tables(LABELS, "id\tzh\ten\tparent\nplant\t植物\tPlants\t\n", 2)


def test_committed_tables_fit_together() -> None:
    folder = ROOT / "models" / "labels"
    labels, taxonomy = (
        (folder / name).read_text(encoding="utf-8") for name in ("imagenet1k.tsv", "taxonomy.tsv")
    )
    check_tables(labels, taxonomy, 1000)
