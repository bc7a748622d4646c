"""How each plan stands: promised, ordered, drawn, under way, done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cases.language.messages import Sayable, _
from cases.tables.tables import Tables
from serving.use_cases.remembered import Planned, Remembered
from serving.work.planning import Ordered, Planning, Promised
from serving.work.readings import to_make

State = Literal["promised", "ordered", "drawn", "under_way", "done"]
STATES: dict[State, Sayable] = {
    "promised": _("promised"),
    "ordered": _("ordered, not drawn yet"),
    "drawn": _("drawn"),
    "under_way": _("reviews under way"),
    "done": _("done"),
}


@dataclass(frozen=True)
class Standing:
    """A plan, or one that is to be: by its code, the key of its order, or its commitment.

    `record` is the number of the ledger's record that says so; `planned` is None before the draw,
    and then `units` are those whose cases it is to be of (None: of all).
    """

    state: State
    record: int
    at: datetime
    by: str | None
    plan_id: str | None = None
    key: str | None = None
    commitment: str | None = None
    planned: Planned | None = None
    units: tuple[str, ...] | None = None


def standings(remembered: Remembered) -> list[Standing]:
    """All plans, the newest first; one that was drawn again stands once, by its first record."""
    work = remembered.work
    plans = {one.plan_id: one for one in reversed(remembered.planned)}
    drawn = (
        Standing(
            "under_way" if plan_id in work.reviewing.plans else "drawn",
            one.record,
            one.at,
            one.by,
            plan_id,
            planned=one,
        )
        for plan_id, one in plans.items()
    )
    found = [*drawn, *_to_be(work.planning)]
    return sorted(found, key=lambda one: one.record, reverse=True)


def state_of(one: Standing, waiting: int) -> State:
    """The state of a plan of which so many cases wait for a review."""
    return "done" if one.state == "under_way" and not waiting else one.state


def still_to_review(
    tables: Tables, remembered: Remembered, listed: Mapping[str, Iterable[str]]
) -> dict[str, int]:
    """Of each plan, by its `listed` cases, how many wait for a review: a reading of it is open."""
    still_open = to_make(remembered.work, remembered.days, tables, listed)
    counts = still_open.select("plan", "case_id").unique().group_by("plan").len()
    return dict.fromkeys(listed, 0) | dict(counts.iter_rows())


def _to_be(planning: Planning) -> Iterator[Standing]:
    """What was ordered or promised and is not drawn."""
    for key, one in planning.ordered.items():
        if key not in planning.drawn and isinstance(one.step, Ordered):
            units = one.step.units
            yield Standing("ordered", one.record, one.at, one.by, key=key, units=units)
    for hash_, one in planning.promised.items():
        if hash_ not in planning.ordered and isinstance(one.step, Promised):
            units = one.step.units
            yield Standing("promised", one.record, one.at, one.by, commitment=hash_, units=units)
