"""Numbers as files spell them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["rounded", "spelled", "written"]


def rounded(values: np.ndarray, digits: int) -> np.ndarray:
    """Round as a file does."""
    return np.array([float(f"{value:.{digits}f}") for value in values])


def spelled(value: float, digits: int, mark: str = ".") -> str:
    """Spell a number with so many decimals."""
    return f"{value:.{digits}f}".replace(".", mark)


def written(columns: Sequence[np.ndarray], digits: Sequence[int], by: str, mark: str = ".", end: str = "\n") -> str:
    """Write columns as lines, the last one open."""
    return end.join(
        by.join(spelled(v, d, mark) for v, d in zip(row, digits, strict=True)) for row in zip(*columns, strict=True)
    )
