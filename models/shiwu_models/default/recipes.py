"""How coarsely each model that ships is rounded.

The strengths were chosen on the trade-off curve (``quantize --method compact --curve``): the
smallest file that loses at most half a point of top-1; see ``models/README.md``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """What turns a zoo model's float graph into the one that ships."""

    strength: float  # of quantize.compact


RECIPES = {"lite0": Recipe(strength=2e-8), "lite2": Recipe(strength=1.5e-8)}
