"""The reference: Pillow's decoder and resampling, and the network by native ONNX Runtime in float32.

python reference.py MODEL.onnx PHOTO…   prints {"answers": [[index, score, calibrated], …], "ids": […]} as JSON

A score is the softmax of the logits; calibrated, at the temperature that the model's manifest gives.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import onnx
import onnxruntime
from PIL import Image, ImageOps

SIDE = 224
KEPT = 0.875


def tensor(path: str) -> np.ndarray:
    """The middle of the upright photo, as the bundled model's manifest asks."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
    side = KEPT * min(image.size)
    left, top = ((length - side) / 2 for length in image.size)
    box = (left, top, left + side, top + side)
    small = image.resize((SIDE, SIDE), Image.Resampling.BICUBIC, box=box)
    values = (np.asarray(small, np.float32) - 127) / 128
    return values.transpose(2, 0, 1)[None]


def softmax(logits: np.ndarray) -> np.ndarray:
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()


def main() -> None:
    model, *photos = sys.argv[1:]
    properties = {each.key: each.value for each in onnx.load(model).metadata_props}
    rows = properties["shiwu.labels"].splitlines()[1:]
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    temperature = json.loads(properties["shiwu.manifest"])["calibration"]["temperature"]
    answers = []
    for photo in photos:
        logits = session.run(["output"], {"input": tensor(photo)})[0][0]
        index = int(logits.argmax())
        scores = [softmax(logits / each)[index] for each in (1.0, temperature)]
        answers.append([index, *map(float, scores)])
    print(json.dumps({"answers": answers, "ids": [row.split("\t")[0] for row in rows]}))


if __name__ == "__main__":
    main()
