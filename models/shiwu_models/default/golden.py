"""Goldens: what PyTorch answers on the fixture photos, for the native, wasm and browser tests.

The page runs the int8 file, so the PyTorch model that makes ``logits`` carries the same numbers:
the int8 weights multiplied out. What int8 itself costs is seen beside, in ``float_model``.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.errors import ModelError
from shiwu_models.export.fold import fold_batch_norms
from shiwu_models.export.zoo import Classifier, ZooEntry
from shiwu_models.graph import real_weights, weights_sha256
from shiwu_models.labels.tables import Label, parse_labels
from shiwu_models.pack import Packed, tools
from shiwu_models.preprocess import fit, load_image, normalize
from shiwu_models.scores import softmax, top_k

FEATURES_SHOWN = 16


def carry_weights(classifier: Classifier, model: ModelProto) -> None:
    """Fold ``classifier`` and load the ONNX model's weights into it, in place.

    Afterwards it is the same function as the ONNX graph. Raises ModelError ``parity`` when the
    two do not have the same parameters.
    """
    fold_batch_norms(classifier)
    weights = real_weights(model)
    state = classifier.state_dict()
    if missing := sorted(set(state) - set(weights)):
        raise ModelError(
            "parity",
            zh=f"ONNX 里找不到 PyTorch 的参数 {missing[0]}；两者不是同一个模型。",
            en=f"PyTorch's parameter {missing[0]} is not in the ONNX file: not the same model.",
        )
    classifier.load_state_dict({name: torch.from_numpy(weights[name]) for name in state})


def run_torch(
    classifier: Classifier, tensor: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """float32 [N, 3, H, W] → logits [N, classes], features [N, D]."""
    with torch.no_grad():
        logits, features = classifier(torch.from_numpy(tensor))
    return logits.numpy(), features.numpy()


def make_goldens(
    entry: ZooEntry, model: ModelProto, packed: Packed, photos: list[Path], out: Path
) -> list[Path]:
    """Write ``<name>.json`` and ``<name>.<width>.png`` for each photo; returns the files.

    The PNG holds the resized picture, 8-bit RGB, before normalisation. Numbers in the JSON are
    the shortest decimals that read back as the same float32.
    """
    ours = entry.load()
    carry_weights(ours, model)
    plain = entry.load()
    manifest = packed.manifest
    labels = parse_labels(packed.labels)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for photo in photos:
        picture = fit(load_image(photo), manifest.input.size, manifest.resize)
        tensor = normalize(picture, manifest.input)
        logits, features = run_torch(ours, tensor)
        float_logits, _ = run_torch(plain, tensor)
        resized = out / f"{photo.stem}.{manifest.input.size[1]}.png"
        picture.save(resized, optimize=True)
        golden = {
            "photo": photo.name,
            "photo_sha256": hashlib.sha256(photo.read_bytes()).hexdigest(),
            "resized": resized.name,
            "model": manifest.id,
            "weights_sha256": weights_sha256(model),
            "versions": tools("torch", "pillow", "numpy"),
            "top5": _top5(logits[0], labels, manifest.calibration.temperature),
            "logits": _numbers(logits[0]),
            "features": {
                "first": _numbers(features[0, :FEATURES_SHOWN]),
                "l2_norm": float(np.linalg.norm(features[0].astype(np.float64))),
            },
            "float_model": {
                "top5": _top5(float_logits[0], labels, manifest.calibration.temperature),
                "logits": _numbers(float_logits[0]),
            },
        }
        file = out / f"{photo.stem}.json"
        # One field a line: a change of one shows as one line.
        lines = [f'"{key}": {json.dumps(value)}' for key, value in golden.items()]
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        written += [file, resized]
    return written


def _top5(
    logits: NDArray[np.float32], labels: list[Label], temperature: float
) -> list[dict[str, Any]]:
    probabilities = softmax(logits, temperature)
    return [
        {"index": i, "id": labels[i].id, "probability": float(probabilities[i])}
        for i in top_k(logits, 5)
    ]


def _numbers(values: NDArray[np.float32]) -> list[float]:
    # str() of a float32 is its shortest exact form; float() of that prints the same digits.
    return [float(str(value)) for value in values]
