"""ONNX Runtime on this machine."""

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.explain import explain_graph, explain_run
from shiwu_models.graph import to_bytes


class Runner:
    """One model in ONNX Runtime: CPU, one thread, so that figures compare with the page's.

    Raises ModelError ``invalid-graph``, ``missing-operator`` or ``unsupported-opset`` for a graph
    that ONNX Runtime refuses.
    """

    def __init__(self, model: ModelProto, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # The session option that the page sets: int8 weights are made float once, at load.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        # What goes wrong is raised, and explained; the log would only say it twice.
        options.log_severity_level = 4
        data = to_bytes(model)
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # Fail, InvalidGraph, InvalidArgument, NotImplemented
            raise explain_graph(error) from error
        self._input = self._session.get_inputs()[0]

    def run(self, tensor: NDArray[np.float32], output: str) -> NDArray[np.float32]:
        """One output, float32 [N, ...], for an input of the model's shape.

        Raises ModelError ``input-mismatch``, saying what was expected and what it got.
        """
        return self.run_all(tensor, [output])[0]

    def run_all(self, tensor: NDArray[np.float32], outputs: list[str]) -> list[NDArray[np.float32]]:
        """Several outputs of one run, in the order of their names; raises as ``run`` does."""
        try:
            results: list[NDArray[np.float32]] = self._session.run(
                outputs, {self._input.name: tensor}
            )
        except Exception as error:  # InvalidArgument before, Fail or RuntimeException inside
            shape = self._input.shape
            raise explain_run(error, self._input.name, shape, tensor.shape) from error
        return results
