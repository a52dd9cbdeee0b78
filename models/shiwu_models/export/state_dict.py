"""Weights into a network, strictly, whatever a training script wrapped them in."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from shiwu_models.errors import ModelError

# Where training scripts put the state dict within a checkpoint.
_WRAPPERS = ("state_dict", "model_state_dict", "model", "net", "weights")
# What DataParallel and torch.compile put before each name.
_PREFIXES = ("module.", "_orig_mod.")
_SHOWN = 4


def state_of(content: object, path: Path) -> dict[str, Tensor]:
    """The state dict within what a file held. Raises ModelError ``load-failed``."""
    if isinstance(content, nn.Module):
        content = content.state_dict()
    while isinstance(content, Mapping):
        inner = next((content[k] for k in _WRAPPERS if isinstance(content.get(k), Mapping)), None)
        if inner is None:
            break
        content = inner
    if isinstance(content, Mapping):
        state = {str(k): v for k, v in content.items() if isinstance(v, Tensor)}
        if state and len(state) == len(content):
            return _without_prefixes(state)
    kind = type(content).__name__
    raise ModelError(
        "load-failed",
        zh=f"{path.name} 里没有 state dict（里面是 {kind}）。"
        "请用 torch.save(model.state_dict(), …) 保存。",
        en=f"{path.name} holds no state dict (it holds {kind}). "
        "Save it with torch.save(model.state_dict(), …).",
    )


def _without_prefixes(state: dict[str, Tensor]) -> dict[str, Tensor]:
    for prefix in _PREFIXES:
        while all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
    return state


def load_strictly(model: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Every parameter of ``model`` from ``state``, in place, and none left over.

    Raises ModelError ``load-failed``, naming what is missing, unexpected or of another shape.
    """
    own = model.state_dict()
    missing = [name for name in own if name not in state]
    unexpected = [name for name in state if name not in own]
    shapes = [
        f"{name} {list(state[name].shape)} ≠ {list(own[name].shape)}"
        for name in own
        if name in state and state[name].shape != own[name].shape
    ]
    if missing or unexpected or shapes:
        groups = (("缺少", "missing", missing), ("多出", "unexpected", unexpected))
        zh = [f"{zh} {_list(names)}" for zh, _, names in groups if names]
        en = [f"{en} {_list(names)}" for _, en, names in groups if names]
        if shapes:
            zh.append(f"形状不同（文件 ≠ 网络）{_list(shapes)}")
            en.append(f"other shapes (file ≠ network) {_list(shapes)}")
        raise ModelError(
            "load-failed",
            zh=f"权重与网络对不上：{'；'.join(zh)}。"
            "请检查 --factory 造的是不是训练时的网络，类别数（--arg）是否相同。",
            en=f"Weights and network do not fit: {'; '.join(en)}. Check that --factory makes the "
            "network that was trained, with the same number of classes (--arg).",
        )
    model.load_state_dict(state, strict=True)


def _list(names: list[str]) -> str:
    rest = f" … (+{len(names) - _SHOWN})" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + rest
