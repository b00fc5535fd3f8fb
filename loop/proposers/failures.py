"""The numeric errors on which the ladder goes one rung down; whatever else is raised is a fault of the program."""

from __future__ import annotations

import numpy as np
import torch
from botorch.exceptions.errors import BotorchTensorDimensionError, InputDataError, ModelFittingError
from linear_operator.utils.errors import NanError, NotPSDError

from loop.errors import ExpressionError, SurrogateError

__all__ = ["NUMERIC_ERRORS", "told"]

NUMERIC_ERRORS = (
    ModelFittingError,
    InputDataError,
    BotorchTensorDimensionError,
    NanError,
    NotPSDError,
    torch.linalg.LinAlgError,  # type: ignore[attr-defined]  # torch has it, and does not say so
    np.linalg.LinAlgError,
    ArithmeticError,
    SurrogateError,
    ExpressionError,
)
"""Fits without success, matrices that cannot be factored, numbers that overflow or are none, data a model refuses."""

_LONGEST = 160


def told(error: BaseException) -> str:
    """Say in one line what failed: the same words for the same failure."""
    first = (str(error).strip().splitlines() or [""])[0]
    text = first if isinstance(error, (SurrogateError, ExpressionError)) else f"{type(error).__name__}: {first}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
