"""A labels file of any common form to the project's table, with a report of what was done."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shiwu_models.errors import ModelError
from shiwu_models.labels.encoding import decode
from shiwu_models.labels.read_json import read_json
from shiwu_models.labels.read_text import read_lines, read_table
from shiwu_models.labels.rows import HAN, NUMBER, Row, Rows
from shiwu_models.labels.tables import SEPARATOR, Label, parse_labels, plain_decimal

COLUMNS = ("id", "zh", "zh_aliases", "en", "category")
SHOWN = 3  # examples in a message


@dataclass(frozen=True)
class Note:
    """One thing that was done to the labels, or should be known of them."""

    zh: str
    en: str


@dataclass(frozen=True)
class Imported:
    """The table's text (columns id, zh, zh_aliases, en, category, and threshold if any has one),
    and how it came about."""

    table: str
    count: int
    encoding: str
    found: str
    reviewed: bool  # names and categories are those of the reviewed table
    notes: tuple[Note, ...]


def import_labels(path: Path, reviewed: str = "", encoding: str | None = None) -> Imported:
    """Read ``path``: .json, .csv and .tsv by their names, anything else as lines of text.

    ``reviewed`` is the text of a table of known WordNet ids (``labels/imagenet1k.tsv``): when all
    ids are among them, its Chinese names and categories are taken. ``encoding`` overrules the
    detection. Raises ModelError ``unreadable-text``, or ``invalid-labels`` with what is wrong.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            "invalid-labels",
            zh=f"打不开标签文件 {path.name}：{error.strerror}。",
            en=f"Cannot open the labels file {path.name}: {error.strerror}.",
        ) from error
    decoded = decode(data, path.name, encoding)
    notes: list[Note] = []
    if decoded.doubtful:
        notes.append(
            Note(
                f"{path.name} 很短，按 {decoded.encoding}（GBK）读；"
                "若有错字，请用 --encoding 指明编码",
                f"{path.name} is short and was read as {decoded.encoding} (GBK); if characters are "
                "wrong, name its encoding with --encoding",
            )
        )
    if own := _own_table(decoded.text):
        columns = own.split("\n", 1)[0].replace("\t", ", ")
        count = len(parse_labels(own))
        return Imported(own, count, decoded.encoding, columns, reviewed=False, notes=tuple(notes))
    found = _read(decoded.text, path.suffix.lower())
    rows = [_clean(row) for row in _in_order(found.rows, notes)]
    known = {label.id: label for label in parse_labels(reviewed)} if reviewed else {}
    from_reviewed = all(row.id in known for row in rows)
    if from_reviewed:
        rows = [_reviewed(row, known[row.id]) for row in rows]
        notes.append(
            Note(
                "所有编号都是已审校的 WordNet 编号：中文名与类目取自 imagenet1k.tsv",
                "all ids are reviewed WordNet ids: Chinese names and categories are those of "
                "imagenet1k.tsv",
            )
        )
    table = _table(_unique(_named(rows, notes), notes))
    parse_labels(table)
    return Imported(table, len(rows), decoded.encoding, found.found, from_reviewed, tuple(notes))


def without_categories(table: str) -> str:
    """A labels table of this project with its category column emptied."""
    lines = table.removesuffix("\n").split("\n")
    columns = lines[0].split("\t")
    if "category" not in columns:
        return table
    at = columns.index("category")
    rows = [line.split("\t") for line in lines[1:]]
    for cells in rows:
        cells[at] = ""
    return "\n".join([lines[0], *("\t".join(cells) for cells in rows)]) + "\n"


def _own_table(text: str) -> str | None:
    """The text as it stands when it is this project's table already, sound as it is."""
    text = text.replace("\r\n", "\n")
    columns = text.split("\n", 1)[0].split("\t")
    if "zh" not in columns or not {*columns} <= {*COLUMNS, "threshold"}:
        return None
    try:
        parse_labels(text)
    except ModelError:
        return None  # repeated names, say, which importing mends
    return text


def _read(text: str, suffix: str) -> Rows:
    if suffix == ".json":
        return read_json(text)
    if suffix in (".csv", ".tsv"):
        return read_table(text, "\t" if suffix == ".tsv" else None)
    return read_lines(text)


