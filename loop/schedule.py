"""How a campaign goes on by itself: when it looks what is due, what it may do without asking, how long it waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PositiveInt, field_validator, model_validator

from loop.durations import Duration, read_duration
from loop.values import Frozen

__all__ = ["LabChoice", "Schedule"]

_LEAST_INTERVAL = timedelta(seconds=1)


class Schedule(Frozen):
    """When a running campaign looks what is due, and what it may do by itself."""

    every: Duration | None = Field(
        default=None, description="How often it looks: 30 s, 10 min, 2 h; every minute where nothing is said."
    )
    cron: str | None = Field(
        default=None, description="At which times instead, in five fields: minute, hour, day, month, day of the week."
    )
    timezone: str = Field(default="UTC", description="Time zone of cron, as Europe/Paris.")
    approval: Literal["by_hand", "automatic"] = Field(
        default="by_hand", description="Whether a person approves each proposal, or all are approved at once."
    )
    overdue: Duration = Field(
        default="14 d", description="How long a formulation may be at the laboratory before it counts as lost."
    )
    attempts: PositiveInt = Field(
        default=1, description="How often a formulation is sent to the laboratory, failures and losses counted."
    )
    give_up: Literal["ask", "abandon"] = Field(
        default="ask", description="What happens after the last attempt: a person is asked, or it is given up."
    )

    @field_validator("every")
    @classmethod
    def _is_not_too_often(cls, every: str | None) -> str | None:
        if every is not None and read_duration(every) < _LEAST_INTERVAL:
            raise ValueError(f"{every!r} is too often; once a second is the most")
        return every

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, timezone: str) -> str:
        try:
            ZoneInfo(timezone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{timezone!r} is no time zone; one looks like Europe/Paris or Asia/Tokyo") from error
        return timezone

    @model_validator(mode="after")
    def _has_one_rhythm(self) -> Schedule:
        if self.every is not None and self.cron is not None:
            raise ValueError("give either every or cron")
        if self.cron is not None:
            from apscheduler.triggers.cron import CronTrigger  # not above: only who writes cron waits for it

            try:
                CronTrigger.from_crontab(self.cron)
            except ValueError as error:
                raise ValueError(f"cron {self.cron!r} cannot be read: {error}; write one as 0 8 * * mon-fri") from error
        return self

    @property
    def interval(self) -> timedelta:
        """How often it looks, where no cron says when."""
        return read_duration(self.every or "1 min")

    @property
    def patience(self) -> timedelta:
        """How long a formulation may be at the laboratory."""
        return read_duration(self.overdue)


class LabChoice(Frozen):
    """Who makes and measures: people with sheets, or a virtual laboratory by name."""

    name: str = Field(
        default="manual", min_length=1, description="manual: people with sheets; else a laboratory's name."
    )
    seed: int = Field(default=1, ge=0, description="Origin of a virtual laboratory's randomness.")
    delay: Duration = Field(default="0 s", description="How long a virtual laboratory takes at most for a specimen.")
    failures: float = Field(
        default=0.0, ge=0, lt=1, description="Share of specimens that fail in a virtual laboratory."
    )
    losses: float = Field(
        default=0.0, ge=0, lt=1, description="Share of results that a virtual laboratory never reports."
    )
    settings: Mapping[str, float | str] = Field(
        default_factory=dict, description="What else a virtual laboratory is told; each knows its own words."
    )
