"""Batch normalisation folded into the convolution before it, in PyTorch, before export.

Done here and not by the exporter for two reasons: initialisers keep their PyTorch names, so that
int8 weights can be read back into the PyTorch model (``golden``); and in float64 with IEEE-exact
operations only (+ × ÷ √), so that every processor makes the same bytes.
"""

import torch
from torch import nn

from shiwu_models.errors import ModelError


def check_evaluation_mode(module: nn.Module) -> None:
    """Raise ModelError ``train-mode`` when any part of ``module`` is still in train mode.

    In train mode dropout drops and batch normalisation uses the batch's own statistics: the
    exported model would answer differently, and worse, with no error anywhere.
    """
    for name, part in module.named_modules():
        if part.training:
            raise ModelError(
                "train-mode",
                zh=f"模型还处在训练模式（{name or '整个模型'}）：导出前请先调用 model.eval()，"
                "或给 export 命令加 --eval。",
                en=f"The model is in train mode ({name or 'root'}): call model.eval() first, "
                "or give the export command --eval.",
            )


def fold_batch_norms(module: nn.Module) -> int:
    """Fold, in place, each BatchNorm2d that directly follows a Conv2d among its siblings.

    ``module`` must be in evaluation mode. "Follows" goes by the order in which the two were
    registered, which for the zoo's models is the order in which they run; ``export`` proves the
    result against the unfolded model. Returns how many were folded; each becomes an Identity.
    """
    check_evaluation_mode(module)
    folded = 0
    for parent in list(module.modules()):
        previous: nn.Conv2d | None = None
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d) and previous is not None:
                _fold(previous, child)
                setattr(parent, name, nn.Identity().eval())
                folded += 1
            previous = child if isinstance(child, nn.Conv2d) else None
    return folded


def _fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """y = (conv(x) - mean) / √(var + eps) * gamma + beta, as one convolution."""
    assert norm.running_mean is not None and norm.running_var is not None
    with torch.no_grad():
        gain = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
        weight = conv.weight.double() * gain.reshape(-1, 1, 1, 1)
        offset = conv.bias.double() if conv.bias is not None else torch.zeros_like(gain)
        bias = (offset - norm.running_mean.double()) * gain + norm.bias.double()
        conv.weight = nn.Parameter(weight.float(), requires_grad=False)
        conv.bias = nn.Parameter(bias.float(), requires_grad=False)
