"""Why do two preprocessings differ? Colour order, mean and std, layout, size, crop or filter.

The input of a network is an affine map of the resized picture, channel by channel. So when two
tensors come of the same pixels, each channel of one is a·x + b of a channel of the other exactly,
and a and b tell mean and std; when no a and b fit, the pixels differ, and the candidates for how
they were cropped and resampled are tried in turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from shiwu_models.manifest import Input, Resize
from shiwu_models.preprocess import FILTERS, fit

Kind = Literal["layout", "size", "color", "normalize", "resize", "scores", "unknown"]

# Two float32 preprocessings of the same 8-bit pixels leave a residual of about 1e-7 of the
# standard deviation. Resizing in float without rounding to 8 bits leaves half a level of about
# 50; another filter or crop leaves several levels.
SAME_PIXELS = 1e-4
NEARLY = 0.02
# How much better a candidate must fit than what the manifest says, to be named.
CLEARLY = 0.5
# Equal within float32's rounding of (x·scale − mean) / std.
EQUAL = 1e-5

CROP_FRACTIONS = (1.0, 0.95, 0.9, 0.875, 0.8)
# Well-known normalisations: scale, mean and std in RGB order.
PRESETS: dict[str, tuple[float, tuple[float, ...], tuple[float, ...]]] = {
    "ImageNet": (1 / 255, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "0…1": (1 / 255, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "−1…1": (1 / 255, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "CLIP": (
        1 / 255,
        (0.48145466, 0.4578275, 0.40821073),
        (0.26862954, 0.26130258, 0.27577711),
    ),
    "0…255": (1.0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "Caffe": (1.0, (123.68, 116.779, 103.939), (1.0, 1.0, 1.0)),
    "EfficientNet-Lite": (1.0, (127.0, 127.0, 127.0), (128.0, 128.0, 128.0)),
}


@dataclass(frozen=True)
class Finding:
    """One thing that differs, and the manifest's fields that would match the reference."""

    kind: Kind
    zh: str
    en: str
    manifest: dict[str, object]  # "input.color" → "BGR" and the like; empty when not known


@dataclass(frozen=True)
class Affine:
    """``theirs[c] ≈ gain[c] · ours[order[c]] + offset[c]``."""

    order: tuple[int, int, int]
    gain: NDArray[np.float64]  # [3]
    offset: NDArray[np.float64]  # [3]
    residual: float  # root mean square over the reference's standard deviation; worst channel


def channels_first(tensor: NDArray[np.floating]) -> tuple[NDArray[np.float64], str] | None:
    """[3, H, W] in float64 and the layout that ``tensor`` had; None when no axis has 3.

    Takes [1, 3, H, W], [1, H, W, 3], [3, H, W] and [H, W, 3].
    """
    array = tensor.astype(np.float64)
    if array.ndim == 4 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 3:
        return None
    if array.shape[0] == 3:
        return array, "NCHW"
    if array.shape[2] == 3:
        return array.transpose(2, 0, 1), "NHWC"
    return None


def fit_affine(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], order: tuple[int, int, int]
) -> Affine:
    """Least squares per channel, for [3, H, W] both, with ``order`` of our channels given."""
    gains, offsets, residuals = [], [], []
    for mine, wanted in zip(ours[list(order)], theirs, strict=True):
        x, y = mine.ravel(), wanted.ravel()
        centred = x - x.mean()
        power = float(centred @ centred)
        gain = float(centred @ (y - y.mean())) / power if power > 0 else 0.0
        offset = float(y.mean() - gain * x.mean())
        spread = float(y.std())
        error = float(np.sqrt(np.mean((gain * x + offset - y) ** 2)))
        gains.append(gain)
        offsets.append(offset)
        residuals.append(error / spread if spread > 0 else 0.0)
    return Affine(order, np.array(gains), np.array(offsets), max(residuals))


