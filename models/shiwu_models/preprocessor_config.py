"""The preprocessing that other libraries write beside their models, in the manifest's terms.

Read are Hugging Face's ``preprocessor_config.json`` (transformers) and timm's ``pretrained_cfg``,
alone or inside its ``config.json``. Both say mean and std for pixels of 0..1, or of 0..255 times
``rescale_factor``; the manifest has ``tensor = (x * scale - mean) / std`` with x in 0..255.
"""

import json
from pathlib import Path
from typing import Any

from shiwu_models.errors import ModelError

# Pillow's numbers, which transformers stores.
PILLOW_FILTERS = {1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}
FILTERS = ("box", "bilinear", "hamming", "bicubic", "lanczos")


def read_preprocessor(path: Path) -> dict[str, dict[str, Any]]:
    """``{"input": …, "resize": …}`` with as much as the file says.

    Raises ModelError ``invalid-manifest`` when it is not such a file or asks for what the page
    cannot do.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise _unfit(path, f"读不出：{error}", f"cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise _unfit(path, "不是 JSON 对象", "is no JSON object")
    content = content.get("pretrained_cfg", content)
    if "image_mean" in content or "rescale_factor" in content or "do_rescale" in content:
        return _transformers(content, path)
    if "mean" in content and ("input_size" in content or "interpolation" in content):
        return _timm(content, path)
    raise _unfit(
        path,
        "里没有 image_mean（transformers）或 mean 与 input_size（timm）",
        "has neither image_mean (transformers) nor mean and input_size (timm)",
    )


def _transformers(content: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    scale = content.get("rescale_factor", 1 / 255) if content.get("do_rescale", True) else 1.0
    normal = content.get("do_normalize", True)
    spec = {
        "color": "RGB",
        "scale": scale,
        "mean": _three(content.get("image_mean", 0.0) if normal else 0.0),
        "std": _three(content.get("image_std", 1.0) if normal else 1.0),
    }
    if content.get("do_flip_channel_order"):
        spec["color"] = "BGR"
    size, crop = content.get("size"), content.get("crop_size")
    resize: dict[str, Any] = {"filter": _filter(content.get("resample", 2), path)}
    # Squashed to a square and then cropped (DeiT): taken as cropped with its shape kept, which is
    # how those models were trained.
    shorter = _shorter(size)
    if content.get("do_center_crop") and crop is not None:
        final = _height_width(crop)
        fraction = content.get("crop_pct") or (min(final) / shorter if shorter else 1.0)
        resize |= {"mode": "crop-shortest", "crop_fraction": min(float(fraction), 1.0)}
    else:
        final = _height_width(size)
        # ConvNeXt's way: crop_pct below 384, and the whole picture squashed from there on.
        if "crop_pct" in content and min(final) < 384:
            resize |= {"mode": "crop-shortest", "crop_fraction": float(content["crop_pct"])}
        elif shorter and content.get("do_resize", True) and "shortest_edge" in (size or {}):
            resize |= {"mode": "crop-shortest", "crop_fraction": 1.0}
        else:
            resize |= {"mode": "stretch", "crop_fraction": 1.0}
    return {"input": spec | {"size": final}, "resize": resize}


def _timm(content: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    _, height, width = content.get("input_size", (3, 224, 224))
    crop_mode = content.get("crop_mode", "center")
    modes = {"center": "crop-shortest", "squash": "stretch"}
    if crop_mode not in modes:
        raise _unfit(path, f"的 crop_mode {crop_mode} 无法照做", f"has crop_mode {crop_mode}")
    mode = modes[crop_mode]
    fraction = float(content.get("crop_pct", 0.875)) if mode == "crop-shortest" else 1.0
    return {
        "input": {
            "color": "RGB",
            "scale": 1 / 255,
            "mean": _three(content["mean"]),
            "std": _three(content.get("std", 1.0)),
            "size": [int(height), int(width)],
        },
        "resize": {
            "mode": mode,
            "crop_fraction": min(fraction, 1.0),
            "filter": _filter(content.get("interpolation", "bilinear"), path),
        },
    }


def _three(value: Any) -> list[float]:  # noqa: ANN401 (JSON)
    return [float(v) for v in value] if isinstance(value, list) else [float(value)] * 3


def _filter(value: Any, path: Path) -> str:  # noqa: ANN401 (JSON)
    name = PILLOW_FILTERS.get(value, value)
    if name not in FILTERS:
        raise _unfit(path, f"的缩放方法 {value} 无法照做", f"asks for the filter {value}")
    return str(name)


def _height_width(size: dict[str, int] | int | None) -> list[int]:
    if isinstance(size, dict):
        side = size.get("shortest_edge", 224)
        return [int(size.get("height", side)), int(size.get("width", side))]
    return [int(size or 224)] * 2


def _shorter(size: dict[str, int] | int | None) -> int | None:
    return None if size is None else min(_height_width(size))


def _unfit(path: Path, zh: str, en: str) -> ModelError:
    return ModelError(
        "invalid-manifest",
        zh=f"{path.name} {zh}。请用 --preset，或写明 --scale、--mean、--std、--resize、--filter。",
        en=f"{path.name} {en}. Use --preset, or give --scale, --mean, --std, --resize, --filter.",
    )
