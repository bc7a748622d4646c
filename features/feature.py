"""What a feature is: a name, a meaning, its inputs and one formula over them.

Inputs are *quantities*: columns of the case as known at the moment, aggregates over the
case's events, or running totals over other cases. `features/build.py` computes each
quantity once, however many features share it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import narwhals as nw

from cases.language.messages import Sayable
from cases.office.model import CLOSING, INTAKE, Conditions

Formula = Callable[..., nw.Expr]
Unit = Literal["count", "days", "share", "ratio", "bits", "value", "flag", "code", "position"]

RUNNING = "running"  # between intake and closing; an activity is such a moment
STAGES = (INTAKE, RUNNING, CLOSING)
# What a row about a clock of a case (`policies/clocks`) has next to features of the case: which
# limit it is of, days left, used and allowed, whether it is suspended (0 or 1), and of the last
# event that did something to it how many days were used then and how many days it is ago.
LIMIT, LEFT = "clock.limit", "clock.left"
STATE = ("clock.used", "clock.allowed", "clock.suspended", "clock.step_used", "clock.step_ago")
CLOCK = (LIMIT, LEFT, *STATE)


@dataclass(frozen=True)
class OfCase:
    """A column of the case table as known at the moment; null while hidden.

    An attribute's is what `as_of.column_of` calls it.
    """

    column: str


@dataclass(frozen=True)
class OfEvents:
    """An aggregate over the events of the case recorded by the moment.

    `element` is taken per event (columns: see `features/events.py`), then summed, or its
    smallest or largest value is taken, or its distinct values other than null are counted.
    Only events of the `activities` count, if these are given, none of them undeclared.
    Without events sums and counts are 0, the others null.
    """

    column: str
    element: nw.Expr
    how: Literal["sum", "min", "max", "distinct"] = "sum"
    of_path: bool = False  # whether `element` needs the rarity of the path
    activities: tuple[str, ...] | None = None


@dataclass(frozen=True)
class OfOthers:
    """A running total over the cases that share the values of `key` with this one.

    `mark` is what is added up (see `as_of.MARKS`), `window` how long a mark counts: days,
    "day" for its calendar day, or None for ever. Null where the case's own key is unknown.
    An empty key means the whole office. `key` holds attributes as the office file calls them.
    """

    key: tuple[str, ...]
    mark: str
    window: int | Literal["day"] | None = None

    @property
    def column(self) -> str:
        """The total's column, e.g. `kind:defects__365`; no attribute has the same name."""
        return ":".join([*self.key, self.measure])

    @property
    def measure(self) -> str:
        """The mark and its window, e.g. `defects__365`."""
        return f"{self.mark}__{'ever' if self.window is None else self.window}"


@dataclass(frozen=True)
class OfConditions:
    """Whether all `conditions` hold as far as is known at the moment (`features/conditions.py`)."""

    column: str
    conditions: Conditions


Quantity = OfCase | OfEvents | OfOthers | OfConditions


@dataclass(frozen=True)
class Feature:
    """One named column that a model may use.

    `formula` takes one column expression per input, in order. `known` is the stage of
    `STAGES` from which on it can be asked for; `personal` marks a handler's identity and past,
    which are features only where the office file switches them on. Raise `version` when the
    formula changes: saved models then refuse to meet the new values.
    """

    name: str
    inputs: tuple[Quantity, ...]
    formula: Formula
    unit: Unit
    meaning: Sayable
    type: Literal["number", "flag", "code"] = "number"
    known: str = INTAKE
    personal: bool = False
    version: int = 1

    @property
    def family(self) -> str:
        """The first part of the name, e.g. `process`."""
        return self.name.partition(".")[0]

    def known_at(self, moment: str) -> bool:
        """Whether it can be asked for at intake, closing or an activity."""
        return STAGES.index(self.known) <= STAGES.index(stage(moment))

    @property
    def expression(self) -> nw.Expr:
        """The feature over a frame that holds its inputs: a code as text, all else Float64."""
        value = self.formula(*(nw.col(part.column) for part in self.inputs))
        return value.cast(nw.String() if self.type == "code" else nw.Float64()).alias(self.name)


def stage(moment: str) -> str:
    """The stage of `STAGES` that intake, closing or an activity is.

    >>> stage("inspected")
    'running'
    """
    return moment if moment in STAGES else RUNNING


def same(value: nw.Expr) -> nw.Expr:
    """The input itself: the formula of a feature that only names a quantity."""
    return value


def days(duration: nw.Expr) -> nw.Expr:
    """A duration in days, with its fraction."""
    return duration.dt.total_microseconds() / 86_400_000_000


def lasting(start: nw.Expr, end: nw.Expr) -> nw.Expr:
    """How long from `start` to `end`; to a date without a time, from date to date.

    Such an `end` is the last instant of its day, which would add most of a day.
    """
    day = end.dt.truncate("1d")
    dated = end == day + timedelta(days=1, microseconds=-1)
    stop = nw.when(dated).then(day).otherwise(end)
    return stop - nw.when(dated).then(start.dt.truncate("1d")).otherwise(start)


def ratio(part: nw.Expr, whole: nw.Expr) -> nw.Expr:
    """`part / whole`; null where `whole` is not positive, the same on every engine."""
    return nw.when(whole > 0).then(part) / nw.when(whole > 0).then(whole)
