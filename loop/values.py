"""The base of every value that is written down: frozen, closed to unknown keys, finite."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

__all__ = ["Formulation", "Frozen", "Setting", "canonical_json", "fingerprint"]

Setting = float | str
"""What one parameter is set to: a number, or the name of a level."""

Formulation = Mapping[str, Setting]
"""A value for every parameter of a space."""


class Frozen(BaseModel):
    """A value that checks itself at birth and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def canonical_json(value: Any) -> str:
    """Write a JSON value so that equal values give equal text.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def fingerprint(value: Any) -> str:
    """Hash a JSON value: 64 hexadecimal digits of SHA-256 over its canonical text."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
