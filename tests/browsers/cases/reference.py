"""What Pillow and ONNX Runtime say of the pictures and models of a folder, as JSON.

    python reference.py FOLDER

Pictures are named by the bundled model lite0; a model (``*.onnx``) that lies there is asked about
``img/ref.png``, prepared as torchvision does. Of each: its first class, that class's score, and how many
classes there are. Scores are the softmax, but where every output lies in 0..1, the output itself.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import ImageFile
from shiwu_models.errors import ModelError
from shiwu_models.manifest import Input, Resize, parse_manifest
from shiwu_models.preprocess import preprocess
from shiwu_models.scores import softmax

PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".avif"}
MODELS = Path(__file__).parents[3] / "models"

# As browsers do: what is there of a picture that breaks off is shown.
ImageFile.LOAD_TRUNCATED_IMAGES = True


def names() -> list[str]:
    rows = (MODELS / "labels/imagenet1k.tsv").read_text("utf-8").splitlines()[1:]
    return [row.split("\t")[1] for row in rows]


def session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def first(outputs: np.ndarray, labels: list[str] | None) -> dict[str, object]:
    flat = outputs.reshape(-1)
    ready = bool((flat >= 0).all() and (flat <= 1).all())
    scores = flat if ready else softmax(flat)
    index = int(np.argmax(scores))
    label = labels[index] if labels else str(index + 1)
    return {"label": label, "score": float(scores[index]), "classes": len(flat)}


def pictures(folder: Path) -> dict[str, dict[str, object]]:
    manifest = parse_manifest((MODELS / "bundles/lite0/manifest.json").read_text("utf-8"))
    model = session(MODELS / "bundles/lite0/lite0.onnx")
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in PICTURES:
            continue
        key = str(path.relative_to(folder))
        try:
            tensor = preprocess(path, manifest.input, manifest.resize)
            logits = model.run([manifest.outputs.logits], {manifest.input.name: tensor})[0]
            found[key] = first(logits, names())
        except ModelError as error:
            found[key] = {"error": error.code}
    return found


def models(folder: Path) -> dict[str, dict[str, object]]:
    found = {}
    for path in sorted(folder.rglob("*.onnx")):
        key = str(path.relative_to(folder))
        try:
            model = session(path)
            [put, *_] = model.get_inputs()
            last = put.shape[-1] == 3
            height, width = put.shape[1:3] if last else put.shape[2:4]
            spec = Input(
                name=put.name,
                layout="NHWC" if last else "NCHW",
                size=(height, width),
                color="RGB",
                scale=1 / 255,
                mean=(0.485, 0.456, 0.406),
                std=(0.229, 0.224, 0.225),
            )
            resize = Resize(mode="crop-shortest", crop_fraction=0.875, filter="bilinear")
            tensor = preprocess(folder / "img/ref.png", spec, resize)
            found[key] = first(model.run(None, {put.name: tensor})[0], None)
        except Exception as error:  # whatever ONNX Runtime raises is the answer
            found[key] = {"error": type(error).__name__}
    return found


if __name__ == "__main__":
    root = Path(sys.argv[1])
    print(json.dumps(pictures(root) | models(root), ensure_ascii=False))
