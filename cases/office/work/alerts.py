"""How many alerts about running cases the office can act on."""

from __future__ import annotations

from pydantic import Field

from cases.office.base import Model, Share


class Alerts(Model):
    """Alerts about running cases: how many a day, and how long one can be put off."""

    per_day: int = Field(
        default=10,
        ge=0,
        le=10_000,
        description="how many alerts the office can act on a day, next to those of time limits, "
        "which are all given: of breaches of the process, then of what is predicted",
    )
    least_probability: Share = Field(
        default=0.5,
        description="probability from which on it is predicted that a limit will be overrun",
    )
    snooze_days: int = Field(
        default=7, ge=1, le=366, description="for how many days at most an alert can be snoozed"
    )
