"""A packed model stays packed: the manifest for the quantised graph."""

from onnx import ModelProto, numpy_helper

from shiwu_models import parity
from shiwu_models.graph import (
    LEVELS_SUFFIX,
    SCALE_SUFFIX,
    initializers,
    real_weights,
    weights_sha256,
)
from shiwu_models.manifest import Accuracy, Head, Manifest, Parity
from shiwu_models.pack import Packed, pack, tools
from shiwu_models.quantize.judge import Judged
from shiwu_models.simplify import compare, probes


def prove_weights_only(float_model: ModelProto, quantized: ModelProto) -> float:
    """The relative difference between ``quantized`` and the float graph with the weights that it
    stands for: both must be the same function. Raises ModelError ``parity``.
    """
    carrier = ModelProto()
    carrier.CopyFrom(float_model)
    real = real_weights(quantized)
    for tensor in carrier.graph.initializer:
        if tensor.name in real:
            tensor.CopyFrom(numpy_helper.from_array(real[tensor.name], tensor.name))
    return compare(carrier, quantized, probes(float_model, (64, 64)))


def carry_over(
    packed: Packed,
    quantized: ModelProto,
    *,
    weights_only: bool,
    judged: tuple[Judged, Judged] | None = None,
) -> ModelProto:
    """``quantized`` packed with what its float model carried, brought up to date.

    ``judged`` is (float, quantised) on labelled photos, for the manifest's accuracy; without it
    the float model's is dropped. The parity with PyTorch holds on when only weights changed
    (``prove_weights_only``), and is dropped otherwise. Raises ModelError as ``pack`` does.
    """
    manifest = packed.manifest
    renewed = manifest.model_copy(
        update={
            "head": _head(manifest.head, quantized),
            "made_by": manifest.made_by | tools("onnx", "onnxruntime", "numpy"),
            "parity": _parity(manifest, quantized, judged) if weights_only else None,
        }
    )
    return pack(quantized, renewed, packed.labels, packed.taxonomy)


def _head(head: Head | None, model: ModelProto) -> Head | None:
    """The head under its new names; None when it is stored in a way that a manifest cannot say
    (float16; or unsigned with a zero point)."""
    if head is None or head.scale is not None:
        return head
    stored = initializers(model)
    if head.weight in stored and head.bias in stored:
        return head
    levels, scale = head.weight + LEVELS_SUFFIX, head.weight + SCALE_SUFFIX
    if levels not in stored or head.bias not in stored:
        return None
    # By row: a head that is multiplied from the right, [D, classes], has its scales by column.
    if stored[scale].shape != stored[levels].shape[:1]:
        return None
    return Head(weight=levels, scale=scale, bias=head.bias)


def _parity(
    manifest: Manifest, model: ModelProto, judged: tuple[Judged, Judged] | None
) -> Parity | None:
    if manifest.parity is None:
        return None
    return Parity(
        pytorch_onnxruntime=max(manifest.parity.pytorch_onnxruntime, parity.BOUND),
        weights_sha256=weights_sha256(model),
        accuracy=_accuracy(*judged) if judged else None,
    )


def _accuracy(reference: Judged, own: Judged) -> Accuracy:
    return Accuracy(
        photos=own.labelled,
        top1=own.top1,
        top5=own.top5,
        float_top1=reference.top1,
        float_top5=reference.top5,
        same_top1=own.same_top1,
    )
