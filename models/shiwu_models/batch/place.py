"""Where results go, wherever fsspec writes: a folder of Parquet, or one file of CSV or JSON lines.

Beside them lies a folder of the work in progress: the plan, and for one file the parts it is joined
of. Nothing is ever half there: files are written under another name and then moved.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from uuid import uuid4

from shiwu_models.batch.reading import file_system
from shiwu_models.errors import ModelError

Format = Literal["parquet", "csv", "jsonl"]
ENDINGS: dict[str, Format] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


class _Writing:
    """A file that is not there until it is whole."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 (fsspec has no types)
        self._file = file
        self.discarded = False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._file, name)

    def discard(self) -> None:
        """There is nothing to write after all."""
        self.discarded = True


class Place:
    """One output."""

    def __init__(self, out: str) -> None:
        """Raises ModelError ``other-results`` for an ending that is none of ``ENDINGS``."""
        self.out = out
        found = next((f for end, f in ENDINGS.items() if out.lower().endswith(end)), None)
        if found is None:
            endings = " ".join(ENDINGS)
            raise ModelError(
                "other-results",
                zh=f"--out {out}：结尾要是 {endings} 之一。",
                en=f"--out {out} must end in one of {endings}.",
            )
        self.format: Format = found
        address = out if "://" in out else os.path.abspath(out)  # noqa: PTH100 (fsspec wants text)
        self._system, self._out = file_system(address)
        self._out = self._out.rstrip("/")
        # Arrow and Spark leave out what begins with an underscore when they read the folder.
        self._work = f"{self._out}/_work" if found == "parquet" else f"{self._out}.work"
        self._parts = self._out if found == "parquet" else f"{self._work}/parts"
        self._system.makedirs(self._work, exist_ok=True)
        self._system.makedirs(self._parts, exist_ok=True)

    def part_path(self, name: str) -> str:
        """Of a part's results."""
        return f"{self._parts}/{name}.{self.format}"

    def done(self) -> set[str]:
        """Names of the parts whose results are there."""
        self._system.invalidate_cache()
        ending = f".{self.format}"
        names = (
            str(path).rpartition("/")[2] for path in self._system.ls(self._parts, detail=False)
        )
        return {
            n.removesuffix(ending) for n in names if n.startswith("part-") and n.endswith(ending)
        }

    def work_files(self) -> list[str]:
        """Names of the files of the work in progress."""
        self._system.invalidate_cache()
        return [str(path).rpartition("/")[2] for path in self._system.ls(self._work, detail=False)]

    def read(self, name: str) -> bytes | None:
        """A small file of the work; None where there is none."""
        path = f"{self._work}/{name}"
        if not self._system.exists(path):
            return None
        data: bytes = self._system.cat_file(path)
        return data

    def write(self, name: str, data: bytes) -> None:
        """A small file of the work."""
        with self.writing(name) as file:
            file.write(data)

    def reading(self, name: str) -> Any:  # noqa: ANN401
        """A file of the work, open; of a part's results, by ``part_path``."""
        return self._system.open(f"{self._work}/{name}", "rb")

    @contextmanager
    def writing(self, name: str) -> Iterator[_Writing]:
        """A file of the work."""
        with self._whole(f"{self._work}/{name}") as file:
            yield file

    @contextmanager
    def writing_part(self, name: str) -> Iterator[_Writing]:
        """A part's results."""
        with self._whole(self.part_path(name)) as file:
            yield file

    def join(self, names: list[str], heading: bytes) -> None:
        """Parts' results, in order, to the one file; a folder of Parquet is whole as it is."""
        if self.format == "parquet":
            return
        with self._whole(self._out) as file:
            file.write(heading)
            for name in names:
                with self._system.open(self.part_path(name), "rb") as part:
                    while piece := part.read(1 << 20):
                        file.write(piece)

    @contextmanager
    def _whole(self, path: str) -> Iterator[_Writing]:
        folder, _, name = path.rpartition("/")
        aside = f"{folder}/.{name}.{uuid4().hex[:8]}"
        file = self._system.open(aside, "wb")
        writing = _Writing(file)
        try:
            yield writing
        except BaseException:
            file.close()
            self._system.rm_file(aside)
            raise
        file.close()
        if writing.discarded:
            self._system.rm_file(aside)
        else:
            self._system.mv(aside, path)
