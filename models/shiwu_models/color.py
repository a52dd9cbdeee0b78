"""Colours of another space that a file names, made sRGB's, as the core does (``wasm/src/color.h``).

Written from the same sources (ICC.1:2022, IEC 61966-2-1, the PNG specification) in NumPy, so that
the service answers what ``npx shiwu`` answers: profiles of a matrix and three curves, grey ones,
and a PNG's gAMA and cHRM. Profiles of tables are left alone, there as here.
"""

import struct
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# XYZ relative to D50 of sRGB's primaries (IEC 61966-2-1 by Bradford), inverted.
_FROM_XYZ = np.array(
    [
        [3.1341864, -1.6172090, -0.4906941],
        [-0.9787485, 1.9161301, 0.0334333],
        [0.0719639, -0.2289939, 1.4057537],
    ],
    np.float32,
)
# Bradford's cone responses (ICC.1:2022 annex E), and the profile connection space's white.
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_D50 = np.array([0.9642, 1, 0.8249])


def _power(base: Floats, exponent: np.float32) -> Floats:
    """Rounded once to float32, as a good powf is; NumPy's own float32 power is a little off."""
    return np.power(base.astype(np.float64), float(exponent)).astype(np.float32)


def _light(level: Floats) -> Floats:
    """IEC 61966-2-1: levels of 0 to 255, or what lies between two, as light."""
    x = (level / np.float32(255)).astype(np.float32)
    curved = _power((x + np.float32(0.055)) / np.float32(1.055), np.float32(2.4))
    return np.where(x <= np.float32(0.04045), x / np.float32(12.92), curved).astype(np.float32)


_LEVELS = np.arange(256, dtype=np.float32)
_LIMITS = _light(_LEVELS + np.float32(0.5))  # from which light on the next level is nearer


def _product(a: Floats, b: Floats) -> Floats:
    """a · b, each product rounded to float32 and added from the left, as the core does."""
    terms = a[:, :, np.newaxis] * b[np.newaxis]
    return np.asarray(terms[:, 0] + terms[:, 1] + terms[:, 2], np.float32)


class ToSrgb:
    """Levels of one space to those of sRGB: a curve each, then a matrix."""

    def __init__(self, curves: list[Floats], matrix: Floats) -> None:
        """``curves`` are light by level, 0 to 255; ``matrix`` leads to linear sRGB."""
        self._curves = curves
        self._matrix = matrix

    def __call__(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """[…, 3] to […, 3]."""
        light = [curve[pixels[..., channel]] for channel, curve in enumerate(self._curves)]
        out = np.empty_like(pixels)
        for channel, row in enumerate(self._matrix):
            srgb = row[0] * light[0] + row[1] * light[1] + row[2] * light[2]
            out[..., channel] = np.searchsorted(_LIMITS[:255], srgb, side="right")
        return out

    @property
    def matters(self) -> bool:
        """Whether it moves any colour by more than a level."""
        steps = np.arange(0, 256, 15, dtype=np.uint8)
        grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1)
        return bool((np.abs(self(grid).astype(int) - grid) > 1).any())


def to_srgb(info: dict[Any, Any]) -> ToSrgb | None:
    """What Pillow's ``info`` of a file asks for; None where its colours are sRGB's already."""
    profile = info.get("icc_profile")
    return _known_profile(profile) if profile else _if_it_matters(_of_png(info))


@lru_cache(maxsize=32)
def _known_profile(profile: bytes) -> ToSrgb | None:
    """Cameras and programs write the same few profiles into all of their files."""
    return _if_it_matters(_of_profile(profile))


def _if_it_matters(found: ToSrgb | None) -> ToSrgb | None:
    return found if found is not None and found.matters else None


def _of_png(info: dict[Any, Any]) -> ToSrgb | None:
    gamma = round(info.get("gamma", 0) * 100_000)
    if gamma == 0 or "srgb" in info:
        return None
    # As libpng: within a twentieth of 1 / 2.2 it is sRGB's own curve that was meant.
    if 43182 < gamma < 47727:
        curve = _light(_LEVELS)
    else:
        power = np.float32(100_000) / np.float32(gamma)
        curve = _power(_LEVELS / np.float32(255), power)
    xyz = _of_primaries(info["chromaticity"]) if "chromaticity" in info else None
    matrix = np.eye(3, dtype=np.float32) if xyz is None else _product(_FROM_XYZ, xyz)
    return ToSrgb([curve] * 3, matrix)


