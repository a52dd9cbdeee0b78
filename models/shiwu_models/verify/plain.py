"""A report as JSON types."""

from dataclasses import asdict
from typing import Any

from shiwu_models.verify.verify import PhotoReport, Report


def report_as_plain(report: Report) -> dict[str, Any]:
    """Counts and extremes over all photos, then every photo. Numbers are plain Python ones."""
    pairs = {name: report.pairs(name) for name in ("torch", "browser")}
    return {
        "agree": report.agree,
        "photos": len(report.photos),
        "carried_weights": report.carried,
        "rounded_weights": report.rounded,
        "pairs": {
            name: {
                "same_top5": sum(pair.same_top for pair in found),
                "allclose": sum(pair.allclose for pair in found),
                "max_score_difference": max(pair.scores for pair in found),
                "max_logit_difference": max(pair.logits for pair in found),
                "min_cosine": min(pair.cosine for pair in found),
            }
            for name, found in pairs.items()
            if found
        },
        "each": [_photo(photo) for photo in report.photos],
    }


def _photo(photo: PhotoReport) -> dict[str, Any]:
    return {
        "photo": photo.photo,
        "agree": photo.agree,
        "parted_at": photo.parted_at,
        "top5": {answer.path: [asdict(named) for named in answer.top] for answer in photo.answers},
        "torch": asdict(photo.torch) if photo.torch else None,
        "browser": asdict(photo.browser) if photo.browser else None,
        "decoding": asdict(photo.decoding) if photo.decoding else None,
        "resized_differ": photo.resized_differ,
        "tensor_differ": photo.tensor_differ,
        "findings": [asdict(finding) for finding in photo.findings],
    }
