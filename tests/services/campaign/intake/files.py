"""Small files as instruments write them."""

from __future__ import annotations

import numpy as np

__all__ = ["ftir", "waxs"]


def ftir(seed: int = 1, sample: str = "", n: int = 60) -> bytes:
    """A spectrum as comma text, absorbance over wavenumber, with noise of its own."""
    x = np.linspace(400, 4000, n)
    y = 0.05 + np.exp(-(((x - 1460) / 250) ** 2)) + np.random.default_rng(seed).normal(0, 0.003, n)
    head = f"# Sample: {sample}\n" if sample else ""
    rows = "".join(f"{a:.2f},{b:.6f}\n" for a, b in zip(x, y, strict=True))
    return f"{head}wavenumber [cm-1],absorbance\n{rows}".encode()


def waxs(seed: int = 1, n: int = 400) -> bytes:
    """A diffractogram as two columns of blanks with a header."""
    x = np.linspace(5, 40, n)
    y = np.random.default_rng(seed).poisson(80 + 900 * np.exp(-(((x - 16.9) / 0.4) ** 2)))
    return (
        "2theta [deg]  intensity [counts]\n" + "".join(f"{a:.3f}  {b}\n" for a, b in zip(x, y, strict=True))
    ).encode()