def _in_order(rows: Sequence[Row], notes: list[Note]) -> list[Row]:
    """By index, which must be 0..n-1 or 1..n; where the file has none, by ids that are numbers,
    else as they stand."""
    indices = [row.index for row in rows if row.index is not None]
    if not indices:
        return _by_number(rows, notes)
    twice = [str(i) for i, times in sorted(Counter(indices).items()) if times > 1]
    first = 1 if 0 not in indices else 0
    missing = sorted(set(range(first, len(rows) + first)) - set(indices))
    if twice or missing or len(indices) != len(rows):
        gaps = "、".join(map(str, missing[:SHOWN])) or "无"
        repeated = "、".join(twice[:SHOWN]) or "无"
        raise ModelError(
            "invalid-labels",
            zh=f"标签的序号不连续：共 {len(rows)} 个，缺 {gaps}，重复 {repeated}。"
            f"序号应从 {first} 到 {len(rows) - 1 + first}，每个恰好一次。",
            en=f"The labels' indices are not complete: of {len(rows)}, missing "
            f"{', '.join(map(str, missing[:SHOWN])) or 'none'}, repeated "
            f"{', '.join(twice[:SHOWN]) or 'none'}. Give each of {first} to "
            f"{len(rows) - 1 + first} once.",
        )
    if first == 1:
        notes.append(
            Note("序号从 1 开始，已减 1", "indices start at 1: one was taken off"),
        )
    return sorted(rows, key=lambda row: row.index or 0)


def _by_number(rows: Sequence[Row], notes: list[Note]) -> list[Row]:
    ids = [row.id for row in rows]
    if len(rows) < 2 or not all(NUMBER.fullmatch(one) for one in ids):
        return list(rows)
    first, last = min(map(int, ids)), max(map(int, ids))
    notes.append(
        Note(
            f"编号从 {first} 到 {last}，不是从 0 开始的连续序号：按从小到大排，请核对",
            f"ids run from {first} to {last}, which are no indices: sorted, please check",
        )
    )
    return sorted(rows, key=lambda row: int(row.id))


def _clean(row: Row) -> Row:
    """Without what the table cannot hold: tabs, line breaks, doubled blanks."""
    return replace(
        row,
        id=_one_line(row.id),
        zh=_one_line(row.zh),
        zh_aliases=_one_line(row.zh_aliases),
        en=_one_line(row.en),
        category=_one_line(row.category),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _reviewed(row: Row, label: Label) -> Row:
    return replace(
        row,
        zh=label.zh,
        zh_aliases=SEPARATOR.join(label.zh_aliases),
        en=label.en,
        category=SEPARATOR.join(label.categories),
    )


def _named(rows: Sequence[Row], notes: list[Note]) -> list[Row]:
    """Every row with a name to show: Chinese where there is one, else what there is."""
    for number, row in enumerate(rows):
        if not (row.zh or row.en or row.id):
            raise ModelError(
                "invalid-labels",
                zh=f"第 {number} 类没有名称：请补上。",
                en=f"Class {number} has no name: write one.",
            )
    foreign = [row.zh or row.en or row.id for row in rows if not HAN.search(row.zh)]
    if foreign:
        some = "、".join(foreign[:SHOWN])
        notes.append(
            Note(
                f"{len(foreign)} 个标签没有中文名，页面将照原样显示：{some}",
                f"{len(foreign)} labels have no Chinese; the page shows them as they are: "
                + ", ".join(foreign[:SHOWN]),
            )
        )
    return [replace(row, zh=row.zh or row.en or row.id) for row in rows]


def _unique(rows: Sequence[Row], notes: list[Note]) -> list[Row]:
    """Names that stand again get （2）, （3） … in order; the first stays as it is."""
    taken = {row.zh for row in rows}
    seen: set[str] = set()
    result = []
    renamed = []
    for row in rows:
        name = row.zh
        if name in seen:
            number = 2
            while (name := f"{row.zh}（{number}）") in taken:
                number += 1
            renamed.append(name)
        taken.add(name)
        seen.add(name)
        result.append(replace(row, zh=name))
    if renamed:
        some = "、".join(renamed[:SHOWN])
        notes.append(
            Note(
                f"{len(renamed)} 个重复的名称加了编号：{some}",
                f"{len(renamed)} repeated names were numbered: " + ", ".join(renamed[:SHOWN]),
            )
        )
    return result


def _table(rows: Sequence[Row]) -> str:
    thresholds = any(row.threshold is not None for row in rows)
    lines = ["\t".join((*COLUMNS, "threshold") if thresholds else COLUMNS)]
    for row in rows:
        cells = [row.id, row.zh, row.zh_aliases, row.en, row.category]
        if thresholds:
            cells.append("" if row.threshold is None else plain_decimal(row.threshold))
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"
