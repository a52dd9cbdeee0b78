"""Labelled photos: by file name, by folder, or by a csv; and what a written label means."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from shiwu_models.errors import ModelError
from shiwu_models.labels.encoding import decode
from shiwu_models.labels.tables import Label

# What Pillow opens and people have photos in.
SUFFIXES = {".jpeg", ".jpg", ".png", ".webp", ".bmp", ".gif", ".avif", ".tif", ".tiff"}
SEPARATOR = "|"  # between the labels of one photo in a csv
FILE_COLUMNS = ("file", "文件")
LABEL_COLUMNS = ("label", "标签")


@dataclass(frozen=True)
class Sample:
    """A photo and the classes that it shows: one for a single-label model, any number else."""

    path: Path
    classes: tuple[int, ...]


@dataclass
class Dataset:
    """The samples in order, and the photos whose label no class has: (file, label as written)."""

    samples: list[Sample] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)


class Names:
    """From a label as people write it to the class's index.

    Tried in this order: id, Chinese name, English name, alias, index. Case does not count, and an
    underscore is a space. An alias or English name that two classes share means neither.
    """

    def __init__(self, labels: list[Label]) -> None:
        self._ids = {label.id: i for i, label in enumerate(labels) if label.id}
        aliases = [(alias, i) for i, label in enumerate(labels) for alias in label.zh_aliases]
        self._tables = [
            _unambiguous((label.id, i) for i, label in enumerate(labels)),
            _unambiguous((label.zh, i) for i, label in enumerate(labels)),
            _unambiguous((label.en, i) for i, label in enumerate(labels)),
            _unambiguous(aliases),
            {str(i): i for i in range(len(labels))},
        ]

    def find(self, text: str, other: int | None = None) -> int | None:
        """The class's index, or ``other``."""
        wanted = _plain(text)
        return next((table[wanted] for table in self._tables if wanted in table), other)

    def from_file_name(self, name: str) -> int | None:
        """The class of ``<id>_<anything>``; an id may itself hold underscores."""
        parts = name.split("_")
        heads = ("_".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
        return next((self._ids[head] for head in heads if head in self._ids), None)


def answers(labels: list[Label], *, several: bool) -> list[Label]:
    """What a photo can be, in the order of its class's index: the labels.

    Of one label only, where each photo has one (not ``several``), that it is not the thing too, and
    that first: a yes or no.
    """
    if several or len(labels) != 1:
        return labels
    (yes,) = labels
    en = f"not {yes.en}" if yes.en else ""
    return [Label(id="", zh=f"不是{yes.zh}", zh_aliases=(), en=en, categories=()), yes]


def read_dataset(source: Path, labels: list[Label], *, several: bool = False) -> Dataset:
    """The labelled photos of ``source``, in order of path (of line, for a csv).

    ``source`` is a csv with the columns ``file`` and ``label`` (paths are relative to it; with
    ``several``, labels separated by ``|``, or none), or a folder. In a folder each sub-folder is
    named by a label and searched with all below it; pictures that lie in the folder itself are
    named ``<label id>_<anything>``. Raises ModelError ``no-photos`` when there is no photo with a
    known label, ``invalid-labels`` for a csv without those columns, and as ``decode`` does.

    Classes are indices of ``answers``: with one label (a yes or no), photos of another one, by
    folder or csv, are a no.
    """
    names = Names(answers(labels, several=several))
    yes_or_no = len(labels) == 1 and not several
    if source.is_file():
        found = _from_csv(source, names, several=several, other=0 if yes_or_no else None)
    elif source.is_dir():
        found = _from_folder(source, names, other=0 if yes_or_no else None)
    else:
        raise ModelError(
            "no-photos",
            zh=f"没有 {source} 这个文件夹或 csv。请检查路径。",
            en=f"There is no folder or csv {source}. Check the path.",
        )
    # Where not one photo is a yes, the photos are labelled in some other way.
    if all(yes_or_no and sample.classes == (0,) for sample in found.samples):
        written = "、".join(label for _, label in found.unknown[:3])
        raise ModelError(
            "no-photos",
            zh=f"{source.name} 里没有标签认得出的图片"
            + (f"（写的是：{written}）" if written else "")
            + "。请把图片命名为“<类别编号>_<名称>.jpg”，或按类别名分文件夹，"
            "或给出含 file,label 两列的 csv。",
            en=f"{source.name} has no picture whose label the model knows"
            + (f" (found: {written})" if written else "")
            + ". Name the pictures <class id>_<name>.jpg, or put them in folders named by class, "
            "or give a csv with the columns file,label.",
        )
    return found


def _from_folder(folder: Path, names: Names, other: int | None) -> Dataset:
    found = Dataset()
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            truth = names.find(entry.name, other)
            pictures = [path for path in sorted(entry.rglob("*")) if _is_picture(path)]
            for path in pictures:
                _add(found, path, entry.name, truth)
        elif _is_picture(entry):
            written = entry.name.split("_", 1)[0]
            _add(found, entry, written, names.from_file_name(entry.name))
    return found


def _from_csv(file: Path, names: Names, *, several: bool, other: int | None) -> Dataset:
    text = decode(file.read_bytes(), file.name).text
    header = text.split("\n", 1)[0]
    separator = max(",\t;", key=header.count)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
    columns = list(rows[0]) if rows else []
    try:
        file_column = next(name for name in FILE_COLUMNS if name in columns)
        label_column = next(name for name in LABEL_COLUMNS if name in columns)
    except StopIteration:
        raise ModelError(
            "invalid-labels",
            zh=f"{file.name} 的首行应写明 file,label 两列，再至少有一行图片。",
            en=f"{file.name} must begin with the line file,label and list at least one picture.",
        ) from None
    found = Dataset()
    for row in rows:
        path = file.parent / (row[file_column] or "").strip()
        written = (row[label_column] or "").strip()
        if not several:
            _add(found, path, written, names.find(written, other))
            continue
        parts = [part.strip() for part in written.split(SEPARATOR) if part.strip()]
        classes = {part: names.find(part) for part in parts}
        missing = [part for part, index in classes.items() if index is None]
        if missing:
            found.unknown.append((path.name, missing[0]))
        else:
            known = {index for index in classes.values() if index is not None}
            found.samples.append(Sample(path, tuple(sorted(known))))
    return found


def _add(found: Dataset, path: Path, written: str, truth: int | None) -> None:
    if truth is None:
        found.unknown.append((path.name, written))
    else:
        found.samples.append(Sample(path, (truth,)))


def _is_picture(path: Path) -> bool:
    # macOS leaves "._photo.jpg" beside each photo on foreign disks.
    hidden = path.name.startswith(".")
    return path.suffix.lower() in SUFFIXES and not hidden and path.is_file()


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())


def _unambiguous(entries: Iterable[tuple[str, int]]) -> dict[str, int]:
    unique = {(_plain(name), index) for name, index in entries if name}
    counts = Counter(name for name, _ in unique)
    return {name: index for name, index in unique if counts[name] == 1}
