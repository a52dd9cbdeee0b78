"""What ``bench`` measures, as it is printed, written to JSON and read by ``report``."""

from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

Engine = Literal["pytorch", "onnxruntime", "browser", "preprocess"]
ENGINE_NAMES: dict[Engine, str] = {
    "pytorch": "PyTorch",
    "onnxruntime": "ONNX Runtime",
    "browser": "浏览器 browser (wasm)",
    "preprocess": "预处理 preprocessing",
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Round(_Part):
    """One process's life: milliseconds and bytes.

    Start-up is counted from the process's first line of code, so without the interpreter's own.
    """

    import_ms: float  # loading the engine's code
    load_ms: float  # from the file's path to a model that is ready
    first_ms: float  # the first answer
    times_ms: list[float]  # the runs after the warm-up
    peak_bytes: int | None  # the process's largest resident set; None where the system hides it
    version: str  # the engine's


class Row(_Part):
    """One subject over all its rounds. Times in milliseconds."""

    engine: Engine
    model: str  # file name or source
    version: str
    import_ms: float  # start-up figures are medians over the rounds
    load_ms: float
    first_ms: float
    mean_ms: float
    p50_ms: float
    p95_ms: float
    peak_bytes: int | None  # the largest round's
    runs: int

    @property
    def startup_ms(self) -> float:
        """Until the first answer."""
        return self.import_ms + self.load_ms + self.first_ms


class Bench(_Part):
    """The whole table, and the machine that it is true of."""

    cpu: str
    cores: int
    system: str
    python: str
    threads: int
    warm_up: int
    runs: int  # of each subject, all rounds together
    rounds: int
    rows: list[Row]

    def ratio(self, row: Row) -> float | None:
        """The row's p50 as a multiple of PyTorch's; None without PyTorch and for preprocessing."""
        base = next((r.p50_ms for r in self.rows if r.engine == "pytorch"), None)
        if base is None or row.engine == "preprocess":
            return None
        return row.p50_ms / base


def summarise(engine: Engine, model: str, rounds: list[Round]) -> Row:
    """All of a subject's rounds as one row; percentiles are of all runs together."""
    times = np.concatenate([entry.times_ms for entry in rounds])
    peaks = [entry.peak_bytes for entry in rounds if entry.peak_bytes is not None]
    return Row(
        engine=engine,
        model=model,
        version=rounds[0].version,
        import_ms=float(np.median([entry.import_ms for entry in rounds])),
        load_ms=float(np.median([entry.load_ms for entry in rounds])),
        first_ms=float(np.median([entry.first_ms for entry in rounds])),
        mean_ms=float(times.mean()),
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
        peak_bytes=max(peaks, default=None),
        runs=len(times),
    )
