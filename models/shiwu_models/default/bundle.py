"""A bundle: one model's folder under ``models/bundles``, with all that must travel with it."""

import hashlib
from importlib.resources import files
from pathlib import Path

from onnx import ModelProto

from shiwu_models.default.recipes import RECIPES
from shiwu_models.errors import ModelError
from shiwu_models.graph import opset, to_bytes
from shiwu_models.manifest import Manifest
from shiwu_models.pack import Packed, category_count
from shiwu_models.sizes import measure

SUMS = "SHA256SUMS"
MEASUREMENTS = "measurements.json"


def model_in(directory: Path) -> Path:
    """The bundle's one .onnx. Raises ModelError ``load-failed``."""
    found = sorted(directory.glob("*.onnx"))
    if len(found) != 1:
        raise ModelError(
            "load-failed",
            zh=f"{directory} 不是模型包：里面应当正好有一个 .onnx，却有 {len(found)} 个。"
            "请检查路径。",
            en=f"{directory} is no bundle: it should hold one .onnx, and holds {len(found)}. "
            "Check the path.",
        )
    return found[0]


def write_bundle(directory: Path, model: ModelProto, packed: Packed) -> None:
    """Write ``<id>.onnx``, manifest.json, LICENSE, NOTICE, PROVENANCE.md and SHA256SUMS.

    ``model`` is the packed model. What is in the folder besides is left alone, and is in the sums
    if it is measurements.json. The same model gives the same bytes.
    """
    directory.mkdir(parents=True, exist_ok=True)
    manifest = packed.manifest
    data = to_bytes(model)
    texts = files("shiwu_models") / "texts"
    contents = {
        f"{manifest.id}.onnx": data,
        "manifest.json": manifest.pretty().encode(),
        "LICENSE": (texts / f"{manifest.license}.txt").read_bytes(),
        "NOTICE": (texts / f"{manifest.id}-NOTICE.txt").read_bytes(),
        "PROVENANCE.md": _provenance(manifest, packed, model, data).encode(),
    }
    for name, content in contents.items():
        (directory / name).write_bytes(content)
    names = sorted({*contents, *(n for n in (MEASUREMENTS,) if (directory / n).exists())})
    # The format of sha256sum, so that `sha256sum -c SHA256SUMS` checks the folder.
    sums = [f"{hashlib.sha256((directory / n).read_bytes()).hexdigest()}  {n}" for n in names]
    (directory / SUMS).write_text("\n".join(sums) + "\n", encoding="utf-8")


def _calibration(manifest: Manifest) -> str:
    """The three figures; a dash for what was not fitted."""
    fitted = manifest.calibration
    return ", ".join(
        "–" if value is None else f"{value:g}"
        for value in (fitted.temperature, fitted.hedge, fitted.familiar)
    )


def _provenance(manifest: Manifest, packed: Packed, model: ModelProto, data: bytes) -> str:
    sizes = measure(data)
    height, width = manifest.input.size
    lines = [
        f"# {manifest.name.en} ({manifest.id} {manifest.version}): where it comes from",
        "",
        f"Written by `shiwu-models`; do not edit. Source: {manifest.source}.",
        "",
        "## Recipe",
        "",
        "```sh",
        "python -m shiwu_models make-default   # in models/, see models/README.md",
        "```",
        "",
        "1. Load the PyTorch weights (`weights_only=True`, strict) and check evaluation mode.",
        "2. Fold batch normalisation into the convolutions, in float64.",
        f"3. Export at opset {opset(model)}: `input` [N,3,{height},{width}]; `output` (logits, no "
        "softmax) and `features`; N is dynamic.",
        "4. Simplify (onnxslim).",
        "5. Weights to compact int8 (strength "
        f"{RECIPES[manifest.id].strength:g}): steps set by what a bit costs in the logits, levels "
        "chosen with error feedback on crops of scikit-image's free photos, then scales fitted and "
        "biases corrected; DequantizeLinear(axis=0) in the graph. Biases and activations stay "
        "float32.",
        "6. Manifest, labels and taxonomy into `metadata_props`.",
        "",
        "Steps 2, 4 and 5 are each followed by a proof that the answers are still the same (2 and "
        "4: against the model before; 5: PyTorch with the int8 weights multiplied out against "
        "ONNX Runtime).",
        "",
        "## Tools",
        "",
        "| tool | version |",
        "| --- | --- |",
        *(f"| {tool} | {version} |" for tool, version in manifest.made_by.items()),
        "",
        "## Figures",
        "",
        "| what | figure |",
        "| --- | --- |",
        f"| bytes raw / gzip -9 / brotli 11 | {sizes.raw:,} / {sizes.gzip:,} / {sizes.brotli:,} |",
        f"| nodes | {len(model.graph.node)} |",
        f"| classes, categories | {manifest.labels.count}, {category_count(packed.taxonomy)} |",
        f"| temperature, hedge, familiar | {_calibration(manifest)} |",
    ]
    if parity := manifest.parity:
        lines += [
            f"| sha256 of the weights | `{parity.weights_sha256}` |",
            "| PyTorch and ONNX Runtime differ by | less than "
            f"{parity.pytorch_onnxruntime:g} of the logits' range |",
        ]
        if got := parity.accuracy:
            lines += [
                f"| top-1, int8 / float | {got.top1} / {got.float_top1} of {got.photos} photos |",
                f"| top-5, int8 / float | {got.top5} / {got.float_top5} of {got.photos} |",
                f"| same first answer as float | {got.same_top1} of {got.photos} |",
                "",
                "The photos are one a class, and easier than ImageNet's validation set: compare "
                "the two models by them, and take neither figure for the model's accuracy. They "
                "carry no licence and do not ship.",
            ]
    return "\n".join(lines) + "\n"
