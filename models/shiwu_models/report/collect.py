"""Gather the report's data: measure what is cheap, read what other commands wrote."""

import base64
import hashlib
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
from PIL import Image
from pydantic import BaseModel, TypeAdapter, ValidationError

from shiwu_models.errors import ModelError
from shiwu_models.graph import load_model
from shiwu_models.inspection.inspect import inspect
from shiwu_models.labels.tables import Label, parse_labels
from shiwu_models.pack import tools, unpack
from shiwu_models.preprocess import load_image
from shiwu_models.quantize.curve import Row
from shiwu_models.report.data import (
    Answer,
    Arrow,
    Consistency,
    Overview,
    Pair,
    Report,
    Specimen,
)
from shiwu_models.verify.opening import Wanted, opened
from shiwu_models.verify.verify import PathName, PhotoReport
from shiwu_models.verify.verify import Report as Verified

POINTS = 2400  # of a scatter plot: 40 kB, and more cannot be told apart
THUMBNAIL = 320  # pixels of the longer side
SPECIMENS = 12
PATHS: dict[PathName, str] = {
    "pytorch": "PyTorch",
    "onnxruntime": "ONNX Runtime",
    "browser": "浏览器路径 browser",
}
SIDES: dict[Literal["torch", "browser"], tuple[PathName, PathName]] = {
    "torch": ("pytorch", "onnxruntime"),
    "browser": ("onnxruntime", "browser"),
}
Part = TypeVar("Part", bound=BaseModel)


def collect(model: Path) -> Report:
    """What the file itself says: overview and structure. Raises ModelError ``invalid-model`` or
    ``invalid-manifest``."""
    data = model.read_bytes() if model.is_file() else b""
    packed = unpack(load_model(model))
    facts = inspect(model)
    sizes = facts["bytes"]
    versions = "，".join(f"{name} {version}" for name, version in tools("onnx").items())
    return Report(
        overview=Overview(
            file=model.name,
            sha256=hashlib.sha256(data).hexdigest(),
            manifest=packed.manifest,
            raw=sizes["raw"],
            gzip=sizes["gzip"],
            brotli=sizes["brotli"],
        ),
        structure=facts,
        labels=parse_labels(packed.labels),
        made=f"{datetime.now(UTC):%Y-%m-%d}，{versions}",
    )


def look(
    model: Path,
    photos: Sequence[Path],
    *,
    torch: str | None,
    factory: str | None,
    browser: bool,
    seen: Callable[[str], None] = lambda _: None,
) -> tuple[Verified, list[Specimen]]:
    """Every path on every photo, and the first photos as specimens. Raises as ``verify``'s do.

    ``seen`` is told each photo's name when it is done.
    """
    reports: list[PhotoReport] = []
    specimens: list[Specimen] = []
    wanted = Wanted(model=model, torch=torch, factory=factory, browser=browser)
    with opened(wanted) as session:
        labels = parse_labels(session.packed.labels)
        for photo in photos:
            report = session.verifier.photo(photo)
            reports.append(report)
            if len(specimens) < SPECIMENS:
                specimens.append(_specimen(photo, report, labels))
            seen(photo.name)
        return Verified(tuple(reports), session.carried, session.rounded), specimens


def consistency(verified: Verified) -> Consistency | None:
    """The paths' agreement, with points for the plots; None when only one path was asked for."""
    pairs = [pair for which in SIDES if (pair := _pair(verified, which)) is not None]
    if not pairs:
        return None
    beside_browser = bool(verified.pairs("browser"))
    return Consistency(
        agree=verified.agree,
        carried=verified.carried,
        pairs=pairs,
        arrows=_arrows(verified) if beside_browser else [],
    )


def consistency_from_json(path: Path) -> Consistency:
    """The same from ``verify --json``, which holds no logits and so gives no scatter plot.

    Raises ModelError ``unreadable-text``.
    """
    content = _json(path)
    try:
        pairs = []
        for which, sides in SIDES.items():
            if which not in content["pairs"]:
                continue
            found = content["pairs"][which]
            each = [photo[which]["scores"] for photo in content["each"] if photo[which]]
            x_name, y_name = (PATHS[side] for side in sides)
            pairs.append(
                Pair(
                    name=f"{x_name} – {y_name}",
                    x_name=x_name,
                    y_name=y_name,
                    photos=len(each),
                    same_top5=found["same_top5"],
                    allclose=found["allclose"],
                    largest_score=found["max_score_difference"],
                    largest_logit=found["max_logit_difference"],
                    least_cosine=found["min_cosine"],
                    deltas=each,
                )
            )
        return Consistency(
            agree=content["agree"], carried=content["carried_weights"], pairs=pairs, arrows=[]
        )
    except (KeyError, TypeError) as error:
        raise _not_ours(path, "verify --json") from error


def read_part(path: Path, kind: type[Part], command: str) -> Part:
    """A JSON that ``command`` wrote. Raises ModelError ``unreadable-text``."""
    try:
        return kind.model_validate(_json(path))
    except ValidationError as error:
        raise _not_ours(path, command) from error


