"""The time limits an office works under, each of which is a clock of every case it holds for."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from cases.language.texts import Text
from cases.office.base import Model, Name, Word
from cases.office.conditions import Conditions

LONGEST, LONGEST_MONTHS = 36_525, 1_200  # a hundred years


class Extension(Model):
    """An event that gives a limit more days."""

    event: Word = Field(description="the activity that extends it")
    days: int = Field(ge=1, le=LONGEST, description="days it gives")
    at_most: int | None = Field(
        default=None,
        ge=1,
        description="how often it counts, anew after each restart; as often as it happens if left "
        "out",
    )


class Limit(Model):
    """A time limit the office works under: a clock of every case it holds for."""

    code: Name = Field(description="its short name")
    meaning: Text = Field(description="what it limits")
    days: float = Field(
        gt=0, le=LONGEST, description="the limit in days; its clock counts whole days only"
    )
    months: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST_MONTHS,
        description="of its clock, instead of `days`: months, each from a day to the same day of "
        "the next one, or to its last day if it has no such day",
    )
    start: Word = Field(default="opened", description="an activity, or opened")
    end: Word = Field(default="closed", description="an activity, or closed")
    kinds: tuple[Word, ...] = Field(
        default=(), description="kinds of case it holds for; all if empty"
    )
    restarts: tuple[Word, ...] = Field(
        default=(),
        description="activities that start its clock anew with all days, also once it has ended; "
        "`start` may be one of them",
    )
    suspends: tuple[Word, ...] = Field(
        default=(), description="activities from which on days do not count"
    )
    resumes: tuple[Word, ...] = Field(
        default=(),
        description="activities from which on days count again; if there are as many as under "
        "`suspends`, each ends the suspension at the same place there, else any ends all; one that "
        "is paired with a suspension may also be one of `restarts`",
    )
    extensions: tuple[Extension, ...] = Field(default=(), description="what gives it more days")
    counts: Literal["days", "working_days"] = Field(
        default="days", description="which days its clock counts"
    )
    ends_on_working_day: bool = Field(
        default=False,
        description="whether, if the last day is no working day, the next working day is the last",
    )
    warn_days: int = Field(
        default=3, ge=0, le=366, description="days left from which on the clock warns"
    )
    when: Conditions = Field(
        default=(), description="the cases its clock is for, by what is known: all must be true"
    )
    valid_from: date | None = Field(
        default=None,
        description="first day its clock is in force: of its start, restarts do not matter",
    )
    valid_until: date | None = Field(
        default=None, description="last day its clock is in force, likewise"
    )
    watched: bool = Field(
        default=True,
        description="whether running cases have its clock; if not, only features are made of it",
    )

    @property
    def is_paired(self) -> bool:
        """Whether each of `resumes` ends one suspension: that at the same place of `suspends`."""
        return len(self.resumes) == len(self.suspends)

    def in_force(self, day: date) -> bool:
        """Whether a clock that starts on `day` is under it."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)
