"""Is a quantised model's loss within what was allowed?"""

from dataclasses import dataclass
from typing import Literal

from shiwu_models.errors import ModelError
from shiwu_models.quantize.judge import Judged

# labelled: lost top-1. changed: the share of first answers that are not float's, the most that
# top-1 can have lost. expected: what float's own probabilities say that the changed answers cost.
Measure = Literal["labelled", "changed", "expected"]


@dataclass(frozen=True)
class Loss:
    """Points (hundredths) of top-1; below 0 when the quantised model is the better one."""

    points: float
    measure: Measure
    pictures: int


def loss(reference: Judged, own: Judged, *, built_in: bool) -> Loss:
    """How much ``own`` loses against ``reference``.

    On labelled photos top-1 is counted. On others the changed first answers are; on the few
    ``built_in`` pictures one answer is more than a point, so there the changes are weighed by
    float's own probabilities: a near tie that falls the other way costs nearly nothing.
    """
    if own.labelled:
        lost = 100 * (reference.top1 - own.top1) / own.labelled
        return Loss(lost, "labelled", own.labelled)
    if built_in:
        return Loss(100 * own.expected_loss, "expected", own.pictures)
    return Loss(100 * (1 - own.same_top1 / own.pictures), "changed", own.pictures)


def exceeds(found: Loss, max_drop: float) -> bool:
    """Whether the loss is over ``max_drop`` points; 1e-9 is for 0.3 / 100 * 100."""
    return found.points > max_drop + 1e-9


def refusal(name: str, found: Loss, max_drop: float) -> ModelError:
    """The error for a model that loses too much."""
    zh = {
        "labelled": "top-1 比浮点模型低",
        "changed": "没有标签，只能按首选变了的比例算上限：",
        "expected": "没有给照片，用内置图片粗略估计 top-1 会低",
    }[found.measure]
    en = {
        "labelled": "its top-1 is lower than float's by",
        "changed": "without labels the changed first answers are the most it can have lost:",
        "expected": "without photos, the built-in pictures suggest (weakly) a loss of",
    }[found.measure]
    advice_zh = "改用 weight-int8 或 fp16，compact 可调小 --strength，static-int8 可换校准图片"
    advice_en = "weight-int8 or fp16, a smaller --strength for compact, or other calibration photos"
    if found.measure != "labelled":
        advice_zh += "，或用 --photos 给出带标签的照片"
        advice_en += ", or judge by labelled photos with --photos"
    return ModelError(
        "accuracy-drop",
        zh=f"{name}：{zh} {found.points:.2f} 个百分点（{found.pictures} 张），"
        f"超过 --max-drop {max_drop:g}，没有写文件。可以{advice_zh}。",
        en=f"{name}: {en} {found.points:.2f} points ({found.pictures} pictures), over --max-drop "
        f"{max_drop:g}; nothing was written. Try {advice_en}.",
    )
