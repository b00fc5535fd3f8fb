"""A feature says its number or why there is none, never both and never neither."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from loop.observations import State
from services.records.feature import Feature


@pytest.mark.parametrize(
    "fields",
    [
        {"value": None},
        {"value": float("nan")},
        {"value": 1.0, "stderr": -1.0},
        {"value": 1.0, "stderr": float("inf")},
        {"value": 1.0, "state": State.BELOW_DETECTION, "limit": 2.0},
        {"state": State.BELOW_DETECTION},
        {"value": 1.0, "limit": 2.0},
        {"state": State.NOT_MEASURED},
    ],
)
def test_a_feature_that_contradicts_itself_is_refused(fields):
    """Number, state, limit and reason belong together, and numbers are finite."""
    with pytest.raises(ValidationError, match=r"ash share|stderr|value"):
        Feature(name="ash share", **fields)


def test_missing_is_not_zero():
    """Below detection keeps its limit, not measured its reason, and zero is a number."""
    assert Feature(name="ash share", state=State.BELOW_DETECTION, limit=0.1).value is None
    assert Feature(name="ash share", state=State.NOT_MEASURED, reason="no mass is stated").value is None
    assert Feature(name="ash share", value=0.0).value == 0.0
