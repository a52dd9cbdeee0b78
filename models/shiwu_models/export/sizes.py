"""Does the model run at the size it is to be exported for? If not, at which?"""

import math
import re

import torch
from torch import nn

from shiwu_models.errors import ModelError

# The usual input sizes of published classifiers, and small ones for drawn shapes and digits.
USUAL = (224, 256, 299, 384, 240, 260, 288, 320, 448, 512, 192, 160, 128, 96, 64, 32, 28)
# "mat1 and mat2 shapes cannot be multiplied (1x50176 and 1600x5)"
_FLATTENED = re.compile(r"\(\d+x(\d+) and (\d+)x\d+\)")
_HALVES = (torch.float16, torch.bfloat16)
_CHANNELS = re.compile(r"to have (\d+) channels")


def run_at(model: nn.Module, size: tuple[int, int], channels: int) -> object:
    """What ``model`` returns for zeros [1, channels, *size].

    Raises ModelError ``input-mismatch``, with a size (or number of channels) at which it does run
    if one of the usual ones is; ``export-failed`` when it runs at none.
    """
    try:
        return _try(model, size, channels)
    except Exception as error:  # whatever the model raises
        text = " ".join(str(error).split())[:300] or type(error).__name__
        tried = f"{size[0]}x{size[1]}"
        if any(weight.dtype in _HALVES for weight in model.parameters()):
            raise ModelError(
                "export-failed",
                zh="模型的权重是半精度（float16），而图片是 float32。请先 model.float()，"
                "再导出；要小一些的文件，导出之后用 quantize fp16。",
                en="The model's weights are half precision (float16), and a picture is float32. "
                "Call model.float(), then export; for a smaller file, quantize fp16 afterwards.",
            ) from error
        if (other := _CHANNELS.search(text)) and int(other[1]) != channels:
            raise ModelError(
                "input-mismatch",
                zh=f"模型要 {other[1]} 个通道，导出时给的是 {channels} 个："
                f"请加 --channels {other[1]}。",
                en=f"The model takes {other[1]} channels and was given {channels}: "
                f"add --channels {other[1]}.",
            ) from error
        if fitting := _fitting(model, [*_guessed(size, text), *USUAL], channels):
            raise ModelError(
                "input-mismatch",
                zh=f"输入尺寸不对：模型在 {tried} 下运行出错（{text}）。"
                f"它在 {fitting} 下可以运行：请加 --size {fitting}。",
                en=f"Wrong input size: the model fails at {tried} ({text}). "
                f"It runs at {fitting}: add --size {fitting}.",
            ) from error
        raise ModelError(
            "export-failed",
            zh=f"模型在 PyTorch 里就运行不了：输入 [1, {channels}, {size[0]}, {size[1]}] 时出错："
            f"{text}。常用的尺寸也都不行；请先在 PyTorch 里跑通，再用 --size 写明尺寸。",
            en=f"The model does not run in PyTorch itself: with [1, {channels}, {size[0]}, "
            f"{size[1]}] it says: {text}. None of the usual sizes works either; get it to run in "
            "PyTorch, then give that size with --size.",
        ) from error


def _try(model: nn.Module, size: tuple[int, int], channels: int) -> object:
    with torch.no_grad():
        return model(torch.zeros(1, channels, *size))


def _guessed(size: tuple[int, int], text: str) -> list[int]:
    """Sides at which the flattened map would have as many numbers as the linear layer reads."""
    if not (found := _FLATTENED.search(text)):
        return []
    got, wanted = int(found[1]), int(found[2])
    side = round(math.sqrt(size[0] * size[1] * wanted / got))
    return [s for s in sorted(range(side - 2, side + 3), key=lambda s: abs(s - side)) if s > 0]


def _fitting(model: nn.Module, sides: list[int], channels: int) -> str | None:
    for side in sides:
        try:
            _try(model, (side, side), channels)
        except Exception:  # noqa: S112 (the failure is the answer: not this size)
            continue
        return str(side)
    return None
