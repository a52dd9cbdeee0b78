"""PyTorch to ONNX."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.export.fold import check_evaluation_mode
from shiwu_models.export.zoo import Classifier
from shiwu_models.graph import load_model, opset

# What every version of ONNX Runtime Web in use runs, and the first with per-channel
# DequantizeLinear.
DEFAULT_OPSET = 13


def export(
    model: Classifier, size: tuple[int, int], opset_version: int = DEFAULT_OPSET
) -> ModelProto:
    """The model as a checked ONNX graph.

    Input ``input`` float32 [N, 3, H, W] with [H, W] = ``size``; outputs ``output`` [N, classes]
    (logits, no softmax) and ``features`` [N, D]; N is dynamic. Raises ModelError ``train-mode``,
    ``export-failed`` or ``invalid-model``.

    torch's older exporter (``dynamo=False``) is used because it writes opset 13 itself. The newer
    one writes 18 and converts down, which stops at Pad (torch 2.15: "No Adapter To Version $17
    for Pad") and silently leaves the model at 18.
    """
    check_evaluation_mode(model)
    example = torch.zeros(1, 3, *size)
    names = ["output", "features"]
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        file = Path(folder) / "model.onnx"
        # "legacy exporter" and "Slice not folded": the first is the choice argued above, the
        # second is what the simplifier folds.
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(
                model,
                (example,),
                file,
                dynamo=False,
                opset_version=opset_version,
                input_names=["input"],
                output_names=names,
                dynamic_axes={name: {0: "N"} for name in ("input", *names)},
            )
        except Exception as error:  # torch's exporters raise many kinds
            raise ModelError(
                "export-failed",
                zh=f"导出 ONNX 失败（opset {opset_version}）：{error}",
                en=f"ONNX export failed (opset {opset_version}): {error}",
            ) from error
        graph = load_model(file)
    if opset(graph) != opset_version:
        raise ModelError(
            "export-failed",
            zh=f"要求 opset {opset_version}，导出的却是 {opset(graph)}；请换一个 opset。",
            en=f"Asked for opset {opset_version}, got {opset(graph)}; ask for another.",
        )
    return graph
