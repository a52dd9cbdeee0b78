"""Chinese never turns into mojibake: every encoding it is saved in is read, or refused."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conftest import ROOT
from shiwu_models.errors import ModelError
from shiwu_models.labels.encoding import decode

# The everyday characters of each standard: GB2312's first level (rows 16 to 55, by sound) and
# Big5's (lead bytes A4 to C6, by strokes).
EVERYDAY = "".join(
    bytes([row, cell]).decode("gb2312", "ignore")
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF)
)
TRADITIONAL = "".join(
    bytes([lead, trail]).decode("big5", "ignore")
    for lead in range(0xA4, 0xC6)
    for trail in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
)
# Names of eight and more everyday characters in all, in a list of five and more: of shorter
# ones, some few read as Chinese in two encodings, and are refused instead (tested below).
FEWEST = 8
IMAGENET = [
    line.split("\t")[1]
    for line in (ROOT / "models/labels/imagenet1k.tsv").read_text("utf-8").splitlines()[1:]
]


def lists(alphabet: str) -> st.SearchStrategy[list[str]]:
    name = st.text(st.sampled_from(alphabet), min_size=2, max_size=6)
    return st.lists(name, min_size=FEWEST, max_size=40)


def is_utf8(data: bytes) -> bool:
    return "\ufffd" not in data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("encoding", "reported"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("gbk", "GB18030"),
        ("gb18030", "GB18030"),
        ("utf-16", "UTF-16-LE"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("utf-32", "UTF-32-LE"),
    ],
)
@settings(max_examples=60, derandomize=True)
@given(names=lists(EVERYDAY))
def test_any_list_of_everyday_names_reads_back(
    encoding: str, reported: str, names: list[str]
) -> None:
    text = "\n".join(names) + "\n"
    # 一 in GBK is a letter in UTF-8: a list of such characters alone is UTF-8 as well.
    assume(reported != "GB18030" or not is_utf8(text.encode(encoding)))
    decoded = decode(text.encode(encoding), "labels.txt")
    assert (decoded.text, decoded.encoding) == (text, reported)


@settings(max_examples=60, derandomize=True)
@given(names=lists(TRADITIONAL))
def test_any_list_of_traditional_names_reads_back_from_big5(names: list[str]) -> None:
    text = "\r\n".join(names)
    decoded = decode(text.encode("big5"), "labels.txt")
    assert (decoded.text, decoded.encoding) == (text, "Big5")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("count", [5, 50, 1000])
def test_real_names(encoding: str, count: int) -> None:
    for start in range(0, 1000, max(count, 50)):
        text = "\n".join(IMAGENET[start : start + count])
        assert decode(text.encode(encoding), "labels.txt").text == text


@settings(max_examples=200, derandomize=True)
@given(names=st.lists(st.text(st.sampled_from(EVERYDAY), min_size=1, max_size=3), max_size=3))
def test_a_short_list_with_line_ends_is_right_or_refused(names: list[str]) -> None:
    # With a line end before and after, UTF-16 is known by its NULs.
    text = "\n" + "\n".join(["名称", *names]) + "\n"
    for encoding in ("gb18030", "utf-16-le", "utf-8"):
        try:
            assert decode(text.encode(encoding), "labels.txt").text == text
        except ModelError as error:
            assert error.code == "unreadable-text"


def test_mixed_with_english_and_punctuation() -> None:
    text = "序号,中文,英文\n0,猫（家猫）,cat\n1,狗,“dog”\n2,杯子、茶杯,cup\n"
    for encoding in ("gb18030", "utf-16-le", "utf-8-sig"):
        assert decode(text.encode(encoding), "labels.csv").text == text


def test_other_languages_in_utf_8_and_windows_1252() -> None:
    for text in ("crème brûlée\ncafé\nbread\n", "Müller\nGröße\n", "São João\nOpção\nnação\n"):
        assert decode(text.encode(), "labels.txt").text == text
    text = "crème brûlée\ncafé\nbread\n"
    decoded = decode(text.encode("cp1252"), "labels.txt")
    assert (decoded.text, decoded.encoding) == (text, "Windows-1252")


def refusal(data: bytes, encoding: str | None = None) -> ModelError:
    with pytest.raises(ModelError) as caught:
        decode(data, "labels.txt", encoding)
    assert caught.value.code == "unreadable-text"
    assert "labels.txt" in caught.value.zh
    return caught.value


@pytest.mark.parametrize("was", ["latin-1", "cp1252"])
@pytest.mark.parametrize("really", ["utf-8", "gb18030"])
@pytest.mark.parametrize("names", ["猫\n狗\n", "大熊猫\n金鱼\n海龟\n", "0,猫,cat\n1,狗,dog\n"])
def test_mojibake_by_western_encodings_shows_what_it_was(names: str, was: str, really: str) -> None:
    try:
        spoiled = names.encode(really).decode(was)
    except UnicodeDecodeError:
        assert was == "cp1252"  # which leaves five bytes without meaning
        return
    error = refusal(spoiled.encode())
    assert " ".join(names.split()) in error.zh
    assert "UTF-8" in error.en


def test_mojibake_by_gbk_shows_what_it_was() -> None:
    # An even number of bytes: GBK makes something of every pair.
    names = "大白鲨鱼\n杯子\n"
    spoiled = names.encode().decode("gb18030")
    assert spoiled != names
    error = refusal(spoiled.encode())
    assert "大白鲨鱼 杯子" in error.zh
    assert "gb18030" in error.en


def test_mojibake_with_losses_shows_what_is_left() -> None:
    spoiled = "大熊猫\n金鱼\n海龟\n".encode().decode("gbk", "replace")
    assert "\ufffd" in spoiled
    assert "大熊" in refusal(spoiled.encode()).zh


def test_characters_that_are_lost_are_named() -> None:
    # GBK read as UTF-8, and that as GBK once more: nothing of it is left.
    lost = "猫狗\n杯子\n".encode("gbk").decode("utf-8", "replace")
    assert "\ufffd" in refusal(lost.encode()).zh
    assert "锟斤拷" in refusal("锟斤拷锟斤拷\n杯子\n".encode()).zh


def test_no_chinese_text_at_all() -> None:
    error = refusal(bytes(range(0x80, 0x100)) * 3)
    assert "--encoding" in error.zh


def test_the_encoding_can_be_named() -> None:
    data = "貓\n狗\n電視\n".encode("big5")
    assert decode(data, "labels.txt", "big5").text == "貓\n狗\n電視\n"
    assert decode("猫".encode("gbk"), "labels.txt", "gbk").text == "猫"
    assert "utf-8" in refusal(data, "utf-8").zh
    assert "no-such" in refusal(data, "no-such").en
