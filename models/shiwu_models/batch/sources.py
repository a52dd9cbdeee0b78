"""What people name, folders, globs, lists, archives, addresses, to the pictures meant."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shiwu_models.batch.reading import Archive, archive_kind, file_system
from shiwu_models.errors import ModelError

# By which pictures in folders and archives are told; a file that is named itself is taken as is.
SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".dib"),
    *(".webp", ".avif", ".heic", ".heif"),
)
LISTS = (".csv", ".tsv", ".txt", ".parquet")
COLUMNS = ("file", "path", "image", "filename", "url", "uri", "文件", "路径", "图片")
GLOB = set("*?[")


def pictures_of(sources: list[str], column: str | None = None) -> Iterator[str]:
    """Absolute addresses, in an order that is the same each time; one may come twice.

    ``column`` of CSV and Parquet lists; by default one that is called so. Raises ModelError
    ``no-photos`` for a source that is not there or cannot be read.
    """
    for source in sources:
        try:
            yield from _of(source, column)
        except ModelError:
            raise
        except Exception as error:  # each store, list and archive has errors of its own
            raise ModelError(
                "no-photos",
                zh=f"读不出 {source}：{error}。请检查路径、权限和内容。",
                en=f"Cannot read {source}: {error}. Check the path, the access and its content.",
            ) from error


def _of(source: str, column: str | None) -> Iterator[str]:
    address = source if "://" in source else str(Path(source).absolute())
    system, path = file_system(address)
    scheme = address.partition("://")[0] + "://" if "://" in address else ""
    back = _Back(system, scheme)
    if GLOB & set(source) and not system.exists(path):
        matches = [m for m in sorted(system.glob(path)) if not m.rpartition("/")[2].startswith(".")]
        if not matches:
            raise _nothing(source)
        for match in matches:
            yield from _below(system, match, back)
    elif system.isdir(path):
        yield from _below(system, path, back)
    elif not system.exists(path):
        raise _nothing(source)
    elif address.lower().endswith(LISTS):
        yield from _listed(system, path, address, column)
    elif archive_kind(address):
        yield from _members(back(path))
    else:
        yield back(path)


class _Back:
    """A file system's path to an address that ``file_system`` opens again."""

    def __init__(self, system: Any, scheme: str) -> None:  # noqa: ANN401 (fsspec has no types)
        self._system, self._scheme = system, scheme

    def __call__(self, path: str) -> str:
        if not self._scheme:
            return path
        if self._scheme in ("http://", "https://"):
            return path
        return self._scheme + str(path).removeprefix(self._scheme)


def _below(system: Any, path: str, back: _Back) -> Iterator[str]:  # noqa: ANN401
    """A folder's pictures and archives, folder by folder; hidden ones are left out."""
    if not system.isdir(path):
        yield from _file(path, back)
        return
    for folder, folders, files in system.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield from _file(f"{str(folder).rstrip('/')}/{name}", back)


def _file(path: str, back: _Back) -> Iterator[str]:
    if archive_kind(path):
        yield from _members(back(path))
    elif path.lower().endswith(SUFFIXES):
        yield back(path)


def _members(address: str) -> Iterator[str]:
    kind = archive_kind(address)
    assert kind is not None
    archive = Archive(kind, address)
    try:
        for name in archive.members():
            base = name.rpartition("/")[2]
            if base.lower().endswith(SUFFIXES) and not base.startswith("."):
                yield f"{kind}://{name}::{address}"
    finally:
        archive.close()


def _listed(system: Any, path: str, address: str, column: str | None) -> Iterator[str]:  # noqa: ANN401
    """What a list names, from its own folder on where it is relative."""
    folder = address.rpartition("/")[0]
    with system.open(path, "rb") as file:
        for entry in _entries(file, address, column):
            if entry:
                absolute = "://" in entry or entry.startswith("/") or Path(entry).is_absolute()
                yield entry if absolute else f"{folder}/{entry}"


def _entries(file: Any, address: str, column: str | None) -> Iterator[str]:  # noqa: ANN401
    lower = address.lower()
    if lower.endswith(".parquet"):
        import pyarrow.parquet as pq

        table = pq.ParquetFile(file)
        name = _column(table.schema_arrow.names, column, address)
        for batch in table.iter_batches(columns=[name]):
            yield from (str(value) for value in batch.column(0).to_pylist() if value is not None)
        return
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    if lower.endswith(".txt"):
        yield from (line.rstrip("\r\n") for line in text)
        return
    rows = csv.reader(text, delimiter="\t" if lower.endswith(".tsv") else ",")
    heading = next(rows, [])
    at = heading.index(_column(heading, column, address))
    yield from (row[at] for row in rows if len(row) > at)


def _column(names: list[str], wanted: str | None, address: str) -> str:
    candidates = (wanted,) if wanted else COLUMNS
    found = next((name for each in candidates for name in names if name.strip() == each), None)
    if found is None:
        have = ", ".join(names[:8])
        raise ModelError(
            "no-photos",
            zh=f"{address} 里没有图片地址那一列；有的是：{have}。请用 --column 指出。",
            en=f"{address} has no column of pictures; it has {have}. Name it by --column.",
        )
    return found


def _nothing(source: str) -> ModelError:
    return ModelError(
        "no-photos",
        zh=f"找不到 {source}。请检查路径或通配符。",
        en=f"There is nothing at {source}. Check the path or the glob.",
    )
