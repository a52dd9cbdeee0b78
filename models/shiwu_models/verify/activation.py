"""Is there a softmax or sigmoid inside the model already? Applied again, it flattens the answer."""

import numpy as np
from numpy.typing import NDArray

from shiwu_models.export.checks import Activation
from shiwu_models.verify.diagnose import Finding

# A float32 softmax sums to 1 within about 1e-6; logits of few classes come this near by chance
# once in some hundred thousand pictures.
SUM_BOUND = 1e-5
# So many numbers do not all lie between 0 and 1 by chance, unless something put them there.
ENOUGH = 64


def activation_of(outputs: NDArray[np.floating]) -> Activation | None:
    """What the outputs [classes] of a network on one picture look like; None for logits.

    Probabilities are not negative and add up to 1, which logits do by no accident; all between 0
    and 1, but without that sum, is a sigmoid's, once there are ``ENOUGH`` classes to tell by.
    """
    values = outputs.astype(np.float64)
    if values.size < 2 or not np.all((values >= 0) & (values <= 1)):
        return None
    if abs(float(values.sum()) - 1) < SUM_BOUND:
        return "Softmax"
    return "Sigmoid" if values.size >= ENOUGH else None


def twice(activation: Activation) -> Finding:
    """The ONNX file has an ``activation`` written out by hand, and the page adds its own: it only
    knows the operator of that name, whose numbers it takes as they are."""
    name = activation.lower()
    return Finding(
        "scores",
        f"模型的输出已经是概率：它最后一步算的是 {activation}，之后还会再做一次（重复 {name}），"
        "结果会被抹平。请让 forward 返回 logits，再导出、打包。",
        f"The model's outputs are probabilities already: its last step computes {activation}, "
        f"which is then applied again (a double {name}) and flattens the answer. Return logits "
        "from forward, then export and pack again.",
        {},
    )


def not_in_pytorch(activation: Activation) -> Finding:
    """The ONNX file ends in ``activation``, and the PyTorch model in what comes before it."""
    return Finding(
        "scores",
        f"ONNX 的最后一步是 {activation}，PyTorch 模型没有：两路给出的不是同一种数。"
        "请用 --strip-activation 去掉它再打包，或让 forward 也做这一步。",
        f"The ONNX file ends in {activation}, the PyTorch model does not: they give two kinds of "
        "numbers. Pack the file with --strip-activation, or do the same step in forward.",
        {},
    )


def only_in_pytorch(activation: Activation) -> Finding:
    """The PyTorch model ends in ``activation`` and the ONNX file, rightly, does not."""
    return Finding(
        "scores",
        f"PyTorch 模型自带 {activation}，ONNX 里没有：PyTorch 这一路做了两次。"
        "请让 forward 返回 logits，再比较。",
        f"The PyTorch model has a {activation} of its own, the ONNX file has none: on PyTorch's "
        "path it was applied twice. Return logits from forward, and compare again.",
        {},
    )