def read_curve(path: Path) -> list[Row]:
    """The rows that ``quantize --curve`` wrote. Raises ModelError ``unreadable-text``."""
    try:
        return TypeAdapter(list[Row]).validate_python(_json(path))
    except ValidationError as error:
        raise _not_ours(path, "quantize --curve") from error


def _pair(verified: Verified, which: Literal["torch", "browser"]) -> Pair | None:
    found = verified.pairs(which)
    if not found:
        return None
    x_side, y_side = SIDES[which]
    logits = [
        np.stack([_logits(photo, side) for photo in verified.photos], axis=0).ravel()
        for side in (x_side, y_side)
    ]
    return Pair(
        name=f"{PATHS[x_side]} – {PATHS[y_side]}",
        x_name=PATHS[x_side],
        y_name=PATHS[y_side],
        photos=len(found),
        same_top5=sum(entry.same_top for entry in found),
        allclose=sum(entry.allclose for entry in found),
        largest_score=max(entry.scores for entry in found),
        largest_logit=max(entry.logits for entry in found),
        least_cosine=min(entry.cosine for entry in found),
        points=_thinned(*logits),
        deltas=[entry.scores for entry in found],
    )


def _logits(photo: PhotoReport, side: PathName) -> np.ndarray[Any, np.dtype[np.float32]]:
    return next(answer.logits for answer in photo.answers if answer.path == side)


def _thinned(
    x: np.ndarray[Any, np.dtype[np.float32]], y: np.ndarray[Any, np.dtype[np.float32]]
) -> list[tuple[float, float]]:
    """``POINTS`` of all, evenly along x, with the most different ones always among them."""
    order = np.argsort(x, kind="stable")
    if len(x) > POINTS:
        evenly = order[np.linspace(0, len(x) - 1, POINTS - 100).round().astype(int)]
        worst = np.argsort(-np.abs(x - y), kind="stable")[:100]
        order = np.unique(np.concatenate([evenly, worst]))
    return [(float(x[i]), float(y[i])) for i in order]


def _arrows(verified: Verified) -> list[Arrow]:
    photos = len(verified.photos)
    resized = sum(photo.resized_differ for photo in verified.photos)
    tensor = sum(photo.tensor_differ for photo in verified.photos)
    arrows = []
    if verified.decodings:
        largest = max(entry.largest for entry in verified.decodings)
        mean = float(np.mean([entry.mean for entry in verified.decodings]))
        arrows.append(
            Arrow(
                "解码",
                "decode",
                f"平均差 {mean:.3f} 级，最大 {largest} 级（0–255）",
                f"mean {mean:.3f}, largest {largest} of 255 levels",
                all(entry.sound for entry in verified.decodings),
                close=largest > 0,
            )
        )
    for zh, en, differ in (
        ("裁剪缩放", "crop and resize", resized),
        ("归一化", "normalise", tensor),
    ):
        bits = f"{photos} 张逐位相同" if not differ else f"{differ} 个数不同"
        equal = f"equal to the bit on {photos} photos" if not differ else f"{differ} numbers differ"
        arrows.append(Arrow(zh, en, bits, equal, not differ))
    found = verified.pairs("browser")
    largest_share = max(entry.logits_of_range for entry in found)
    arrows.append(
        Arrow(
            "网络",
            "network",
            f"logits 最大差为范围的 {largest_share:.1e}",
            f"logits differ by at most {largest_share:.1e} of their range",
            all(photo.parted_at != "network" for photo in verified.photos),
        )
    )
    largest_score = max(entry.scores for entry in found)
    arrows.append(
        Arrow(
            "概率",
            "scores",
            f"概率最大差 {largest_score:.1e}",
            f"probabilities differ by at most {largest_score:.1e}",
            all(entry.agree for entry in found),
        )
    )
    return arrows


def _specimen(file: Path, report: PhotoReport, labels: list[Label]) -> Specimen:
    picture = load_image(file)
    picture.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    # A new file of the pixels alone: no position, camera or date of the photo gets into the page.
    picture.save(stream, "WEBP", quality=72, method=6)
    answer = next(entry for entry in report.answers if entry.path == "onnxruntime")
    return Specimen(
        name=file.name,
        thumbnail="data:image/webp;base64," + base64.b64encode(stream.getvalue()).decode(),
        width=picture.width,
        height=picture.height,
        answers=[
            Answer(labels[named.index].zh, labels[named.index].en, named.score)
            for named in answer.top
        ],
    )


def _json(path: Path) -> Any:  # noqa: ANN401 (JSON)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "unreadable-text",
            zh=f"读不出 {path.name}：{error}。请检查路径，或重新生成这个 JSON。",
            en=f"Cannot read {path.name}: {error}. Check the path, or make the JSON again.",
        ) from error


def _not_ours(path: Path, command: str) -> ModelError:
    return ModelError(
        "unreadable-text",
        zh=f"{path.name} 不是 shiwu-models {command} 写的 JSON，或是别的版本写的。请重新生成。",
        en=f"{path.name} is not what this version's shiwu-models {command} writes. Make it again.",
    )