def _of_primaries(chromaticity: tuple[float, ...]) -> Floats | None:
    """x and y of white, red, green and blue to the XYZ, relative to D50, of the three."""
    xy = np.array(chromaticity, np.float64).reshape(4, 2)
    if not ((xy[:, 1] > 1e-4) & (xy <= 1).all(axis=1)).all():
        return None
    x, y = xy[:, 0], xy[:, 1]
    points = np.stack([x / y, np.ones(4), (1 - x - y) / y])  # [XYZ, white and the three]
    white, primaries = points[:, 0], points[:, 1:]
    if abs(np.linalg.det(primaries)) <= 1e-9:
        return None
    primaries = primaries * np.linalg.solve(primaries, white)
    cones = _BRADFORD @ white
    if not (cones > 1e-4).all():
        return None
    adapted = (_BRADFORD @ _D50 / cones)[:, np.newaxis] * (_BRADFORD @ primaries)
    return np.linalg.solve(_BRADFORD, adapted).astype(np.float32)


def _of_profile(profile: bytes) -> ToSrgb | None:
    """ICC.1:2022, of the kinds that a matrix and curves say wholly; else None."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        return None
    space, between = profile[16:20], profile[20:24]
    if space == b"GRAY":
        grey = _curve(_tag(profile, b"kTRC"))
        return None if grey is None else ToSrgb([grey] * 3, np.eye(3, dtype=np.float32))
    if space != b"RGB " or between != b"XYZ ":
        return None
    curves, columns = [], []
    for letter in (b"r", b"g", b"b"):
        column, curve = _tag(profile, letter + b"XYZ"), _curve(_tag(profile, letter + b"TRC"))
        if len(column) < 20 or column[:4] != b"XYZ " or curve is None:
            return None
        columns.append([_fixed(column, 8 + 4 * row) for row in range(3)])
        curves.append(curve)
    return ToSrgb(curves, _product(_FROM_XYZ, np.array(columns, np.float32).T))


def _tag(profile: bytes, signature: bytes) -> bytes:
    """The content of a tag, from its type on; empty where there is none, or it reaches outside."""
    (count,) = struct.unpack_from(">I", profile, 128)
    for at in range(132, 132 + 12 * min(count, 200), 12):
        if len(profile) < at + 12:
            break
        name, start, size = struct.unpack_from(">4sII", profile, at)
        if name == signature:
            return profile[start : start + size] if start + size <= len(profile) else b""
    return b""


def _fixed(data: bytes, at: int) -> float:
    (value,) = struct.unpack_from(">i", data, at)
    return float(value) / 65536


def _curve(tag: bytes) -> Floats | None:
    """ICC.1:2022 10.6 and 10.18: light at every level, 0 to 1."""
    if len(tag) < 12:
        return None
    x = (_LEVELS / np.float32(255)).astype(np.float32)
    if tag[:4] == b"curv":
        light = _curve_of_table(tag, x)
    elif tag[:4] == b"para":
        light = _curve_of_formula(tag, x)
    else:
        light = None
    if light is None or np.isnan(light).any():
        return None
    return np.clip(light, 0, 1).astype(np.float32)


def _curve_of_table(tag: bytes, x: Floats) -> Floats | None:
    (count,) = struct.unpack_from(">I", tag, 8)
    if count > (len(tag) - 12) // 2:
        return None
    entries = np.frombuffer(tag, ">u2", count, 12).astype(np.float32)
    if count == 0:
        return x
    if count == 1:
        return _power(x, entries[0] / np.float32(256))
    at = x * np.float32(count - 1)
    below = np.minimum(at.astype(np.intp), count - 2)
    share = at - below.astype(np.float32)
    mixed = entries[below] * (1 - share) + entries[below + 1] * share
    return np.asarray(mixed / np.float32(65535), np.float32)


def _curve_of_formula(tag: bytes, x: Floats) -> Floats | None:
    """(a x + b)^g + e from d on, and c x + f below."""
    (kind,) = struct.unpack_from(">H", tag, 8)
    counts = (1, 3, 4, 5, 7)
    if kind >= len(counts) or len(tag) < 12 + 4 * counts[kind]:
        return None
    given = [_fixed(tag, 12 + 4 * i) for i in range(counts[kind])]
    g, a, b, c, d, e, f = given + [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0][len(given) :]
    if kind in (1, 2):  # above -b / a, and e is where c stands
        e = f = c if kind == 2 else 0.0
        c = 0.0
        d = 0.0 if a == 0 else -b / a
    low = np.float32(c) * x + np.float32(f)
    base = np.maximum(np.float32(a) * x + np.float32(b), np.float32(0))
    high = _power(base, np.float32(g)) + np.float32(e)
    return np.where(x < np.float32(d), low, high).astype(np.float32)
