"""Sums that come out the same on every x86-64 processor."""

import os
import platform

X86 = platform.machine().lower() in {"x86_64", "amd64"}


def choose_kernels() -> None:
    """Has NumPy's OpenBLAS use its AVX2 kernels, unless the user names others.

    With AVX-512 it adds in another order, and a weight that lies within a last bit of a boundary
    falls on its other side: 26 of lite0's 4.6 million did. OpenBLAS reads this when NumPy is
    imported for the first time, so call it before that.
    """
    if X86:
        os.environ.setdefault("OPENBLAS_CORETYPE", "Haswell")
