"""What a labels file says of one class, and which of its columns says what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shiwu_models.errors import ModelError
from shiwu_models.labels.tables import SEPARATOR

WORDNET_ID = re.compile(r"n\d{8}")
NUMBER = re.compile(r"\d+")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# A heading, in small letters and without blanks, dots, dashes and underscores → what it holds.
# ``name`` goes to zh or en by what the names are written in.
HEADINGS = {
    **dict.fromkeys(("index", "idx", "classindex", "classidx", "序号", "索引", "下标"), "index"),
    **dict.fromkeys(("id", "wnid", "synset", "wordnetid", "synsetid", "编号"), "id"),
    **dict.fromkeys(("classid", "labelid", "categoryid", "类别序号", "类别编号"), "id"),
    **dict.fromkeys(("zh", "zhcn", "cn", "chinese", "namezh", "zhname", "labelzh", "cnname"), "zh"),
    **dict.fromkeys(("中文", "中文名", "中文名称", "中文标签", "namecn", "chinesename"), "zh"),
    **dict.fromkeys(("zhaliases", "aliases", "alias", "别名", "又名", "同义词"), "zh_aliases"),
    **dict.fromkeys(("en", "eng", "english", "nameen", "enname", "labelen", "englishname"), "en"),
    **dict.fromkeys(("英文", "英文名", "英文名称", "英文标签"), "en"),
    **dict.fromkeys(("category", "supercategory", "group", "类目", "分类", "大类"), "category"),
    **dict.fromkeys(("threshold", "bestthreshold", "阈值", "门限"), "threshold"),
    **dict.fromkeys(("name", "label", "labelname", "class", "classname", "displayname"), "name"),
    **dict.fromkeys(("tag", "title", "text", "名称", "名字", "标签", "类别", "类名"), "name"),
    **dict.fromkeys(("categoryname", "类别名", "类别名称", "标签名", "标签名称"), "name"),
}


@dataclass(frozen=True)
class Row:
    """One class; what the file does not say is None or empty."""

    index: int | None = None
    id: str = ""
    zh: str = ""
    zh_aliases: str = ""  # joined by "|"
    en: str = ""
    category: str = ""
    threshold: float | None = None


@dataclass(frozen=True)
class Rows:
    """All classes, in the file's order, and where they were found, for the report."""

    rows: list[Row]
    found: str  # "column 中文 → zh, column id → id", "id2label"


def field_of(heading: str) -> str | None:
    """The field that a column of this heading holds, or None when it says nothing to us."""
    return HEADINGS.get(re.sub(r"[\s._\-]", "", heading).casefold())


def told_apart(headings: Sequence[str | None], rows: Sequence[Sequence[str]]) -> list[str | None]:
    """``label,name`` may well be 0,cat: where several columns could be names, numbers are the index
    and WordNet ids the id; of two that are left, the Chinese one is zh and the other en."""
    told = list(headings)
    names = [i for i, field in enumerate(told) if field == "name"]
    if len(names) + ("zh" in told) + ("en" in told) < 2:
        return told
    for i in names:
        texts = [cells[i].strip() for cells in rows]
        for field, pattern in (("index", NUMBER), ("id", WORDNET_ID)):
            if field not in told and texts and all(pattern.fullmatch(text) for text in texts):
                told[i] = field
    names = [i for i in names if told[i] == "name"]
    if len(names) == 2 and "zh" not in told and "en" not in told:
        chinese = [any(HAN.search(cells[i]) for cells in rows) for i in names]
        zh, en = names if chinese[0] or not chinese[1] else reversed(names)
        told[zh], told[en] = "zh", "en"
    return told


def named_row(name: str, index: int | None = None) -> Row:
    """A class of which the file gives one text: a Chinese name, or one in another language.

    ``n01440764 tench, Tinca tinca`` (a WordNet id, then synonyms) is taken apart.
    """
    name = name.strip()
    synset = re.fullmatch(r"(n\d{8})[\s,:]+(.+)", name)
    if synset:
        name = synset[2].split(",")[0].strip()
        return replace(named_row(name, index), id=synset[1])
    if WORDNET_ID.fullmatch(name):
        return Row(index, id=name)
    return Row(index, zh=name) if HAN.search(name) else Row(index, en=name)


def rows_from_columns(
    columns: Mapping[str, Sequence[str]], count: int, *, first_line: int
) -> list[Row]:
    """Rows from field → its ``count`` texts; the fields are those of ``HEADINGS``.

    An ``id`` that counts 0..n-1 or 1..n, and a ``name`` or ``id`` that does so beside another
    name, is the index. ``first_line`` is the line of the first row, for messages. Raises
    ModelError ``invalid-labels``.
    """
    parts = {field: [text.strip() for text in texts] for field, texts in columns.items()}
    for field in ("id", "name"):
        if field in parts and "index" not in parts and len(parts) > 1 and _counts(parts[field]):
            parts["index"] = parts.pop(field)
    rows = []
    for i in range(count):
        cells = {field: texts[i] for field, texts in parts.items()}
        rows.append(_row(cells, first_line + i))
    return rows


def _row(cells: dict[str, str], line: int) -> Row:
    row = named_row(cells.pop("name", ""))
    index, threshold = cells.pop("index", ""), cells.pop("threshold", "")
    aliases = [a for a in re.split(r"[|、,，;；/]", cells.pop("zh_aliases", "")) if a.strip()]
    filled = {field: text for field, text in cells.items() if text}
    return replace(
        row,
        **filled,
        index=int(_number(index, line, "序号", "index", whole=True)) if index else None,
        threshold=_number(threshold, line, "阈值", "threshold") if threshold else None,
        zh_aliases=SEPARATOR.join(alias.strip() for alias in aliases),
    )


def _number(text: str, line: int, zh: str, en: str, *, whole: bool = False) -> float:
    try:
        return int(text) if whole else float(text)
    except ValueError as error:
        raise ModelError(
            "invalid-labels",
            zh=f"标签文件第 {line} 行：{zh}「{text}」不是数。",
            en=f'Labels file, line {line}: {en} "{text}" is not a number.',
        ) from error


def _counts(texts: Sequence[str]) -> bool:
    if not all(NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = sorted(int(text) for text in texts)
    return numbers in (list(range(len(numbers))), list(range(1, len(numbers) + 1)))
