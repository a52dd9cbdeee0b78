"""Is a rebuilt bundle the committed one, and if not, what is different?"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Snapshot:
    """A bundle's model at one moment: the file's sha256 and its manifest as JSON."""

    sha256: str
    manifest: dict[str, Any]


def snapshot(bundle: Path) -> Snapshot | None:
    """The bundle as it lies there, or None when there is none yet."""
    models = sorted(bundle.glob("*.onnx"))
    manifest = bundle / "manifest.json"
    if len(models) != 1 or not manifest.exists():
        return None
    digest = hashlib.sha256(models[0].read_bytes()).hexdigest()
    return Snapshot(digest, json.loads(manifest.read_text(encoding="utf-8")))


def explain(before: Snapshot | None, after: Snapshot) -> list[str]:
    """One line when the bytes are the same or new; else a line for each cause that can be seen."""
    if before is None:
        return [f"新建 new: {after.sha256}"]
    if before.sha256 == after.sha256:
        return [f"与原来逐字节相同 identical: {after.sha256}"]
    causes = [
        f"{tool}: {old or '—'} → {new or '—'}"
        for tool, old, new in _differences(before, after, "made_by")
    ]
    if before.manifest["labels"] != after.manifest["labels"]:
        causes.append("标签变了 the labels changed")
    if _weights(before) == _weights(after):
        causes.append("权重相同 the weights are the same")
    elif not causes:
        causes.append(
            "工具版本相同而权重不同：处理器的末位舍入不同（随附的模型是在 x86-64 上用 AVX2 做的），"
            "或流水线的代码、配方变了。 "
            "Same tools, other weights: this processor rounds its last bits otherwise (the models "
            "that ship were made on x86-64 by AVX2), or the pipeline's code or recipe changed."
        )
    return [f"{before.sha256} → {after.sha256}", *causes]


def _weights(of: Snapshot) -> str | None:
    parity = of.manifest.get("parity") or {}
    digest: str | None = parity.get("weights_sha256")
    return digest


def _differences(
    before: Snapshot, after: Snapshot, key: str
) -> list[tuple[str, str | None, str | None]]:
    old, new = before.manifest[key], after.manifest[key]
    names = sorted({*old, *new})
    return [(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)]
