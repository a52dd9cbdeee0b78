"""Which picture belongs to which part: written down once, so that a part is the same for ever.

A part has some hundred pictures and one file of results, whose name says which part it is. Who does
a part again, after a crash or beside a worker that was only thought to be dead, writes the same
rows under the same name: that is why each picture has exactly one row.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shiwu_models.batch.place import Place
from shiwu_models.errors import ModelError

# Small parts first, so that few pictures are shared out among many cores as well.
SMALLEST, LARGEST, GROWTH = 32, 1024, 32
SCHEMA = pa.schema([("file", pa.string())])
RUN = "run.json"


@dataclass(frozen=True)
class Part:
    """One part: the row group ``number`` of the plan's file ``plan``."""

    plan: int
    number: int
    pictures: int

    @property
    def name(self) -> str:
        """Of its file of results, without the ending."""
        return f"part-{self.plan:03d}-{self.number:06d}"


class Plan:
    """The plan's files of one output: one more for each run that found new pictures."""

    def __init__(self, place: Place) -> None:
        """Of the output at ``place``."""
        self._place = place

    def check_options(self, options: dict[str, Any]) -> None:
        """Remembers them the first time. Raises ModelError ``other-results`` where results of
        another model or other options are there already."""
        text = json.dumps(options, ensure_ascii=False, sort_keys=True)
        there = self._place.read(RUN)
        if there is None:
            self._place.write(RUN, text.encode())
        elif there.decode() != text:
            raise ModelError(
                "other-results",
                zh=f"{self._place.out} 里已有用别的模型或选项得到的结果。"
                "请换一个 --out，或先删掉它。",
                en=f"{self._place.out} has results of another model or other options. Name another "
                "--out, or delete it first.",
            )

    def add(self, pictures: Iterator[str]) -> None:
        """Plans what is not planned yet; a picture that comes twice counts once."""
        seen = {_digest(each) for plan in self._plans() for each in self._files(plan)}
        number = max(self._plans(), default=-1) + 1
        writer = None
        count = 0
        waiting: list[str] = []
        with self._place.writing(_name(number)) as file:
            for picture in pictures:
                key = _digest(picture)
                if key in seen:
                    continue
                seen.add(key)
                waiting.append(picture)
                count += 1
                if len(waiting) >= min(LARGEST, max(SMALLEST, count // GROWTH)):
                    writer = writer or pq.ParquetWriter(file, SCHEMA)
                    writer.write_table(pa.table({"file": waiting}, SCHEMA))
                    waiting = []
            if waiting:
                writer = writer or pq.ParquetWriter(file, SCHEMA)
                writer.write_table(pa.table({"file": waiting}, SCHEMA))
            if writer:
                writer.close()
            else:
                file.discard()

    def parts(self) -> Iterator[Part]:
        """All of them, in order."""
        for plan in self._plans():
            with self._place.reading(_name(plan)) as file:
                meta = pq.ParquetFile(file).metadata
                for number in range(meta.num_row_groups):
                    yield Part(plan, number, meta.row_group(number).num_rows)

    def pictures(self, part: Part) -> list[str]:
        """Addresses, in order."""
        with self._place.reading(_name(part.plan)) as file:
            found: list[str] = pq.ParquetFile(file).read_row_group(part.number)["file"].to_pylist()
        return found

    def plain(self, part: Part) -> dict[str, int]:
        """A part as a row for Ray."""
        return asdict(part)

    def _plans(self) -> list[int]:
        names = [name for name in self._place.work_files() if name.startswith("plan-")]
        return sorted(int(name.removeprefix("plan-").removesuffix(".parquet")) for name in names)

    def _files(self, plan: int) -> Iterator[str]:
        with self._place.reading(_name(plan)) as file:
            for batch in pq.ParquetFile(file).iter_batches():
                yield from batch.column(0).to_pylist()


def _name(plan: int) -> str:
    return f"plan-{plan:03d}.parquet"


def _digest(picture: str) -> bytes:
    return blake2b(picture.encode("utf-8", "surrogatepass"), digest_size=16).digest()
