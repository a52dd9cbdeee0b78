"""Label lists as text: a name a line, or a table with commas or tabs."""

import csv
import re
from collections.abc import Sequence

from shiwu_models.errors import ModelError
from shiwu_models.labels.rows import (
    HAN,
    NUMBER,
    WORDNET_ID,
    Rows,
    field_of,
    named_row,
    rows_from_columns,
    told_apart,
)

# "0 猫", "0: 猫", "0. 猫", "0,猫"; not "101大道" and not "4x4".
NUMBERED = re.compile(r"(\d+)(?:\s*[:：,，、]\s*|\.\s+|\s+)(\S.*)")
DELIMITERS = "\t,;|"


def read_lines(text: str) -> Rows:
    """One class a line: ``name``, ``index name`` or ``n01440764 tench, Tinca tinca``.

    Blank lines at the end are left out. Raises ModelError ``invalid-labels`` for one between
    names: it may stand for a class, and all after it would shift.
    """
    lines = _lines(text)
    if any("\t" in line for line in lines):
        return read_table(text, "\t")
    if _is_headed_table(lines):
        return read_table(text)
    numbered = [NUMBERED.fullmatch(line.strip()) for line in lines]
    if all(numbered):
        rows = [named_row(match[2], int(match[1])) for match in numbered if match]
        return Rows(rows, "每行：序号 名称 index name")
    return Rows([named_row(line) for line in lines], "每行一个名称 a name a line")


def read_table(text: str, delimiter: str | None = None) -> Rows:
    """A csv or tsv table, with or without a line of headings; quoting as Excel does it.

    Raises ModelError ``invalid-labels`` when lines have different numbers of cells or no column
    holds names.
    """
    lines = _lines(text)
    delimiter = delimiter or _delimiter(lines)
    # Our own tables have no quoting, and a tab needs none: a quote there is part of a name.
    if delimiter == "\t":
        table = [line.split(delimiter) for line in lines]
    else:
        table = list(csv.reader(lines, delimiter=delimiter))
    width = len(table[0])
    for number, cells in enumerate(table, start=1):
        if len(cells) != width:
            raise ModelError(
                "invalid-labels",
                zh=f"标签文件第 {number} 行有 {len(cells)} 格，第一行有 {width} 格；"
                "名称里有逗号时请加双引号。",
                en=f"Labels file, line {number}: {len(cells)} cells where the first line has "
                f"{width}. Put names that hold commas into double quotes.",
            )
    headings = told_apart([field_of(cell) for cell in table[0]], table[1:])
    if any(headings):
        return _with_headings(table, headings)
    return _without_headings(table)


def _is_headed_table(lines: list[str]) -> bool:
    """A csv by another name: known headings, and as many cells in every line."""
    if len(lines) < 2 or "," not in lines[0]:
        return False
    table = list(csv.reader(lines))
    width = len(table[0])
    return all(len(cells) == width for cells in table) and any(map(field_of, table[0]))


def _with_headings(table: list[list[str]], headings: list[str | None]) -> Rows:
    columns: dict[str, list[str]] = {}
    found = []
    for i, field in enumerate(headings):
        if field is not None and field not in columns:
            columns[field] = [cells[i] for cells in table[1:]]
            found.append(f"{table[0][i]} → {field}")
    if not columns.keys() & {"zh", "en", "name", "id"} or len(table) == 1:
        raise _no_names(", ".join(table[0]))
    rows = rows_from_columns(columns, len(table) - 1, first_line=2)
    return Rows(rows, ", ".join(found))


def _without_headings(table: list[list[str]]) -> Rows:
    columns: dict[str, list[str]] = {}
    found = []
    for i in range(len(table[0])):
        texts = [cells[i].strip() for cells in table]
        field = _field_by_content(texts)
        if field not in columns:
            columns[field] = texts
            found.append(f"第 {i + 1} 列 column {i + 1} → {field}")
    if not columns.keys() & {"zh", "name"}:
        raise _no_names(", ".join(table[0]))
    if "zh" in columns and "name" in columns:
        columns["en"] = columns.pop("name")
    return Rows(rows_from_columns(columns, len(table), first_line=1), ", ".join(found))


def _field_by_content(texts: Sequence[str]) -> str:
    if all(WORDNET_ID.fullmatch(text) for text in texts):
        return "id"
    if all(NUMBER.fullmatch(text) for text in texts):
        return "index"
    return "zh" if sum(bool(HAN.search(text)) for text in texts) * 2 >= len(texts) else "name"


def _delimiter(lines: list[str]) -> str:
    """The one that stands in every line, equally often; else the comma."""
    for delimiter in DELIMITERS:
        counts = {line.count(delimiter) for line in lines}
        if len(counts) == 1 and 0 not in counts:
            return delimiter
    return ","


def _lines(text: str) -> list[str]:
    lines = re.split(r"\r\n|\r|\n", text)
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise ModelError(
            "invalid-labels",
            zh="标签文件是空的：请每行写一个类别的名称。",
            en="The labels file is empty: write the name of one class a line.",
        )
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            raise ModelError(
                "invalid-labels",
                zh=f"标签文件第 {number} 行是空行：它若代表一类，请写上名称；若多余，请删去。",
                en=f"Labels file, line {number} is blank: name the class if it stands for one, "
                "or remove the line.",
            )
    return lines


def _no_names(first: str) -> ModelError:
    return ModelError(
        "invalid-labels",
        zh=f"标签表里没有名称这一列（第一行是：{first}）：请用 zh、en 或 name 作表头。",
        en=f"No column of the labels table holds names (its first line: {first}): head it zh, en "
        "or name.",
    )
