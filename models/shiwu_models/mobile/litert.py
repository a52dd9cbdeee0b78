"""``--to litert``: a .tflite that MediaPipe Tasks and the Android library read as it is."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from shiwu_models.extras import extra
from shiwu_models.mobile.network import Compared, Comparison, Phone
from shiwu_models.pack import LABELS_FILE, MANIFEST_FILE, TAXONOMY_FILE

with extra("mobile"):
    import litert_torch
    from ai_edge_litert.interpreter import Interpreter

    from shiwu_models.mobile.tflite_metadata import with_metadata


def to_litert(phone: Phone, output: Path, photos: list[Path]) -> Compared:
    """Converts, adds the metadata, writes, and holds the scores against the .onnx's.

    Labels are Chinese, and English in the locale ``en``; manifest, labels and taxonomy go along as
    associated files, as ``unpack`` writes them. Raises ModelError ``parity``.
    """
    height, width = phone.manifest.input.size
    example = (torch.zeros(1, height, width, 3),)
    converted = litert_torch.convert(phone.scores(last=True), example)
    output.parent.mkdir(parents=True, exist_ok=True)
    converted.export(str(output))
    output.write_bytes(_described(output.read_bytes(), phone))
    comparison = Comparison(phone)
    tensors = comparison.tensors(photos)
    runner = LiteRt(output.read_bytes())
    return comparison.compare(
        tensors, [runner.run(comparison.rgb_last(tensor)) for tensor in tensors]
    )


class LiteRt:
    """A .tflite in LiteRT's own interpreter, on this machine."""

    def __init__(self, data: bytes) -> None:
        self._interpreter = Interpreter(model_content=data)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def run(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Normalised RGB [1, H, W, 3] to scores [labels]."""
        self._interpreter.set_tensor(self._input, image)
        self._interpreter.invoke()
        scores: NDArray[np.float32] = self._interpreter.get_tensor(self._output)[0]
        return scores


def _described(data: bytes, phone: Phone) -> bytes:
    manifest = phone.manifest
    mean, std = phone.mean_and_std
    texts = {
        MANIFEST_FILE: manifest.pretty(),
        LABELS_FILE: phone.packed.labels,
        TAXONOMY_FILE: phone.packed.taxonomy,
    }
    return with_metadata(
        data,
        name=f"{manifest.name.zh} · {manifest.name.en}",
        description=manifest.source,
        version=manifest.version,
        author=manifest.source,
        licence=manifest.license,
        mean=mean,
        std=std,
        labels=[label.zh for label in phone.labels],
        labels_en=[label.en or label.zh for label in phone.labels],
        files={name: text for name, text in texts.items() if text},
    )
