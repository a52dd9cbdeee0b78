"""Answers as Parquet, as CSV that Excel opens, as JSON lines like ``npx shiwu --json``."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shiwu_models.batch.columns import FEATURES, columns_of
from shiwu_models.batch.place import Format
from shiwu_models.classifier import Classified
from shiwu_models.library_errors import PictureError
from shiwu_models.naming import Language

Found = Sequence[Classified | PictureError]

_TEXTS = pa.list_(pa.string())
TYPES = {
    "file": pa.string(),
    "width": pa.int32(),
    "height": pa.int32(),
    "answer_kind": pa.string(),
    "answer_id": pa.string(),
    "answer_zh": pa.string(),
    "answer_en": pa.string(),
    "answer_score": pa.float32(),
    "ids": _TEXTS,
    "labels_zh": _TEXTS,
    "labels_en": _TEXTS,
    "scores": pa.list_(pa.float32()),
    "error": pa.string(),
    "error_detail": pa.string(),
    FEATURES: pa.list_(pa.float32()),
}


def schema(*, features: bool) -> pa.Schema:
    """Of a Parquet file of results."""
    return pa.schema([each for each in TYPES.items() if features or each[0] != FEATURES])


def write_part(
    file: Any,  # noqa: ANN401 (fsspec has no types)
    form: Format,
    pictures: list[str],
    found: Found,
    *,
    features: bool,
    language: Language,
    top_k: int,
) -> None:
    """One row a picture."""
    if form == "parquet":
        columns = {"file": pictures, **columns_of(found, features=features)}
        pq.write_table(pa.table(columns, schema(features=features)), file)
    elif form == "csv":
        file.write(_csv(pictures, found, language, top_k, features=features))
    else:
        rows = zip(pictures, found, strict=True)
        file.write("".join(_json_line(each, answer) for each, answer in rows).encode())


def heading(form: Format, top_k: int, *, features: bool) -> bytes:
    """What stands above the first part; the mark by which Excel knows UTF-8."""
    if form != "csv":
        return b""
    names = ["file", "answer", "answer_kind", "answer_score"]
    for rank in range(1, top_k + 1):
        names += [f"name{rank}", f"score{rank}"]
    return ("\ufeff" + _line([*names, "error", *(["features"] if features else [])])).encode()


def _csv(
    pictures: list[str], found: Found, language: Language, top_k: int, *, features: bool
) -> bytes:
    lines = []
    for picture, each in zip(pictures, found, strict=True):
        if isinstance(each, PictureError):
            said = f"{each.code}: {each.zh if language == 'zh' else each.en}"
            cells = [picture, *[""] * (3 + 2 * top_k), said]
        else:
            answer, predictions = each.answer["answer"], each.answer["predictions"]
            cells = [picture, answer[f"label_{language}"], answer["kind"], _score(answer)]
            for one in predictions:
                cells += [one[f"label_{language}"], _score(one)]
            cells += [""] * (2 * (top_k - len(predictions)) + 1)
        if features:
            some = None if isinstance(each, PictureError) else each.features
            cells.append("" if some is None else " ".join(f"{v:.6g}" for v in some))
        lines.append(_line(cells))
    return "".join(lines).encode()


def _score(named: dict[str, Any]) -> str:
    return f"{named['score']:.6f}"


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    # A cell that begins with =, +, - or @ would run as a formula.
    safe = [f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in cells]
    csv.writer(text, lineterminator="\r\n").writerow(safe)
    return text.getvalue()


def _json_line(picture: str, found: Classified | PictureError) -> str:
    row: dict[str, Any] = {"file": picture}
    if isinstance(found, PictureError):
        row["error"] = found.plain()
    else:
        row |= found.answer
        if found.features is not None:
            row["features"] = [float(f"{value:.8g}") for value in found.features]
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
