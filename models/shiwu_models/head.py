"""From what a network gives to scores: the one rule, which every command goes by.

The library has the same (``scoresOf`` in ``web/src/model/activation.ts``), so that figures here are
of what the page shows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.export.checks import Activation, final_activation
from shiwu_models.graph import classes
from shiwu_models.manifest import Manifest
from shiwu_models.scores import sigmoid, softmax

# The float32 next to 0 that is not denormal, and the one next to 1: their logits are finite.
_LEAST, _MOST = 2.0**-126, 1 - 2.0**-24

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Head:
    """What makes scores [..., labels] of a network's outputs [..., outputs].

    ``applied`` says that the graph does it itself, and its numbers are the scores. A single output
    is how sure the network is of yes: nothing can be shared out among one class. With ``both`` its
    labels are no and yes, whose scores add up to 1.
    """

    activation: Activation
    applied: bool
    temperature: float
    both: bool

    @classmethod
    def of(
        cls,
        model: ModelProto,
        output: str,
        manifest: Manifest | None = None,
        *,
        with_no: bool = False,
    ) -> "Head":
        """That of a graph's ``output``, by the manifest where there is one.

        Without a manifest the model is of a single label, and a yes or no has both. ``with_no``
        answers no as well where a yes or no has one label: who counts right answers counts both.
        """
        several = manifest is not None and manifest.task == "multi-label"
        has_no = manifest is None or manifest.labels.count == 2 or (with_no and not several)
        yes_or_no = _outputs(model, output) == 1
        ended = final_activation(model, output)
        return cls(
            activation=ended or ("Sigmoid" if several or yes_or_no else "Softmax"),
            applied=ended is not None,
            temperature=1.0 if manifest is None else manifest.calibration.temperature,
            both=yes_or_no and has_no,
        )

    def logits(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """[..., labels], of which ``probabilities`` makes the scores. The outputs themselves, but
        before the activation where the graph has one (for a softmax: up to a constant)."""
        values = outputs
        if self.applied:
            p = np.clip(outputs.astype(np.float64), _LEAST, _MOST)
            before = np.log(p) if self.activation == "Softmax" else np.log(p) - np.log1p(-p)
            values = before.astype(np.float32)
        return np.concatenate([-values, values], axis=-1) if self.both else values

    def probabilities(
        self, logits: NDArray[np.float32], temperature: float | None = None
    ) -> Floats:
        """Of ``logits`` [..., labels], at the manifest's temperature or another one."""
        at = self.temperature if temperature is None else temperature
        return (softmax if self.activation == "Softmax" else sigmoid)(logits, at)

    def scores(self, outputs: NDArray[np.float32]) -> Floats:
        """What the page shows for these outputs, 0 to 1, [..., labels]."""
        if not self.applied or self.temperature != 1:
            return self.probabilities(self.logits(outputs))
        yes = outputs.astype(np.float64)
        return np.concatenate([1 - yes, yes], axis=-1) if self.both else yes


def _outputs(model: ModelProto, output: str) -> int | None:
    try:
        return classes(model, output)
    except ModelError:  # left open: so of several
        return None
