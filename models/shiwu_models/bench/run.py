"""The rounds: every subject once, then every subject again, so that noise meets them all alike."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pydantic import ValidationError

from shiwu_models.bench.child import Request
from shiwu_models.bench.result import Bench, Engine, Round, summarise
from shiwu_models.errors import ErrorCode, ModelError
from shiwu_models.manifest import Manifest
from shiwu_models.preprocess import preprocess

PACKAGES = Path(__file__).resolve().parents[2]
# A run is a second at the very most; what takes this long hangs.
LIMIT_S = 600


@dataclass(frozen=True)
class Subject:
    """One row of the table to be: an engine and what it runs."""

    engine: Engine
    source: str
    factory: str | None = None
    weights: Path | None = None


def bench(
    subjects: list[Subject],
    model: Path,
    manifest: Manifest,
    photo: Path,
    *,
    runs: int = 100,
    rounds: int = 5,
    warm_up: int = 10,
    threads: int = 1,
    seen: Callable[[str], None] = lambda _: None,
) -> Bench:
    """Measure each subject ``runs`` times, a batch of one, over ``rounds`` processes of its own.

    ``model`` is the packed .onnx of ``manifest``; ``photo`` is what all of them look at. Every
    process warms up by ``warm_up`` runs that do not count. ``seen`` is told which subject comes
    next. Raises ModelError as the engines do, ``load-failed`` when a process dies.
    """
    rounds = min(rounds, runs)
    measured: list[list[Round]] = [[] for _ in subjects]
    with TemporaryDirectory(prefix="shiwu-") as folder:
        tensor = Path(folder) / "input.npy"
        np.save(tensor, preprocess(photo, manifest.input, manifest.resize))
        for number in range(rounds):
            share = runs // rounds + (number < runs % rounds)
            for subject, row in zip(subjects, measured, strict=True):
                seen(subject.source)
                request = Request(
                    engine=subject.engine,
                    source=subject.source,
                    factory=subject.factory,
                    weights=str(subject.weights) if subject.weights else None,
                    model=str(model.resolve()),
                    tensor=str(tensor),
                    photo=str(photo.resolve()),
                    threads=threads,
                    warm_up=warm_up,
                    runs=share,
                )
                row.append(_run(request))
    return Bench(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        system=platform.platform(terse=True),
        python=platform.python_version(),
        threads=threads,
        warm_up=warm_up,
        runs=runs,
        rounds=rounds,
        rows=[
            summarise(subject.engine, _called(subject, model), row)
            for subject, row in zip(subjects, measured, strict=True)
        ],
    )


def _run(request: Request) -> Round:
    threads = str(request["threads"])
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(
            [str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
        ),
        # The libraries below PyTorch and NumPy have threads of their own.
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "shiwu_models.bench.child"],
            input=json.dumps(request),
            capture_output=True,
            encoding="utf-8",
            env=environment,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _died(request, f"> {LIMIT_S} s") from error
    line = done.stdout.strip().rsplit("\n", 1)[-1]
    try:
        answer = json.loads(line)
        if "error" in answer:
            raise _error(request, answer["error"])
        return Round.model_validate(answer)
    except (json.JSONDecodeError, ValidationError) as error:
        last = done.stderr.strip().rsplit("\n", 1)[-1]
        raise _died(request, last or f"exit status {done.returncode}") from error


def _error(request: Request, error: dict[str, str | None]) -> ModelError:
    code = error["code"]
    if code is None:
        return _died(request, error["en"] or "")
    known: ErrorCode = code  # type: ignore[assignment]  # only ModelError has one
    return ModelError(known, zh=error["zh"] or "", en=error["en"] or "")


def _died(request: Request, what: str) -> ModelError:
    return ModelError(
        "load-failed",
        zh=f"测 {request['engine']}（{request['source']}）的进程没有给出结果：{what}。"
        "请先用 verify 或 inspect 看这个模型能否运行；内存不足时关掉别的程序再测。",
        en=f"The process that measures {request['engine']} ({request['source']}) gave no result: "
        f"{what}. See with verify or inspect whether the model runs; if memory is short, close "
        "other programs.",
    )


def _called(subject: Subject, model: Path) -> str:
    if subject.engine == "preprocess":
        return model.name
    return Path(subject.source).name if subject.engine != "pytorch" else subject.source


def _cpu() -> str:
    """The processor's name as the system gives it."""
    table = Path("/proc/cpuinfo")
    if table.exists():
        for line in table.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
