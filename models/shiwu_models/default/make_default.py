"""The default model, from the registry's packages to the committed bundle."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto
from PIL import Image

from shiwu_models import parity
from shiwu_models.default.bundle import MEASUREMENTS, model_in, write_bundle
from shiwu_models.default.golden import carry_weights, run_torch
from shiwu_models.default.recipes import RECIPES
from shiwu_models.evaluation.evaluate import recorded
from shiwu_models.export.exporter import export
from shiwu_models.export.fold import fold_batch_norms
from shiwu_models.export.zoo import ZooEntry
from shiwu_models.graph import (
    LEVELS_SUFFIX,
    SCALE_SUFFIX,
    initializers,
    load_model,
    to_bytes,
    weights_sha256,
)
from shiwu_models.labels.tables import text_sha256
from shiwu_models.manifest import Calibration, Head, Labels, Manifest, Outputs, Parity
from shiwu_models.measurements import kept
from shiwu_models.pack import Packed, pack, tools, unpack, with_labels
from shiwu_models.preprocess import normalize
from shiwu_models.quantize.calibration import calibration_tensors
from shiwu_models.quantize.compact import compact
from shiwu_models.runtime import Runner
from shiwu_models.simplify import simplify

Report = Callable[[str], None]
OUTPUTS = Outputs(logits="output", features="features")
HEAD = "classifier"
# All that has a say in the bytes.
TOOLS = ("torch", "onnx", "onnxslim", "onnxruntime", "numpy", "pillow", "scikit-image")


def make_float(entry: ZooEntry, report: Report) -> ModelProto:
    """The zoo's model as a simplified float ONNX graph, proven equal to PyTorch's at each step."""
    original = entry.load()
    folded = entry.load()
    count = fold_batch_norms(folded)
    probe = _probe(entry)
    expected, _ = run_torch(original, probe)
    got, _ = run_torch(folded, probe)
    report(f"fold: {count} BN, |Δ| {parity.require('fold', expected, got):.1e}")
    exported = export(folded, entry.input.size)
    report(f"export: {len(exported.graph.node)} nodes")
    slim = simplify(exported)
    got = Runner(slim).run(probe, OUTPUTS.logits)
    report(
        f"simplify: {len(slim.graph.node)} nodes, "
        f"|Δ| {parity.require('simplify', expected, got):.1e}"
    )
    return slim


def make_int8(entry: ZooEntry, float_model: ModelProto, report: Report) -> ModelProto:
    """The float graph with compact int8 weights, proven equal to PyTorch with the same weights.

    What the rounding looks at are free photos that come with a package, so that anyone can make
    the same file.
    """
    result = compact(
        float_model,
        calibration_tensors(entry.input),
        strength=RECIPES[entry.id].strength,
    )
    model = result.model
    carrier = entry.load()
    carry_weights(carrier, model)
    probe = _probe(entry)
    expected, _ = run_torch(carrier, probe)
    difference = parity.require("quantize", expected, Runner(model).run(probe, OUTPUTS.logits))
    report(f"quantize: {len(result.names)} tensors, |Δ| {difference:.1e}")
    return model


def make_manifest(
    entry: ZooEntry, model: ModelProto, labels: str, measurements: Path | None = None
) -> Manifest:
    """The manifest of a zoo model, float or with int8 weights.

    ``measurements`` may hold accuracy recorded by ``evaluate --record``; it is used when it was
    measured on exactly these weights.
    """
    weights = weights_sha256(model)
    weight = f"{HEAD}.weight"
    rounded = weight + LEVELS_SUFFIX in initializers(model)
    manifest = Manifest(
        schema_version=1,
        id=entry.id,
        version=entry.version,
        name=entry.name,
        task="single-label",
        input=entry.input,
        resize=entry.resize,
        outputs=OUTPUTS,
        head=Head(
            weight=weight + LEVELS_SUFFIX if rounded else weight,
            scale=weight + SCALE_SUFFIX if rounded else None,
            bias=f"{HEAD}.bias",
        ),
        calibration=(measurements and calibrated(measurements, weights)) or entry.calibration,
        labels=Labels(count=1, sha256=text_sha256("")),  # with_labels puts the real ones in
        license=entry.license,
        source=entry.source,
        made_by=tools(*TOOLS, *entry.packages),
        parity=Parity(
            pytorch_onnxruntime=parity.BOUND,
            weights_sha256=weights,
            accuracy=recorded(measurements, weights) if measurements else None,
        ),
    )
    return with_labels(manifest, labels)


def make_default(
    entry: ZooEntry, bundle: Path, work: Path, labels: str, taxonomy: str, report: Report
) -> None:
    """Everything: weights to bundle. ``<id>.float.onnx``, packed too so that every other command
    takes it, stays in ``work``.

    ``labels`` and ``taxonomy`` are the tables' text. Raises ModelError as the steps do.
    """
    torch.set_num_threads(1)  # sums are then always added in the same order
    work.mkdir(parents=True, exist_ok=True)
    float_model = make_float(entry, report)
    packed = pack(float_model, make_manifest(entry, float_model, labels), labels, taxonomy)
    (work / f"{entry.id}.float.onnx").write_bytes(to_bytes(packed))
    int8_model = make_int8(entry, float_model, report)
    manifest = make_manifest(entry, int8_model, labels, bundle / MEASUREMENTS)
    write_packed(int8_model, manifest, labels, taxonomy, bundle)


def repack(bundle: Path, labels: str, taxonomy: str) -> None:
    """Put other labels into a bundle's model; weights and everything else stay as they are.

    Newly recorded measurements are taken up too.
    """
    model = load_model(model_in(bundle))
    manifest = unpack(model).manifest
    weights = weights_sha256(model)
    calibration = calibrated(bundle / MEASUREMENTS, weights) or manifest.calibration
    manifest = manifest.model_copy(update={"calibration": calibration})
    if manifest.parity is not None:
        accuracy = recorded(bundle / MEASUREMENTS, weights)
        renewed = manifest.parity.model_copy(update={"accuracy": accuracy})
        manifest = manifest.model_copy(update={"parity": renewed})
    write_packed(model, with_labels(manifest, labels), labels, taxonomy, bundle)


def calibrated(path: Path, weights: str) -> Calibration | None:
    """What ``calibrate`` recorded for exactly these weights, or None."""
    fitted = kept(path, weights, "calibration")
    return None if fitted is None else Calibration.model_validate(fitted)


def write_packed(
    model: ModelProto, manifest: Manifest, labels: str, taxonomy: str, bundle: Path
) -> None:
    """Pack and write the bundle's files."""
    packed = pack(model, manifest, labels, taxonomy)
    write_bundle(bundle, packed, Packed(manifest, labels, taxonomy))


def _probe(entry: ZooEntry) -> NDArray[np.float32]:
    """Two smooth pictures as the network's input: a gradient and rings, always the same."""
    height, width = entry.input.size
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    rings = 0.5 + 0.5 * np.sin(40 * np.hypot(x - 0.4, y - 0.6))
    pictures = (np.dstack([x, y, 1 - x]), np.dstack([rings, x * rings, 1 - rings]))
    images = (Image.fromarray(np.rint(picture * 255).astype(np.uint8)) for picture in pictures)
    return np.concatenate([normalize(image, entry.input) for image in images])
