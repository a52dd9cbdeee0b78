"""A tagger's thresholds: from the photos into the labels table."""

import math

from shiwu_models.labels.tables import plain_decimal

HEADING = "threshold"


def moved(threshold: float, temperature: float, to: float) -> float:
    """The threshold that at temperature ``to`` divides the logits where this one does now.

    sigmoid(logit / T) rises with the logit, so only the name of the place changes. 0..1.
    """
    if not 0 < threshold < 1:
        return threshold
    logit = math.log(threshold / (1 - threshold)) * temperature
    return 0.5 * (1 + math.tanh(logit / to / 2))


def with_thresholds(table: str, thresholds: list[float | None]) -> str:
    """The labels table (a sound one) with these in its column ``threshold``, to four places.

    One for each row, in order; None leaves what the row has.
    """
    header, *rows = table.removesuffix("\n").replace("\r\n", "\n").split("\n")
    columns = header.split("\t")
    added = HEADING not in columns
    place = len(columns) if added else columns.index(HEADING)
    lines = [header + "\t" + HEADING if added else header]
    for row, threshold in zip(rows, thresholds, strict=True):
        cells = row.split("\t") + ([""] if added else [])
        if threshold is not None:
            cells[place] = plain_decimal(round(threshold, 4))
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"
