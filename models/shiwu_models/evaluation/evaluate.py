"""How often is the model right, how sure should it be, and how often does it agree with another?"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto

from shiwu_models.evaluation import metrics
from shiwu_models.evaluation.dataset import answers
from shiwu_models.evaluation.multilabel import LabelScores, label_scores, scores_at
from shiwu_models.evaluation.predict import Predictions
from shiwu_models.evaluation.result import (
    Calibration,
    ClassResult,
    Comparison,
    Confusion,
    CurveBin,
    Evaluation,
    Fitted,
    LabelResult,
    MultiLabel,
    Share,
    SingleLabel,
)
from shiwu_models.evaluation.temperature import fit_temperature
from shiwu_models.graph import weights_sha256
from shiwu_models.head import Head
from shiwu_models.labels.tables import Label, parse_labels
from shiwu_models.manifest import Accuracy
from shiwu_models.measurements import keep, kept
from shiwu_models.pack import Packed
from shiwu_models.parity import relative_difference

TOP = 5
Floats = NDArray[np.float64]


def evaluate(
    predictions: Predictions,
    packed: Packed,
    model: ModelProto,
    *,
    name: str,
    reference_name: str = "",
    unknown: list[tuple[str, str]] | None = None,
    threshold: float = 0.5,
) -> Evaluation:
    """Everything that the predictions say; nothing is run any more.

    ``name`` and ``reference_name`` are what to call the two models; ``threshold`` is for a
    tagger's labels that have none of their own.
    """
    manifest = packed.manifest
    several = manifest.task == "multi-label"
    labels = answers(parse_labels(packed.labels), several=several)
    head = Head.of(model, manifest.outputs.logits, manifest)
    probabilities = head.probabilities(predictions.logits)
    own = head.activation == "Sigmoid"  # each class for itself
    fit = fit_temperature(predictions.logits, predictions.truth, sigmoid=own)
    refitted = head.probabilities(predictions.logits, fit.temperature)
    return Evaluation(
        model=name,
        weights_sha256=weights_sha256(model),
        task=manifest.task,
        photos=len(predictions.samples),
        unknown=unknown or [],
        unreadable=[path.name for path in predictions.unreadable],
        single=None if several else _single(predictions, labels),
        multi=_multi(probabilities, predictions.truth > 0, labels, threshold) if several else None,
        calibration=_calibration(
            probabilities, predictions.truth, manifest.calibration.temperature, several=several
        ),
        fitted=Fitted(
            low=fit.low,
            high=fit.high,
            trustworthy=fit.trustworthy,
            calibration=_calibration(refitted, predictions.truth, fit.temperature, several=several),
        ),
        comparison=_comparison(predictions, reference_name) if not several else None,
    )


def _share(count: int, total: int) -> Share:
    low, high = metrics.wilson(count, total)
    return Share(count=count, total=total, low=low, high=high)


def _single_truth(predictions: Predictions) -> metrics.Indices:
    return np.array([sample.classes[0] for sample in predictions.samples])


def _single(predictions: Predictions, labels: list[Label]) -> SingleLabel:
    truth = _single_truth(predictions)
    ranks = metrics.rank_of_truth(predictions.logits, truth)
    answers = predictions.logits.argmax(axis=1)
    total = len(truth)
    classes = [
        ClassResult(
            index=int(index),
            id=labels[index].id,
            zh=labels[index].zh,
            en=labels[index].en,
            photos=int((truth == index).sum()),
            top1=int((ranks[truth == index] == 0).sum()),
            top5=int((ranks[truth == index] < TOP).sum()),
        )
        for index in np.unique(truth)
    ]
    # Of two classes with the same share, that with more photos is the surer failure.
    classes.sort(key=lambda c: (c.top1 / c.photos, c.top5 / c.photos, -c.photos, c.index))
    wrong = np.stack([truth, answers], axis=1)[answers != truth]
    pairs, counts = np.unique(wrong, axis=0, return_counts=True)
    confusions = [
        Confusion(truth=int(pair[0]), answer=int(pair[1]), photos=int(count))
        for pair, count in zip(pairs, counts, strict=True)
    ]
    confusions.sort(key=lambda c: (-c.photos, c.truth, c.answer))
    return SingleLabel(
        top1=_share(int((ranks == 0).sum()), total),
        top5=_share(int((ranks < TOP).sum()), total),
        classes=classes,
        confusions=confusions,
    )


def _multi(
    probabilities: Floats, truth: NDArray[np.bool_], labels: list[Label], threshold: float
) -> MultiLabel:
    own = [label.threshold if label.threshold is not None else threshold for label in labels]
    thresholds = np.array(own)
    overall = scores_at(probabilities, truth, thresholds)
    each = label_scores(probabilities, truth, thresholds)
    shown = [label for label in each if label.photos]
    results = [_label_result(scores, labels[scores.index]) for scores in each]
    # Labels that no photo shows have no figure: after all the others.
    results.sort(
        key=lambda r: (2.0 if r.average_precision is None else r.average_precision, r.index)
    )
    return MultiLabel(
        precision=overall.precision,
        recall=overall.recall,
        micro_f1=overall.f1,
        macro_f1=_mean([label.at_threshold.f1 for label in shown]),
        mean_average_precision=_mean([label.average_precision or 0.0 for label in shown]),
        labels=results,
    )


def _label_result(scores: LabelScores, label: Label) -> LabelResult:
    return LabelResult(
        index=scores.index,
        id=label.id,
        zh=label.zh,
        en=label.en,
        photos=scores.photos,
        threshold=scores.threshold,
        precision=scores.at_threshold.precision,
        recall=scores.at_threshold.recall,
        f1=scores.at_threshold.f1,
        average_precision=scores.average_precision,
        best_threshold=scores.best_threshold,
        best_f1=scores.best_f1,
    )


def _mean(values: list[float]) -> float:
    return sum(values) / max(len(values), 1)


def _calibration(
    probabilities: Floats, truth: Floats, temperature: float, *, several: bool
) -> Calibration:
    """Single-label: of the first answer. Multi-label: of each yes-or-no question."""
    if several:
        confidence, correct = probabilities.ravel(), truth.ravel() > 0
        own = np.where(truth > 0, probabilities, 1 - probabilities)
        nll = float(-np.log(np.maximum(own, 1e-12)).mean())
        brier = float(np.square(probabilities - truth).mean())
    else:
        index = truth.argmax(axis=1)
        confidence = probabilities.max(axis=1)
        correct = probabilities.argmax(axis=1) == index
        nll = metrics.negative_log_likelihood(probabilities, index)
        brier = metrics.brier(probabilities, index)
    bins = metrics.reliability(confidence, correct)
    return Calibration(
        temperature=temperature,
        ece=metrics.expected_calibration_error(bins),
        nll=nll,
        brier=brier,
        bins=[CurveBin(**vars(entry)) for entry in bins],
    )


def _comparison(predictions: Predictions, name: str) -> Comparison | None:
    expected = predictions.reference
    if expected is None:
        return None
    truth = _single_truth(predictions)
    total = len(truth)
    ours = metrics.rank_of_truth(predictions.logits, truth)
    theirs = metrics.rank_of_truth(expected, truth)
    only_model = int(((ours == 0) & (theirs > 0)).sum())
    only_reference = int(((ours > 0) & (theirs == 0)).sum())
    return Comparison(
        reference=name,
        top1=_share(int((theirs == 0).sum()), total),
        top5=_share(int((theirs < TOP).sum()), total),
        same_top1=int((predictions.logits.argmax(axis=1) == expected.argmax(axis=1)).sum()),
        only_model=only_model,
        only_reference=only_reference,
        drop_points=100 * (only_reference - only_model) / total,
        p=metrics.mcnemar(only_model, only_reference),
        largest_difference=max(
            relative_difference(a, b) for a, b in zip(expected, predictions.logits, strict=True)
        ),
    )


def record(path: Path, evaluation: Evaluation) -> None:
    """Write the counts beside the weights' digest, for ``make-default`` to put in the manifest.

    ``evaluation`` must be of a single-label model and hold a comparison with the float one.
    """
    single, beside = evaluation.single, evaluation.comparison
    assert single is not None and beside is not None
    accuracy = Accuracy(
        photos=evaluation.photos,
        top1=single.top1.count,
        top5=single.top5.count,
        float_top1=beside.top1.count,
        float_top5=beside.top5.count,
        same_top1=beside.same_top1,
    )
    keep(path, evaluation.weights_sha256, accuracy=accuracy.model_dump())


def recorded(path: Path, weights: str) -> Accuracy | None:
    """The counts recorded for exactly these weights, or None."""
    counts = kept(path, weights, "accuracy")
    return None if counts is None else Accuracy.model_validate(counts)
