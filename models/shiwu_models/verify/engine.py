"""Our own engine as a child process: the C++ core in wasm, under Node."""

import json
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from shiwu_models.errors import ModelError
from shiwu_models.verify.browser import PROGRAM, check_ready


class NotTaken(Exception):  # noqa: N818 (an answer, not a mishap)
    """The engine does not run the model; ``reason`` is the core's, such as "operator Resize"."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Step:
    """A step of the engine's plan."""

    kind: str
    macs: int
    weight_bytes: int


@dataclass(frozen=True)
class Profile:
    """Medians over the runs, in milliseconds."""

    step_ms: list[float]
    run_ms: float


class OwnEngine:
    """A model in our engine. A context manager: the process ends with it.

    ``size`` [height, width] is taken where the model leaves them free. Raises NotTaken, and
    ModelError ``browser-path`` when Node, the build or the packages are missing.
    """

    def __init__(self, model: Path, size: tuple[int, int] = (224, 224)) -> None:
        node = check_ready()
        self._folder = TemporaryDirectory(prefix="shiwu-")
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            [node, str(PROGRAM), "engine", str(model), *map(str, size)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        try:
            started = self._line()
            if error := started.get("error"):
                raise NotTaken(error["code"], error["detail"])
            self.input_shape: list[int] = started["input"]["dims"]
            self.output_names: list[str] = [port["name"] for port in started["outputs"]]
            self._output_shapes: list[list[int]] = [port["dims"] for port in started["outputs"]]
            self.arena_bytes: int = started["arena_bytes"]
            self.steps = [
                Step(step["kind"], int(step["macs"]), int(step["weight_bytes"]))
                for step in started["steps"]
            ]
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        with suppress(BrokenPipeError):
            self._process.communicate(timeout=10)
        self._folder.cleanup()

    def run(self, tensor: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Every output by its name, of one NCHW tensor."""
        folder = Path(self._folder.name)
        given = folder / "given.f32"
        given.write_bytes(np.ascontiguousarray(tensor, dtype="<f4").tobytes())
        self._ask(op="run", tensor=str(given), out=str(folder))
        return {
            name: np.fromfile(folder / f"{i}.f32", dtype="<f4").reshape(shape)
            for i, (name, shape) in enumerate(
                zip(self.output_names, self._output_shapes, strict=True)
            )
        }

    def profile(self, runs: int = 11, warm_up: int = 5) -> Profile:
        """Time the steps, and whole runs, on whatever the input holds."""
        answer = self._ask(op="profile", runs=runs, warmUp=warm_up)
        return Profile([median(step) for step in answer["step_ms"]], median(answer["run_ms"]))

    def _ask(self, **request: object) -> dict[str, Any]:
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(BrokenPipeError):  # _line says that it has ended
            stdin.write(json.dumps(request) + "\n")
            stdin.flush()
        answer = self._line()
        if error := answer.get("error"):
            raise _ended(str(error["detail"]))
        return answer

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise _ended("Node")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _ended(detail: str) -> ModelError:
    return ModelError(
        "browser-path",
        zh=f"shiwu 自己的引擎意外结束：{detail}。请运行 npm run build 后再试。",
        en=f"shiwu's own engine ended early: {detail}. Run npm run build and try again.",
    )
