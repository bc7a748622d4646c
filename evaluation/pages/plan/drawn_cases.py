"""Drawn cases as values that pages show: why each is on the list, its risk, what moves that."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

import polars as pl

from cases.language.messages import Sayable, _
from cases.language.values import Value
from cases.office.model import Office
from evaluation.statistics.saying import band
from models.reasons.reasons import Reason
from policies.spot_check.plan import RisksBy, SpotCheckPlan, why

MOST_RAISING, MOST_LOWERING = 3, 1  # reasons of a case
LONGEST = 300  # letters of a text from a table
ONE_POINT = 0.01  # of a probability
SAID_OF = (2, 3, 4, 5, 10, 20)  # cases; see `chance`
RARE = 0.1  # below, one in so many is close
CLOSE = 0.05  # relative; how far what is said may be from the probability
OF_A_CASE: Mapping[str, Sayable] = {
    "kind": _("kind of case"),
    "unit": _("unit"),
    "handler": _("handler"),
    "closed_at": _("closed on"),
}

Fact = tuple[Sayable | str, Sayable | str]


@dataclass(frozen=True)
class PlanShown:
    """A plan with all that pages say of every case.

    `reasons` are those of each case drawn; `shown` has `case_id` and the columns that the office
    wants to see on its lists, as text; it is None where the office wants none.
    """

    plan: SpotCheckPlan
    office: Office
    reasons: Mapping[str, Sequence[Reason]]
    risks_by: RisksBy
    shown: pl.DataFrame | None = None

    @cached_property
    def lines(self) -> pl.DataFrame:
        """The lines of the plan with what the office wants to see besides."""
        lines = self.plan.lines
        if self.shown is None:
            return lines
        return lines.join(self.shown, on="case_id", how="left", maintain_order="left")

    @cached_property
    def largest_change(self) -> float:
        """The most that a reason on a page moves a risk: that is a whole bar."""
        changes = (
            abs(line["risk"] - reason.without)
            for line in self.lines.iter_rows(named=True)
            for reason in self.reasons_of(line["case_id"])
        )
        return max(changes, default=1.0) or 1.0

    def reasons_of(self, case_id: str) -> list[Reason]:
        """The strongest reasons that raise the risk of a case, and the one that lowers it most."""
        reasons = self.reasons.get(case_id, ())
        raising = [reason for reason in reasons if reason.raises][:MOST_RAISING]
        return raising + [reason for reason in reasons if not reason.raises][:MOST_LOWERING]


@dataclass(frozen=True)
class Bar:
    """A reason with the points by which it raises or lowers the risk; `length` in per cent."""

    sentence: Sayable
    points: Sayable
    length: float
    raises: bool


@dataclass(frozen=True)
class DrawnCase:
    """A line of a plan in words; `low` and `high` are the ends of its band in per cent."""

    case_id: str
    link: str | None
    rank: int
    facts: tuple[Fact, ...]
    read_twice: bool
    why: Sayable
    band: Sayable
    low: float
    high: float
    bars: tuple[Bar, ...]


def drawn_case(shown: PlanShown, line: Mapping[str, Any]) -> DrawnCase:
    """One of the `lines` that are shown."""
    case_id, low, high = line["case_id"], line["risk_low"], line["risk_high"]
    return DrawnCase(
        case_id=clipped(case_id),
        link=shown.office.links.of_case(case_id),
        rank=line["rank"],
        facts=tuple(_facts(shown.office, line)),
        read_twice=line["second_review"],
        why=why_listed(shown, line),
        band=band(low, high),
        low=100 * low,
        high=100 * high,
        bars=tuple(bars(shown, line)),
    )


def _facts(office: Office, line: Mapping[str, Any]) -> Iterator[Fact]:
    named: dict[str, Sayable | str] = {**OF_A_CASE, **{n: n for n in office.spot_checks.columns}}
    for column, name in named.items():
        cell = line.get(column)
        if cell:
            yield name, as_shown(cell.date() if isinstance(cell, datetime) else cell)


def why_listed(shown: PlanShown, line: Mapping[str, Any]) -> Sayable:
    """Why it is on the list at all; of a random draw with the probability in words."""
    if line["selected_by"] != "lottery":
        return why(line, shown.office, shown.risks_by)
    probability = line["inclusion_probability"]
    return _(
        "random draw: {chance} (inclusion probability {probability:.2%})",
        chance=chance(probability),
        probability=probability,
    )


def chance(probability: float) -> Sayable:
    """An inclusion probability in words, of as few cases as say it well enough.

    >>> [str(chance(p)) for p in (0.25, 0.62, 0.004)]  # doctest: +NORMALIZE_WHITESPACE
    ['1 in 4 cases like this were to be drawn', '3 in 5 cases like this were to be drawn',
     '1 in 250 cases like this were to be drawn']
    """
    for cases in SAID_OF:
        drawn = round(probability * cases)
        if 0 < drawn < cases and math.isclose(drawn / cases, probability, rel_tol=CLOSE):
            break
    else:
        rare = probability < RARE
        drawn, cases = (
            (1, round(1 / probability)) if rare else (min(99, round(100 * probability)), 100)
        )
    return _("{drawn} in {cases:,} cases like this were to be drawn", drawn=drawn, cases=cases)


def bars(shown: PlanShown, line: Mapping[str, Any]) -> Iterator[Bar]:
    """The reasons of a line (`reasons_of`), in their order."""
    for reason in shown.reasons_of(line["case_id"]):
        change = line["risk"] - reason.without
        digits = 0 if abs(change) >= ONE_POINT else 1
        points = _("{change} points", change=Value(100 * change, f"+.{digits}f"))
        length = 100 * abs(change) / shown.largest_change
        yield Bar(reason.sentence, points, length, reason.raises)


def as_shown(value: object) -> Sayable | str:
    """A cell of a table for people; of a moment whose time is not known the day alone."""
    if isinstance(value, datetime) and value.time() in (time.min, time.max):
        return Value(value.date())
    return Value(value) if isinstance(value, date) else clipped(str(value))


def clipped(text: str) -> str:
    """A text from a table: of one that is very long the beginning.

    >>> clipped("a" * 301) == "a" * 299 + "…"
    True
    """
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
