"""Models return many things; a graph for the page has logits, and perhaps features."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from shiwu_models.errors import ModelError

# Under what names models return logits, the likeliest first.
_LOGITS = ("logits", "output", "out", "scores")
NAMES = ("output", "features")


class PlainOutputs(nn.Module):
    """``model`` with its answer reduced to logits [N, classes], or (logits, features)."""

    def __init__(self, model: nn.Module, pick: Callable[[object], tuple[Tensor, ...]]) -> None:
        super().__init__()
        self.model = model
        self.pick = pick
        self.training = model.training

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """float32 [N, C, H, W] → logits, or logits and features."""
        return self.pick(self.model(image))


def plain_outputs(model: nn.Module, answer: object) -> nn.Module:
    """``model`` itself when ``answer``, what it returned, is already plain; else wrapped.

    Raises ModelError ``export-failed`` when it cannot be told which tensor is the logits.
    """
    if isinstance(answer, Tensor):
        return model
    chosen = pick(answer)
    if isinstance(answer, tuple) and len(answer) == len(chosen):
        return model
    return PlainOutputs(model, pick)


def pick(answer: object) -> tuple[Tensor, ...]:
    """Logits, or logits and features, out of what a model returned.

    A tensor is logits. Of a mapping or an object with fields (as Hugging Face's), the field called
    logits, output, out or scores. Of a tuple or list: one tensor [N, classes] is logits; exactly
    two are logits and features. Raises ModelError ``export-failed`` otherwise.
    """
    if isinstance(answer, Tensor):
        return (answer,)
    if isinstance(answer, Mapping):
        fields: Mapping[str, object] = answer
    else:
        fields = getattr(answer, "__dict__", {})
    for name in _LOGITS:
        if isinstance(tensor := fields.get(name), Tensor):
            return (tensor,)
    if isinstance(answer, tuple | list):
        flat = [item for item in answer if isinstance(item, Tensor) and item.ndim == 2]
        if len(flat) == 1 or (len(flat) == 2 and len(answer) == 2):
            return tuple(flat)
    described = _describe(answer)
    raise ModelError(
        "export-failed",
        zh=f"看不出哪个输出是 logits：模型返回了 {described}。"
        "请让 forward 返回 logits，或 (logits, features)，或带 logits 字段的字典。",
        en=f"Cannot tell which output is the logits: the model returns {described}. Return logits "
        "from forward, or (logits, features), or a dict with the key logits.",
    )


def _describe(answer: object) -> str:
    if isinstance(answer, Tensor):
        return f"[{', '.join(map(str, answer.shape))}]"
    if isinstance(answer, Mapping):
        return "{" + ", ".join(f"{k}: {_describe(v)}" for k, v in answer.items()) + "}"
    if isinstance(answer, tuple | list):
        return "(" + ", ".join(_describe(item) for item in answer) + ")"
    return type(answer).__name__


def answer_of(model: nn.Module, image: Tensor) -> tuple[Tensor, ...]:
    """Logits, and features if the model gives them, without gradients."""
    with torch.no_grad():
        return pick(model(image))
