"""The PyTorch path: the model as its maker has it, with the file's weights where those are int8."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from torch import nn

from shiwu_models.default.golden import carry_weights
from shiwu_models.errors import ModelError
from shiwu_models.export.fold import check_evaluation_mode
from shiwu_models.export.outputs import answer_of
from shiwu_models.export.sources import open_source
from shiwu_models.export.zoo import Classifier
from shiwu_models.graph import HALF_SUFFIX, LEVELS_SUFFIX
from shiwu_models.head import Head
from shiwu_models.manifest import Manifest

Against = Literal["carried", "float"]


class TorchPath:
    """A PyTorch model beside an ONNX file. ``carried`` says whether it has that file's weights.

    An int8 file cannot agree with the float model to 1e-4. With ``against`` = "carried" such a
    file's weights, multiplied out, are loaded into the PyTorch model, so that what remains is the
    engines' own difference; with "float" the PyTorch model stays as it is, and the difference is
    what the rounding costs. Raises ModelError as ``open_source`` does, ``train-mode``, and
    ``parity`` when the file's weights do not fit the model.
    """

    def __init__(
        self,
        source: str,
        model: ModelProto,
        manifest: Manifest,
        *,
        against: Against = "carried",
        factory: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        weights: Path | None = None,
        evaluate: bool = False,
    ) -> None:
        opened = open_source(source, factory=factory, arguments=arguments, weights=weights)
        self._module: nn.Module = opened.reference
        if evaluate:
            self._module.eval()
        check_evaluation_mode(self._module)
        self._head = Head.of(model, manifest.outputs.logits, manifest)
        self.rounded = has_rounded_weights(model)
        self.carried = self.rounded and against == "carried"
        if self.carried:
            # It folds batch normalisation and then only looks at parameters' names.
            carry_weights(cast(Classifier, self._module), model)

    def run(self, tensor: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """A batch of one → logits [outputs] and probabilities [labels], by PyTorch's own functions.

        Raises ModelError ``input-mismatch`` when the model refuses the tensor.
        """
        try:
            logits = answer_of(self._module, torch.from_numpy(tensor))[0][0].float()
        except (RuntimeError, IndexError) as error:
            first = str(error).splitlines()[0]
            raise ModelError(
                "input-mismatch",
                zh=f"PyTorch 模型不接受形状为 {list(tensor.shape)} 的输入：{first}。"
                "请核对清单里的 input.size 和 input.layout。",
                en=f"The PyTorch model refuses an input of shape {list(tensor.shape)}: {first}. "
                "Check the manifest's input.size and input.layout.",
            ) from error
        head = self._head
        scaled = torch.from_numpy(head.logits(logits.numpy())) / head.temperature
        shared = head.activation == "Softmax"
        scores = torch.softmax(scaled, dim=-1) if shared else torch.sigmoid(scaled)
        return logits.numpy(), scores.numpy()


def has_rounded_weights(model: ModelProto) -> bool:
    """Whether the file stores weights in fewer bits than PyTorch's float32."""
    return any(
        tensor.name.endswith((LEVELS_SUFFIX, HALF_SUFFIX)) for tensor in model.graph.initializer
    )
