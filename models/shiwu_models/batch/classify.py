"""``Classify``: a batch of pictures to a batch of answers, for Ray Data, Spark and Dask alike."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from shiwu_models.batch.columns import COLUMNS, FEATURES, columns_of
from shiwu_models.batch.reading import Reader
from shiwu_models.classifier import Classified, Classifier, Wanted, read_model
from shiwu_models.library_errors import PictureError
from shiwu_models.naming import Asked
from shiwu_models.picture import MAX_PIXELS, Precision

Batch = TypeVar("Batch")

RUN = 16  # pictures in one run of the network: 10 MB of input at 224 × 224

# What Spark's mapInPandas wants to know beforehand, for a table whose only other column is `file`.
SPARK_SCHEMA = (
    "file string, width int, height int, answer_kind string, answer_id string, answer_zh string, "
    "answer_en string, answer_score float, ids array<string>, labels_zh array<string>, "
    "labels_en array<string>, scores array<float>, error string, error_detail string"
)


class Classify:
    """A callable class: one model, any number of batches.

    A batch is a mapping of columns (Ray Data's and NumPy's form) or a pandas DataFrame; the answer
    is of the same kind. Pictures are in the column ``bytes`` (files as they are, not pixels), or
    else ``file`` has their addresses, read by fsspec. All other columns are kept, ``bytes`` is left
    out, and these are added: ``width`` and ``height`` (upright, pixels), ``answer_kind``
    (``class``, ``category``, ``unknown``), ``answer_id``, ``answer_zh``, ``answer_en``,
    ``answer_score``; ``ids``, ``labels_zh``, ``labels_en`` and ``scores``, lists with the best
    first; ``error`` and ``error_detail``: the library's code, None where all is well. With
    ``features`` also ``features``, the embedding as a list of float32.

    The model is sent along as bytes, so that it need not lie on every machine, and opened at the
    first call of each process. Raises ModelError where it is no packed model.
    """

    def __init__(
        self,
        model: Path | str | bytes,
        *,
        top_k: int = 5,
        threshold: float | None = None,
        features: bool = False,
        precision: Precision = "fast",
        max_pixels: int = MAX_PIXELS,
        threads: int = 1,
    ) -> None:
        """``threads`` of one run: 1 where as many processes run as there are cores."""
        self._model = model if isinstance(model, bytes) else read_model(Path(model))
        self._threads = threads
        asked = Asked(top_k=top_k, threshold=threshold)
        self._wanted = Wanted(asked, features, precision, max_pixels)
        self._opened: tuple[Classifier, Reader] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What travels to another process: the file, not the session made of it."""
        return self.__dict__ | {"_opened": None}

    def __call__(self, batch: Batch) -> Batch:
        """The same rows in the same order, with answers."""
        table: Any = batch
        given = "bytes" if "bytes" in table else "file"
        found = self.answers(list(table[given]), addresses=given == "file")
        made = columns_of(found, features=self._wanted.features)
        if isinstance(table, Mapping):
            kept = {name: values for name, values in table.items() if name != "bytes"}
            arrays: Any = kept | {name: _array(values) for name, values in made.items()}
            return arrays  # type: ignore[no-any-return]
        answer: Batch = table.drop(columns="bytes", errors="ignore").assign(**made)
        return answer

    def answers(
        self, pictures: Sequence[Any], *, addresses: bool
    ) -> list[Classified | PictureError]:
        """The answers alone, in order, of files' bytes or of their ``addresses``."""
        classifier, reader = self._open()
        read = reader.read_all(pictures) if addresses else map(_bytes, pictures)
        found: list[Classified | PictureError] = []
        waiting: list[bytes] = []
        places: list[int] = []
        for place, data in enumerate(read):
            if isinstance(data, PictureError):
                found.append(data)
            else:
                found.append(PictureError("inference-failed"))  # until the network has run
                waiting.append(data)
                places.append(place)
            if len(waiting) == RUN or (waiting and place + 1 == len(pictures)):
                for at, answer in zip(
                    places, classifier.classify(waiting, self._wanted), strict=True
                ):
                    found[at] = answer
                waiting, places = [], []
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that are added."""
        return (*COLUMNS, *([FEATURES] if self._wanted.features else []))

    def _open(self) -> tuple[Classifier, Reader]:
        if self._opened is None:
            self._opened = Classifier(self._model, self._threads), Reader()
        return self._opened


def _bytes(data: Any) -> bytes | PictureError:  # noqa: ANN401 (whatever the engine's column holds)
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data)
    return PictureError("unreadable-input", f"a {type(data).__name__} in the place of bytes")


def _array(values: list[Any]) -> "np.ndarray[Any, Any]":
    """A column for NumPy; of lists, and where values are missing, of objects."""
    array = np.empty(len(values), object)
    array[:] = values
    return array
