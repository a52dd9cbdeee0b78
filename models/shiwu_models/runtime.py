"""ONNX Runtime on this machine."""

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.graph import to_bytes


class Runner:
    """One model in ONNX Runtime: CPU, one thread, so that figures compare with the page's."""

    def __init__(self, model: ModelProto, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # The session option that the page sets: int8 weights are made float once, at load.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        self._session = ort.InferenceSession(
            to_bytes(model), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def run(self, tensor: NDArray[np.float32], output: str) -> NDArray[np.float32]:
        """One output, float32 [N, ...], for an input of the model's shape."""
        result: NDArray[np.float32] = self._session.run([output], {self._input: tensor})[0]
        return result
