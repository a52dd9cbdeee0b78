"""Labels and taxonomy: UTF-8, tab-separated tables with a header line and no quoting.

The same rules as the C++ core's (``wasm/include/shiwu/labels.h``, ``taxonomy.h``), so that a file
which packs is a file which loads.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from shiwu_models.errors import ModelError

SEPARATOR = "|"  # between the entries of one cell
DECIMAL = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")


@dataclass(frozen=True)
class Label:
    """One class, in the order of the model's output."""

    id: str
    zh: str
    zh_aliases: tuple[str, ...]
    en: str
    categories: tuple[str, ...]
    threshold: float | None = None  # multi-label: the score from which the class is shown


@dataclass(frozen=True)
class Node:
    """One everyday category; ``parents`` are other nodes' ids, the first the way to show.

    ``itself``: named as the thing itself (猫); otherwise one says a kind of it.
    """

    id: str
    zh: str
    en: str
    parents: tuple[str, ...]
    itself: bool


def parse_labels(text: str) -> list[Label]:
    """Labels from their table (columns id, zh, zh_aliases, en, category, threshold, in any order).

    Only ``zh`` must be there. Raises ModelError ``invalid-labels`` for a malformed table, a blank
    name, an id or Chinese name that stands twice, or a threshold outside 0..1.
    """
    labels = []
    ids: set[str] = set()
    names: set[str] = set()
    for line, row in _rows(text, required=("zh",)):
        label = Label(
            id=row.get("id", ""),
            zh=row["zh"],
            zh_aliases=_list(row.get("zh_aliases", "")),
            en=row.get("en", ""),
            categories=_list(row.get("category", "")),
            threshold=_threshold(row.get("threshold", ""), line),
        )
        if not label.zh:
            raise _bad(line, "中文名为空", "the Chinese name is blank")
        if label.zh in names or (label.id and label.id in ids):
            raise _bad(line, f"重复：{label.id} {label.zh}", f"repeated: {label.id} {label.zh}")
        names.add(label.zh)
        ids.add(label.id)
        labels.append(label)
    return labels


def parse_taxonomy(text: str) -> list[Node]:
    """Categories from their table (columns id, zh, en, parents, itself), parents before children.

    ``parent`` may stand for ``parents``; ``itself`` may be missing. Raises ModelError
    ``invalid-labels`` for a blank or repeated id or name or an unknown parent.
    """
    nodes: list[Node] = []
    ids: set[str] = set()
    names: set[str] = set()
    above = "parents" if "parents" in text.split("\n", 1)[0] else "parent"
    for line, row in _rows(text, required=("id", "zh", "en", above)):
        node = Node(row["id"], row["zh"], row["en"], _list(row[above]), row.get("itself") == "1")
        if not node.id or not node.zh or node.id in ids or node.zh in names:
            raise _bad(line, f"类目空白或重复：{node.id}", f"category blank or repeated: {node.id}")
        if missing := [parent for parent in node.parents if parent not in ids]:
            raise _bad(line, f"上级类目未列出：{missing[0]}", f"parent not listed: {missing[0]}")
        ids.add(node.id)
        names.add(node.zh)
        nodes.append(node)
    return nodes


def check_tables(labels_text: str, taxonomy_text: str, classes: int) -> list[Label]:
    """Both tables together, against the number of classes that the model answers.

    A model of one output, a yes or no, has one label or two: no, then yes. Returns the labels.
    Raises ModelError ``label-count`` when there are more or fewer labels than
    classes, ``invalid-labels`` when either table is wrong or a label names a category that the
    taxonomy lacks.
    """
    labels = parse_labels(labels_text)
    if len(labels) != classes and not (classes == 1 and len(labels) == 2):
        raise _wrong_count(labels, classes)
    if taxonomy_text:
        known = {node.id for node in parse_taxonomy(taxonomy_text)}
        for line, label in enumerate(labels, start=2):
            if unknown := [each for each in label.categories if each not in known]:
                raise _bad(line, f"未知类目 {unknown[0]}", f"unknown category {unknown[0]}")
    return labels


def _wrong_count(labels: list[Label], classes: int) -> ModelError:
    ends_zh = f"第一个是「{labels[0].zh}」，最后一个是「{labels[-1].zh}」"
    ends_en = f'the first is "{labels[0].zh}", the last "{labels[-1].zh}"'
    if len(labels) == classes + 1:
        cause_zh = "正好多一个：多半是表头被当成了标签，或列表里有模型没有的“背景”类"
        cause_en = 'One too many: a heading taken for a label, or a "background" class too many?'
    elif len(labels) == classes - 1:
        cause_zh = "正好少一个：多半是模型多一个“背景”类（一般是第 0 类），或第一行被当成了表头"
        cause_en = (
            'One too few: has the model a "background" class (mostly class 0), or was the first '
            "label taken for a heading?"
        )
    else:
        cause_zh = "多半是别的模型的标签，或文件不全"
        cause_en = "Are they another model's, or is the file cut short?"
    return ModelError(
        "label-count",
        zh=f"标签有 {len(labels)} 个，而模型输出 {classes} 类；{ends_zh}。{cause_zh}。"
        "请每类给一个标签，顺序与模型输出一致。",
        en=f"{len(labels)} labels for {classes} outputs; {ends_en}. {cause_en} "
        "Give one label a class, in the order of the model's output.",
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(entry for entry in cell.split(SEPARATOR) if entry)


def _threshold(text: str, line: int) -> float | None:
    if not text:
        return None
    # The C++ core's rule: plain decimals, no exponent.
    value = float(text) if DECIMAL.fullmatch(text) else -1.0
    if not 0 <= value <= 1:
        raise _bad(line, f"阈值 {text} 不在 0 到 1 之间", f"threshold {text} is not in 0..1")
    return value


def plain_decimal(threshold: float) -> str:
    """A threshold as the table has it: 0.35, 1, 0.000001; never with an exponent."""
    return f"{threshold:.6f}".rstrip("0").rstrip(".")


def text_sha256(text: str) -> str:
    """sha256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(text: str, required: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """(line number, column → cell) for each line after the header."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    columns = lines[0].split("\t") if lines else []
    if missing := [name for name in required if name not in columns]:
        raise _bad(1, f"缺少列 {missing[0]}", f"column {missing[0]} is missing")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise _bad(
                number,
                f"应有 {len(columns)} 列，实有 {len(cells)} 列",
                f"{len(cells)} cells, {len(columns)} expected",
            )
        if any(unicodedata.category(c) == "Cc" for cell in cells for c in cell):
            raise _bad(number, "含有控制字符", "a control character")
        rows.append((number, dict(zip(columns, cells, strict=True))))
    if not rows:
        raise _bad(2, "表里只有表头，没有内容", "a heading and nothing below it")
    return rows


def _bad(line: int, zh: str, en: str) -> ModelError:
    return ModelError(
        "invalid-labels", zh=f"标签表第 {line} 行：{zh}。", en=f"Table line {line}: {en}."
    )
