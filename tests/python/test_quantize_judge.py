"""Judging: figures against formulas written out, limits, and what the manifest then says."""

from dataclasses import replace

import numpy as np
import pytest
from onnx import ModelProto

from conftest import LABELS, TAXONOMY, tiny_model
from manifests import tiny_manifest
from shiwu_models.errors import ModelError
from shiwu_models.graph import initializers, real_weights, weights_sha256
from shiwu_models.head import Head
from shiwu_models.manifest import Calibration, Manifest, Parity
from shiwu_models.pack import Packed, unpack
from shiwu_models.quantize import fp16, static_int8, weight_int8
from shiwu_models.quantize.carry import carry_over
from shiwu_models.quantize.judge import Judge, Judged
from shiwu_models.quantize.limit import exceeds, loss, refusal
from shiwu_models.runtime import Runner

RNG = np.random.default_rng(31)
PICTURES = RNG.normal(size=(40, 3, 8, 8)).astype(np.float32)
TRUTH = [int(c) for c in RNG.integers(0, 2, 40)]


def judged_pair() -> tuple[Judged, Judged]:
    judge = Judge(tiny_model(), {"other": _turned()}, "output")
    for picture, truth in zip(PICTURES, TRUTH, strict=True):
        judge.see(picture[np.newaxis], (truth,))
    reference, others = judge.finish()
    return reference, others["other"]


def _turned() -> ModelProto:
    model = tiny_model()
    for tensor in model.graph.initializer:
        if tensor.name == "classifier.bias":
            tensor.raw_data = np.array([0.4, -0.3], np.float32).tobytes()
    return model


def test_the_float_model_agrees_with_itself() -> None:
    reference, _ = judged_pair()
    assert reference.same_top1 == reference.pictures == reference.labelled == 40
    assert reference.kl == reference.expected_loss == reference.largest_difference == 0
    assert reference.cosine == pytest.approx(1, abs=1e-12)
    assert reference.latency_ms > 0


def test_figures_are_those_of_the_formulas() -> None:
    reference, other = judged_pair()
    a, b = (
        Runner(model).run(PICTURES, "output").astype(np.float64)
        for model in (tiny_model(), _turned())
    )
    p, q = (np.exp(x) / np.exp(x).sum(1, keepdims=True) for x in (a, b))
    rows = np.arange(40)
    assert other.same_top1 == (a.argmax(1) == b.argmax(1)).sum()
    assert 0 < other.same_top1 < 40  # else this would show nothing
    assert reference.top1 == (a.argmax(1) == TRUTH).sum()
    assert other.top1 == (b.argmax(1) == TRUTH).sum()
    assert other.top5 == 40  # of two classes
    assert other.kl == pytest.approx((p * np.log(p / q)).sum(1).mean(), rel=1e-5)
    assert other.largest_difference == pytest.approx(np.abs(p - q).max(), rel=1e-5)
    cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert other.cosine == pytest.approx(cosines.mean(), rel=1e-5)
    lost = p[rows, a.argmax(1)] - p[rows, b.argmax(1)]
    assert other.expected_loss == pytest.approx(lost.mean(), rel=1e-5)


def test_probabilities_follow_the_manifest() -> None:
    manifest = tiny_manifest().model_copy(update={"calibration": Calibration(temperature=2.0)})
    logits = np.array([0.0, 2 * np.log(3)], np.float32)
    head = Head.of(tiny_model(), "output", manifest)
    np.testing.assert_allclose(head.scores(logits), [0.25, 0.75], rtol=1e-6)
    tagger = manifest.model_copy(update={"task": "multi-label"})
    head = Head.of(tiny_model(), "output", tagger)
    np.testing.assert_allclose(head.scores(logits), [0.5, 0.75], rtol=1e-6)


def test_what_counts_as_loss() -> None:
    base = Judged(200, 200, 180, 199, 200, 0, 0, 0, 1, 1)
    worse = replace(base, top1=179, same_top1=190, expected_loss=0.002)
    assert loss(base, worse, built_in=False).points == pytest.approx(0.5)
    unlabelled = replace(worse, labelled=0)
    assert loss(base, unlabelled, built_in=False).points == pytest.approx(5)
    assert loss(base, unlabelled, built_in=True).points == pytest.approx(0.2)
    better = loss(base, replace(base, top1=182), built_in=False)
    assert better.points == -1
    assert not exceeds(better, 0)


def test_a_loss_of_just_the_limit_passes() -> None:
    base = Judged(1000, 1000, 900, 990, 1000, 0, 0, 0, 1, 1)
    for lost, passes in ((3, True), (4, False)):
        found = loss(base, replace(base, top1=900 - lost), built_in=False)
        assert exceeds(found, 0.3) is not passes


def test_the_refusal_says_figures_and_what_to_try() -> None:
    base = Judged(50, 0, 0, 0, 50, 0, 0, 0, 1, 1)
    error = refusal("compact", loss(base, replace(base, same_top1=45), built_in=False), 0.5)
    assert error.code == "accuracy-drop"
    for text in (error.zh, error.en):
        for part in ("compact", "10.00", "50", "--max-drop 0.5", "weight-int8", "--photos"):
            assert part in text


def packed() -> Packed:
    parity = Parity(pytorch_onnxruntime=1e-5, weights_sha256=weights_sha256(tiny_model()))
    manifest = tiny_manifest().model_copy(update={"parity": parity})
    return Packed(manifest, LABELS, TAXONOMY)


def manifest_after(model: ModelProto, *, weights_only: bool) -> Manifest:
    return unpack(carry_over(packed(), model, weights_only=weights_only)).manifest


def test_an_int8_head_is_named_with_its_scale() -> None:
    small, _ = weight_int8.quantize(tiny_model(), smallest=0)
    head = manifest_after(small, weights_only=True).head
    assert head is not None
    assert (head.weight, head.scale) == ("classifier.weight_int8", "classifier.weight_scale")
    stored = initializers(small)
    levels, scale = stored["classifier.weight_int8"], stored["classifier.weight_scale"]
    real = levels.astype(np.float32) * scale.astype(np.float32)[:, np.newaxis]
    np.testing.assert_array_equal(real, real_weights(small)["classifier.weight"])


def test_a_head_that_stays_float_keeps_its_name() -> None:
    small, _ = weight_int8.quantize(tiny_model(), smallest=50)
    assert manifest_after(small, weights_only=True).head == packed().manifest.head


def test_a_head_that_no_manifest_can_describe_is_left_out() -> None:
    static = static_int8.quantize(tiny_model(), PICTURES)
    after = manifest_after(static, weights_only=False)
    assert after.head is None
    assert after.parity is None  # PyTorch's function it is not any more


def test_parity_is_of_the_new_weights_and_accuracy_of_what_was_counted() -> None:
    small, _ = weight_int8.quantize(tiny_model(), smallest=0)
    parity = manifest_after(small, weights_only=True).parity
    assert parity is not None
    assert parity.weights_sha256 == weights_sha256(small)
    assert parity.accuracy is None
    reference, other = judged_pair()
    made = carry_over(packed(), small, weights_only=True, judged=(reference, other))
    parity = unpack(made).manifest.parity
    assert parity is not None
    assert parity.accuracy is not None
    assert parity.accuracy.photos == 40
    assert parity.accuracy.top1 == other.top1
    assert parity.accuracy.float_top1 == reference.top1
    assert unpack(made).labels == LABELS
    assert unpack(made).taxonomy == TAXONOMY


def test_fp16_without_large_weights_is_explained() -> None:
    with pytest.raises(ModelError, match="float model"):
        fp16.quantize(tiny_model())
