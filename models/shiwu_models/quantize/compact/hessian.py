"""Second moments of a layer's inputs: how much an error in its weights changes its output."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from shiwu_models.quantize.compact.layers import Layer

BATCH = 4  # pictures unrolled at a time; bounds the memory
# Neighbouring positions say nearly the same: of large maps not every picture is needed.
POSITIONS = 40_000
FEWEST = 12  # pictures, however large the map
# How much the Hessian is drawn towards the same energy in every direction. Without, errors hide
# where the few calibration pictures have no energy and others do: at equal bytes Lite0's divergence
# from float was 2.5 times as large on other photos. 0.1, 0.3 and 1 differ little from each other.
CAUTION = 0.3
NOISE = 1e-6  # of the energy


@dataclass(frozen=True)
class Moments:
    """Of the columns x that a layer multiplies its weight rows with, over calibration pictures
    and positions: mean [groups, d] and second moment E[x xᵀ] [groups, d, d], float64.

    ``observations`` is how many independent columns they are worth: positions of one picture
    resemble each other, so each picture counts as the square root of its positions.
    """

    mean: NDArray[np.float64]
    second: NDArray[np.float64]
    observations: float

    def hessian(self, *, centred: bool) -> NDArray[np.float64]:
        """The squared error of an output is e H eᵀ for an error e of its weights: [groups, d, d].

        H is E[x xᵀ], less E[x] E[x]ᵀ if ``centred``: the part along the mean only shifts the
        output, which a bias can take back. It is then drawn towards the same energy in every
        direction, the more so the fewer observations there are for its d inputs: with fewer
        columns than inputs it has directions without any energy, in which errors would seem to
        cost nothing (linear shrinkage; Ledoit and Wolf, 2004).
        """
        size = self.second.shape[-1]
        plain = self.second
        if centred:
            plain = plain - self.mean[:, :, np.newaxis] * self.mean[:, np.newaxis, :]
        share = CAUTION * size / (CAUTION * size + self.observations)
        energy = np.trace(plain, axis1=1, axis2=2) / size
        shrunk: NDArray[np.float64] = (1 - share) * plain
        # Inputs that hardly vary leave only the noise of float32's digits, with any sign.
        noise = NOISE * np.trace(self.second, axis1=1, axis2=2) / size
        shrunk += (share * energy + noise)[:, np.newaxis, np.newaxis] * np.eye(size)
        return shrunk


def moments(layer: Layer, x: NDArray[np.float32], kernel: tuple[int, int]) -> Moments:
    """Moments of ``x`` [N, C, H, W] (or [N, D] for a Gemm) as ``layer`` reads it."""
    if x.ndim == 2:
        x = x[:, :, np.newaxis, np.newaxis]
    positions = x.shape[2] * x.shape[3] // (layer.strides[0] * layer.strides[1])
    pictures = min(len(x), max(FEWEST, -(-POSITIONS // positions)))
    x = x[np.linspace(0, len(x) - 1, pictures).round().astype(int)]
    first: NDArray[np.float64] = np.zeros(())
    second: NDArray[np.float64] = np.zeros(())
    count = 0
    for start in range(0, len(x), BATCH):
        columns = _columns(layer, x[start : start + BATCH], kernel)
        first = first + columns.sum(axis=2, dtype=np.float64)
        second = second + (columns @ columns.transpose(0, 2, 1)).astype(np.float64)
        count += columns.shape[2]
    return Moments(first / count, second / count, pictures * math.sqrt(count / pictures))


def _columns(layer: Layer, x: NDArray[np.float32], kernel: tuple[int, int]) -> NDArray[np.float32]:
    """The columns, float32 [groups, C / groups * kernel, N * positions]."""
    top, left, bottom, right = layer.pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)))
    span = tuple((k - 1) * d + 1 for k, d in zip(kernel, layer.dilations, strict=True))
    windows = sliding_window_view(x, span, axis=(2, 3))
    (sy, sx), (dy, dx) = layer.strides, layer.dilations
    windows = windows[:, :, ::sy, ::sx, ::dy, ::dx]  # [N, C, h, w, ky, kx]
    n, channels, h, w, ky, kx = windows.shape
    columns = windows.transpose(1, 4, 5, 0, 2, 3).reshape(
        layer.groups, channels // layer.groups * ky * kx, n * h * w
    )
    return np.ascontiguousarray(columns)