def best_affine(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Affine:
    """The better of the two colour orders; on a tie, as with a grey picture, the same order."""
    same = fit_affine(ours, theirs, (0, 1, 2))
    swapped = fit_affine(ours, theirs, (2, 1, 0))
    return swapped if swapped.residual < CLEARLY * same.residual - 1e-9 else same


def diagnose(
    reference: NDArray[np.floating],
    ours: NDArray[np.float32],
    picture: Image.Image,
    spec: Input,
    resize: Resize,
) -> list[Finding]:
    """How the reference's preprocessing differs from the manifest's; empty when it does not.

    ``ours`` is the manifest's tensor of ``picture`` (upright RGB), a batch of one; ``reference``
    what the user's own code made of it, float of any of the shapes of ``channels_first``.
    """
    theirs = channels_first(reference)
    mine = channels_first(ours)
    if theirs is None or mine is None:
        return [_shape(reference.shape)]
    findings = []
    if theirs[1] != spec.layout:
        findings.append(
            Finding(
                "layout",
                f"维度顺序不同：参照是 {theirs[1]}，清单写的是 {spec.layout}。",
                f"The layout differs: the reference is {theirs[1]}, the manifest {spec.layout}.",
                {"input.layout": theirs[1]},
            )
        )
    wanted = theirs[0]
    height, width = wanted.shape[1:]
    canonical = mine[0]
    if (height, width) != spec.size:
        findings.append(
            Finding(
                "size",
                f"尺寸不同：参照是 {width}×{height}，清单写的是 {spec.size[1]}×{spec.size[0]}。",
                f"The size differs: the reference is {width}×{height}, "
                f"the manifest says {spec.size[1]}×{spec.size[0]}.",
                {"input.size": [height, width]},
            )
        )
        canonical = _as_tensor(picture, (height, width), resize, spec)
    affine = best_affine(canonical, wanted)
    if affine.residual > SAME_PIXELS:
        found = _other_resize(picture, wanted, spec, resize, affine)
        if found is None and affine.residual > NEARLY:
            return [*findings, _unexplained(affine.residual)]
        if found is not None:
            finding, affine = found
            findings.append(finding)
    return findings + _explain_affine(affine, spec)


def _as_tensor(
    picture: Image.Image, size: tuple[int, int], resize: Resize, spec: Input
) -> NDArray[np.float64]:
    """[3, H, W] by the manifest's colours, mean and std, in float64."""
    pixels = np.asarray(fit(picture, size, resize), dtype=np.float64).transpose(2, 0, 1)
    if spec.color == "BGR":
        pixels = pixels[::-1]
    mean, std = (np.array(v).reshape(3, 1, 1) for v in (spec.mean, spec.std))
    tensor: NDArray[np.float64] = (pixels * spec.scale - mean) / std
    return tensor


def _candidates(resize: Resize) -> Iterator[Resize]:
    """Other ways to crop and resample: what is like the manifest's comes first."""
    filters = sorted(FILTERS, key=lambda name: name != resize.filter)
    fractions = sorted(CROP_FRACTIONS, key=lambda fraction: fraction != resize.crop_fraction)
    for filter_name in filters:
        for fraction in fractions:
            yield Resize.model_validate(
                {"mode": "crop-shortest", "crop_fraction": fraction, "filter": filter_name}
            )
        for mode in ("stretch", "pad"):
            yield Resize.model_validate({"mode": mode, "filter": filter_name})


def _other_resize(
    picture: Image.Image,
    wanted: NDArray[np.float64],
    spec: Input,
    resize: Resize,
    current: Affine,
) -> tuple[Finding, Affine] | None:
    """The candidate that fits clearly better than the manifest's resize, if one does well."""
    size = (wanted.shape[1], wanted.shape[2])
    best, chosen = current, resize
    for candidate in _candidates(resize):
        affine = best_affine(_as_tensor(picture, size, candidate, spec), wanted)
        # Strictly better: modes that make the same pixels (a square picture) keep the first.
        if affine.residual < best.residual - 1e-9:
            best, chosen = affine, candidate
    if best.residual > NEARLY or best.residual > CLEARLY * current.residual:
        return None
    finding = Finding(
        "resize",
        f"裁剪或缩放不同：参照像是 {_words(chosen)}，清单写的是 {_words(resize)}"
        f"（残差 {current.residual:.1e} → {best.residual:.1e}）。",
        f"Crop or resampling differs: the reference looks like {_words(chosen)}, "
        f"the manifest says {_words(resize)} "
        f"(residual {current.residual:.1e} → {best.residual:.1e}).",
        {f"resize.{key}": value for key, value in chosen.model_dump().items()},
    )
    return finding, best


def _explain_affine(affine: Affine, spec: Input) -> list[Finding]:
    """Colour order, then mean and std, once the pixels are known to be the same."""
    findings = []
    color = spec.color
    if affine.order == (2, 1, 0):
        color = "BGR" if spec.color == "RGB" else "RGB"
        findings.append(
            Finding(
                "color",
                f"颜色顺序反了：参照是 {color}，清单写的是 {spec.color}。",
                f"The colour order is swapped: the reference is {color}, "
                f"the manifest {spec.color}.",
                {"input.color": color},
            )
        )
    # theirs = gain · ((x·scale − mean) / std)[order] + offset, written as slope · x + start.
    std = np.array(spec.std)[list(affine.order)]
    mean = np.array(spec.mean)[list(affine.order)]
    slope = affine.gain * spec.scale / std
    start = affine.offset - affine.gain * mean / std
    # A swap moves mean and std with their colours; the manifest lists them in the tensor's order.
    if np.any(slope <= 0):
        return [*findings, _unexplained(affine.residual)]
    expected_slope, expected_start = (
        spec.scale / np.array(spec.std),
        -np.array(spec.mean) / spec.std,
    )
    # In units of the reference over the 255 levels: half a level is what a resize in float hides.
    tolerance = EQUAL if affine.residual <= SAME_PIXELS else 0.5 / 255
    span = 255 * slope
    unlike = np.maximum(
        np.abs(slope - expected_slope) * 255 / span, np.abs(start - expected_start) / span
    )
    if np.any(unlike > tolerance):
        findings.append(_normalize(slope, start, color, spec))
    return findings


def _normalize(
    slope: NDArray[np.float64], start: NDArray[np.float64], color: str, spec: Input
) -> Finding:
    """Name a well-known normalisation if it is one; else solve for mean and std."""
    preset = ""
    scale, mean, std = spec.scale, -start / slope * spec.scale, spec.scale / slope
    for name, (known_scale, rgb_mean, rgb_std) in PRESETS.items():
        known_mean, known_std = np.array(rgb_mean), np.array(rgb_std)
        if color == "BGR":
            known_mean, known_std = known_mean[::-1], known_std[::-1]
        span = 255 * slope
        off = np.abs(slope - known_scale / known_std) * 255 / span
        if np.all(off < 2e-3) and np.all(np.abs(start + known_mean / known_std) / span < 2e-3):
            preset, scale, mean, std = f"（{name}）", known_scale, known_mean, known_std
            break
    values = {
        "input.scale": scale,
        "input.mean": [float(f"{value:.6g}") for value in mean],
        "input.std": [float(f"{value:.6g}") for value in std],
    }
    shown = f"scale={scale:.6g}, mean={values['input.mean']}, std={values['input.std']}"
    ours = f"scale={spec.scale:.6g}, mean={list(spec.mean)}, std={list(spec.std)}"
    return Finding(
        "normalize",
        f"归一化不同：参照是 {shown}{preset}，清单写的是 {ours}。",
        f"Normalisation differs: the reference has {shown} {preset.strip('（）')}, "
        f"the manifest {ours}.",
        values,
    )


def _words(resize: Resize) -> str:
    fraction = f" {resize.crop_fraction:g}" if resize.mode == "crop-shortest" else ""
    return f"{resize.mode}{fraction}, {resize.filter}"


def _shape(shape: tuple[int, ...]) -> Finding:
    return Finding(
        "unknown",
        f"参照的形状是 {list(shape)}：应是一张三通道图片，如 [1, 3, 高, 宽]。",
        f"The reference has the shape {list(shape)}: one picture of three channels is needed, "
        "such as [1, 3, height, width].",
        {},
    )


def _unexplained(residual: float) -> Finding:
    return Finding(
        "unknown",
        f"像素不同，常见的裁剪和缩放方式都对不上（残差 {residual:.1e}）：请检查参照是不是同一张"
        "图片、有没有随机增强或自定义的裁剪。",
        f"The pixels differ, and no common crop or filter explains it (residual {residual:.1e}): "
        "check that it is the same picture, with no random augmentation or custom crop.",
        {},
    )
