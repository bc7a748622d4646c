"""What a plan is asked for by form: read from an address or from what was sent."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.office.model import Office
from cases.tables.cells.moments import end_of_day
from policies.spot_check.plan import LEAST_MARGIN, PlanParameters
from serving.use_cases.context import ServiceContext
from serving.use_cases.planning.knob import Knob

Read = TypeVar("Read")

MOST_REVIEWS = 100_000
PER_CENT = 100
USUAL_CAPACITY = 60  # of an office that has no plan yet
NAMES: Mapping[str, Sayable] = {
    "as_of": _("As of"),
    "closed_after": _("Cases after"),
    "capacity": _("Capacity"),
    "search": _("Search share, in per cent"),
    "margin": _("Margin, in percentage points"),
}
NO_DAY = _("is not a date.")
NO_NUMBER = _("is not such a number.")


@dataclass(frozen=True)
class PlanForm:
    """The fields of the form as texts by name: those of `NAMES`, and `knob`.

    `knob` says which of `search` and `margin` counts.
    """

    fields: Mapping[str, str]

    @classmethod
    def filled(cls, given: Mapping[str, str], context: ServiceContext, now: datetime) -> PlanForm:
        """What was given; where nothing was, as the last plan was asked for, on the newest day."""
        usual = _usual(context, now)
        return cls({name: given.get(name, usual[name]).strip() for name in (*NAMES, "knob")})

    def parameters(self, office: Office, seed: str) -> PlanParameters:
        """What is asked for; `BadInput` with every field at fault."""
        faults: list[Fault] = []

        def read(name: str, how: Callable[[str], Read], problem: Sayable, remedy: Sayable) -> Any:
            try:
                return how(self.fields[name])
            except (ValueError, OverflowError):
                value = self.fields[name] or None
                faults.append(Fault(NAMES[name], problem, remedy, column=name, value=value))
                return None

        day = _("Give it as year-month-day, such as 2026-06-30.")
        asked: dict[str, Any] = {
            "as_of": read("as_of", _day, NO_DAY, day),
            "closed_after": read("closed_after", _day_or_none, NO_DAY, day),
            "capacity": read("capacity", _count, NO_NUMBER, _whole()),
        }
        if self.fields["knob"] == "margin":
            asked["margin"] = read("margin", _margin, NO_NUMBER, _points())
        else:
            share = _("Give a number from 0 to 100.")
            asked["search_share"] = read("search", _share, NO_NUMBER, share)
        faults += _in_order(asked["as_of"], asked["closed_after"])
        if faults:
            raise BadInput(faults)
        return PlanParameters.of(office, **asked, seed=seed)


def _usual(context: ServiceContext, now: datetime) -> dict[str, str]:
    newest = context.newest_record
    day = now.date() if newest is None else min(now, newest).date()
    wanted = context.office.spot_checks
    knob = Knob(USUAL_CAPACITY, wanted.search_share, wanted.margin)
    for planned in reversed(context.remembered.planned):
        found = Knob.of(planned)
        if found is not None:
            knob = found
            break
    return {
        "as_of": day.isoformat(),
        "closed_after": _before(context, day),
        "capacity": str(knob.capacity),
        "knob": "search" if knob.margin is None else "margin",
        "search": f"{PER_CENT * knob.search_share:g}",
        "margin": "" if knob.margin is None else f"{PER_CENT * knob.margin:g}",
    }


def _before(context: ServiceContext, day: date) -> str:
    """The day of the last plan that is earlier; nothing, so that all count, where there is none.

    Nothing either where no case came up for review since then.
    """
    days = (str(one.content.get("as_of", ""))[:10] for one in context.remembered.planned)
    last = max((one for one in days if one < day.isoformat()), default="")
    newest = context.newest
    return last if newest is None or newest.date().isoformat() > last else ""


def _day(text: str) -> datetime:
    return end_of_day(date.fromisoformat(text))


def _day_or_none(text: str) -> datetime | None:
    return _day(text) if text else None


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_REVIEWS:
        raise ValueError("is no such number")
    return number


def _share(text: str) -> float:
    return _between(0, float(text.replace(",", ".")) / PER_CENT, 1)


def _margin(text: str) -> float:
    return _between(LEAST_MARGIN, float(text.replace(",", ".")) / PER_CENT, 1)


def _between(least: float, number: float, most: float) -> float:
    if not (math.isfinite(number) and least <= number <= most):
        raise ValueError("is no such number")
    return number


def _whole() -> Sayable:
    return _("Give a whole number from 1 to {most:,}.", most=MOST_REVIEWS)


def _points() -> Sayable:
    return _("Give a number from {least:g} to 100.", least=PER_CENT * LEAST_MARGIN)


def _in_order(as_of: datetime | None, closed_after: datetime | None) -> Iterator[Fault]:
    if as_of is not None and closed_after is not None and closed_after >= as_of:
        problem = _("is not before the day of the plan.")
        yield Fault(
            NAMES["closed_after"], problem, _("Give an earlier day."), column="closed_after"
        )
