"""What people and policies may do to a campaign: each wish is checked against the state and becomes events. Pure."""

from __future__ import annotations

from loop.commands.course import adopt, ask, change_course, judge, note
from loop.commands.following import consequences
from loop.commands.plans import abandon, approve, dispatch, edit, fail, mark_infeasible, skip
from loop.commands.results import correct, correct_made, exclude, import_specimens, keep, record

__all__ = [
    "abandon",
    "adopt",
    "approve",
    "ask",
    "change_course",
    "consequences",
    "correct",
    "correct_made",
    "dispatch",
    "edit",
    "exclude",
    "fail",
    "import_specimens",
    "judge",
    "keep",
    "mark_infeasible",
    "note",
    "record",
    "skip",
]
