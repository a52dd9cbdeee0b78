"""Label lists as JSON: plain lists and maps, and the configurations of Hugging Face's and
ModelScope's models."""

import json
import re
from collections.abc import Iterator
from typing import Any

from shiwu_models.errors import ModelError
from shiwu_models.labels.rows import NUMBER, Row, Rows, field_of, named_row, rows_from_columns

# Where configurations keep their labels, the most telling first. ModelScope's configuration.json
# has them under ``model`` or ``preprocessor``, Hugging Face's config.json at the top.
KEYS = (
    "id2label",
    "label2id",
    "labels",
    "label_names",
    "class_names",
    "classes",
    "categories",
    "names",
    "label_map",
    "class_to_idx",
)
DEEPEST = 4
# What transformers writes when nobody named the classes.
PLACEHOLDER = re.compile(r"LABEL_\d+", re.IGNORECASE)


def read_json(text: str) -> Rows:
    """Rows from JSON: a list of names or objects; a map from index to name or back; or one of
    these under a key of ``KEYS``, up to four levels down.

    Raises ModelError ``invalid-labels`` when it is no JSON or holds none of these.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ModelError(
            "invalid-labels",
            zh=f"标签文件不是有效的 JSON：第 {error.lineno} 行，{error.msg}。",
            en=f"The labels file is not valid JSON: line {error.lineno}, {error.msg}.",
        ) from error
    for path, value in _places(content):
        rows = _rows(value)
        if rows:
            _refuse_placeholders(rows, path)
            return Rows(rows, path or "JSON")
    keys = ", ".join(list(content)[:8]) if isinstance(content, dict) else type(content).__name__
    raise ModelError(
        "invalid-labels",
        zh=f"这个 JSON 里没有找到标签（它有：{keys}）。认得的写法：名称的列表；"
        "{序号: 名称}；或在 id2label、label2id、labels、classes、class_names 等键下。"
        "ModelScope 的通用识别模型把标签放在旁边的 txt 里，请给那个文件。",
        en=f"Found no labels in this JSON (it has: {keys}). Known forms: a list of names; "
        "{index: name}; or either under id2label, label2id, labels, classes, class_names. "
        "ModelScope's general recognition keeps its labels in a txt beside the model: give that.",
    )


def _places(content: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 (JSON)
    """(path, value): the whole, then what stands under ``KEYS``, level by level."""
    yield "", content
    level = [("", content)]
    for _ in range(DEEPEST):
        objects = [(path, value) for path, value in level if isinstance(value, dict)]
        for key in KEYS:
            for path, value in objects:
                if key in value:
                    yield f"{path}{key}", value[key]
        level = [
            (f"{path}{key}.", child) for path, value in objects for key, child in value.items()
        ]


def _rows(value: Any) -> list[Row] | None:  # noqa: ANN401 (JSON)
    if isinstance(value, list):
        return _from_list(value)
    if not isinstance(value, dict) or not value:
        return None
    if all(NUMBER.fullmatch(key) for key in value):
        # json keeps the file's order, which may be that of text: "0", "1", "10".
        numbers = sorted(value, key=int)
        rows = _from_list([value[key] for key in numbers])
        return rows and [
            Row(int(key), row.id, row.zh, row.zh_aliases, row.en, row.category, row.threshold)
            for key, row in zip(numbers, rows, strict=True)
        ]
    indices = list(value.values())
    if all(isinstance(i, int | str) and NUMBER.fullmatch(str(i)) for i in indices):
        return [named_row(name, int(i)) for name, i in value.items()]
    return None


def _from_list(values: list[Any]) -> list[Row] | None:
    if values and all(isinstance(v, str) for v in values):
        return [named_row(v) for v in values]
    if values and all(isinstance(v, list) for v in values):
        # Keras' class index: ["n01440764", "tench"].
        if all(len(v) == 2 and all(isinstance(part, str) for part in v) for v in values):
            return [named_row(f"{first} {second}") for first, second in values]
        return None
    if values and all(isinstance(v, dict) for v in values):
        columns = {}
        for key in values[0]:
            field = field_of(key)
            if field is not None and field not in columns and all(key in v for v in values):
                columns[field] = [_text(v[key]) for v in values]
        if columns.keys() & {"zh", "en", "name"}:
            return rows_from_columns(columns, len(values), first_line=1)
    return None


def _text(value: Any) -> str:  # noqa: ANN401 (JSON)
    if isinstance(value, list):
        return "|".join(map(str, value))
    return "" if value is None else str(value)


def _refuse_placeholders(rows: list[Row], path: str) -> None:
    if all(PLACEHOLDER.fullmatch(row.en) for row in rows):
        raise ModelError(
            "invalid-labels",
            zh=f"{path} 里只有占位的名称（{rows[0].en} …），没有真正的标签：请另给一份标签文件。",
            en=f"{path} holds only placeholders ({rows[0].en} …): give the real labels in a file.",
        )
