"""A schedule says when and what may happen by itself, and is refused where it cannot be followed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from loop.schedule import LabChoice, Schedule


def test_left_out_it_looks_every_minute_and_does_nothing_that_a_person_should():
    """People approve, and are asked; a formulation is sent once; two weeks are waited for it."""
    schedule = Schedule()
    assert schedule.interval == timedelta(minutes=1)
    assert schedule.patience == timedelta(days=14)
    assert (schedule.approval, schedule.attempts, schedule.give_up) == ("by_hand", 1, "ask")
    assert LabChoice().name == "manual"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"every": "0.5 s"}, "too often"),
        ({"every": "soon"}, "no length of time"),
        ({"cron": "0 8 * *"}, "write one as 0 8"),
        ({"cron": "0 25 * * *"}, "cannot be read"),
        ({"every": "1 h", "cron": "0 8 * * *"}, "either every or cron"),
        ({"timezone": "Europe/Atlantis"}, "no time zone"),
        ({"overdue": "two weeks"}, "no length of time"),
        ({"attempts": 0}, "greater than 0"),
        ({"approval": "never"}, "by_hand"),
        ({"often": "1 h"}, "not permitted"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_what_would_be_right(said, fault):
    with pytest.raises(ValidationError, match=fault):
        Schedule.model_validate(said)


@pytest.mark.parametrize("said", [{"failures": 1.0}, {"losses": -0.1}, {"delay": "long"}, {"seed": -1}, {"name": ""}])
def test_a_laboratory_that_cannot_be_is_refused(said):
    """Shares below 1, lengths of time, seeds from 0."""
    with pytest.raises(ValidationError):
        LabChoice.model_validate(said)
