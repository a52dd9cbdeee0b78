"""Which engine the page runs a model with, why, and how long each step of ours takes."""

from pathlib import Path
from typing import Any

from shiwu_models.errors import ModelError
from shiwu_models.verify.browser import check_ready
from shiwu_models.verify.engine import NotTaken, OwnEngine

Facts = dict[str, Any]
# Where the model leaves the sides free, and none are given.
USUAL = (224, 224)


def own_engine(path: Path, size: tuple[int, int] | None, *, profile: bool = False) -> Facts:
    """``engine`` is ``shiwu``, ``onnxruntime``, or None where Node or the build is missing.

    ``reason`` says in the core's words why it is not ours. With ``profile``, ours is timed on one
    thread under Node: medians of some runs, after some that do not count.
    """
    facts: Facts = {"engine": None, "reason": None, "arena_bytes": None, "profile": None}
    try:
        check_ready()
    except ModelError:
        if profile:
            raise
        return facts
    try:
        with OwnEngine(path, size or USUAL) as engine:
            facts |= {"engine": "shiwu", "arena_bytes": engine.arena_bytes}
            if profile:
                facts["profile"] = _profile(engine)
    except NotTaken as refused:
        facts |= {"engine": "onnxruntime", "reason": refused.reason}
    return facts


def _profile(engine: OwnEngine) -> Facts:
    times = engine.profile()
    return {
        "run_ms": round(times.run_ms, 3),
        "steps": [
            {
                "kind": step.kind,
                "ms": round(ms, 4),
                "macs": step.macs,
                "weight_bytes": step.weight_bytes,
            }
            for step, ms in zip(engine.steps, times.step_ms, strict=True)
        ],
    }
