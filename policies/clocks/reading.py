"""What a clock shows: how much of a limit a case has used at a moment, and how that came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import NamedTuple

from features.courses import Happened


@unique
class State(StrEnum):
    """Whether a clock counts."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED = "ended"


@unique
class Effect(StrEnum):
    """What an event did to a clock, or why it did nothing."""

    STARTED = "started"
    RESTARTED = "restarted"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENDED = "extended"
    ENDED = "ended"
    CLOSED = "closed"  # the case was closed without the event that ends the clock
    NOT_STARTED = "not_started"
    STARTED_ALREADY = "started_already"
    RUNS_ALREADY = "runs_already"
    SUSPENDED_ALREADY = "suspended_already"
    SUSPENDED_TOO = "suspended_too"  # by something else as well
    STAYS_SUSPENDED = "stays_suspended"  # by something else than what a resumption ends
    EXTENDED_ENOUGH = "extended_enough"
    ENDED_ALREADY = "ended_already"


CHANGES = frozenset(  # the others leave a clock as it was
    {
        Effect.STARTED,
        Effect.RESTARTED,
        Effect.SUSPENDED,
        Effect.RESUMED,
        Effect.EXTENDED,
        Effect.ENDED,
        Effect.CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one event did: on which day, and the days used and allowed after it.

    `event` is None for the opening and the closing of the case; `gave` the days of an extension.
    """

    day: date
    event: Happened | None
    effect: Effect
    used: int
    allowed: int
    gave: int = 0


class Overrun(NamedTuple):
    """That a clock that started on a day was beyond the last day it had, and since when."""

    started_on: date | None
    due_on: date | None
    since: date | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock of a case at a moment.

    `allowed` is the days of the limit, its extensions and `moved`: the days from a last day that
    is no working day to the next working day. `used` are the days counted up to and including
    the day of the moment, since the clock started last; `left` what is allowed less what is used,
    below zero when overrun. `due_on` is the last day if the clock goes on running; None while it
    is suspended with days left, or has not started. `overrun_by` are days used beyond those
    allowed, `overrun_since` the first of them, `first_overrun` the first day ever, also before a
    restart or an extension; `overruns` are all there were by then. `started_on` is when it started
    last. `warns` is whether it runs and the days for warning have come. Days and moments are
    those of the office's wall clock.
    """

    case_id: str
    code: str
    state: State
    started_on: date | None
    ended_on: date | None
    suspended_since: date | None
    allowed: int
    moved: int
    used: int
    left: int
    due_on: date | None
    overrun_by: int
    overrun_since: date | None
    first_overrun: date | None
    warns: bool
    steps: tuple[Step, ...]
    overruns: tuple[Overrun, ...] = ()

    @property
    def has_time(self) -> bool:
        """Whether it runs and does not warn yet: only then can an overrun be named ahead."""
        return self.state is State.RUNNING and not self.warns and self.overrun_by == 0
