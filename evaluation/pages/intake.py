"""An intake as one HTML file: each new case's track, effort and handler, and the loads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.language.messages import Sayable, _, listed
from cases.office.model import Office
from evaluation.pages.render import page
from policies.routing import TRACKS

MADE_OF: dict[str, Sayable] = {
    "as_of": _("As of"),
    "seed": _("Seed"),
    "floor": _("Floor"),
    "assignment_id": _("Code of the assignment"),
}


@dataclass(frozen=True)
class Sheet:
    """What the page shows; words are put into the office's language by the page.

    `cases` has for each new case `case_id, kind, unit, track, why, complex_probability, effort,
    effort_low, effort_high, handler, how` (drawn, designated, unassigned), `how_so` (in words),
    `reasons` (sentences), `eligible` (`handler, probability`) and `excluded` (`reason,
    handlers`). `loads` has for each handler `handler, unit, capacity, before, after`. `made`
    says of what it was made, by the codes of `MADE_OF`.
    """

    cases: Sequence[Mapping[str, Any]]
    loads: pl.DataFrame
    notes: Sequence[Sayable | str]
    made: Mapping[str, str]


def render_intake(sheet: Sheet, office: Office) -> str:
    """The page in the office's language; all text from the office and the cases is escaped."""
    highest = sheet.loads["after"].max() if sheet.loads.height else 0.0
    unit = office.effort.measured_in
    return page(
        "intake.html.jinja",
        office.language,
        office=office.office.name,
        cases=[dict(case) | _words(case) for case in sheet.cases],
        notes=(*_counted(sheet), *sheet.notes),
        loads=sheet.loads.with_columns(pl.col(pl.String).fill_null("")).to_dicts(),
        highest=highest or 1.0,
        balance=_balance(sheet.loads),
        how_loads=_how_loads(unit),
        head=_head(unit),
        made={MADE_OF.get(code, code): value for code, value in sheet.made.items()},
    )


def _head(unit: Sayable) -> tuple[Sayable, ...]:
    """The heads of the table of cases."""
    effort = _("effort ({unit})", unit=unit)
    return (_("case"), _("track"), effort, _("suggested handler"), _("why"))


def _counted(sheet: Sheet) -> Iterator[Sayable]:
    """How many cases go which way, and how many handlers were found how."""
    tracks, given = _counts(sheet, "track"), _counts(sheet, "how")
    yield _(
        "Cases: {cases:,} (simple: {simple:,}, complex: {complex:,}, a person decides: "
        "{person:,}).",
        cases=len(sheet.cases),
        simple=tracks["simple"],
        complex=tracks["complex"],
        person=tracks["person"],
    )
    yield _(
        "Handlers drawn at random: {drawn:,}, designated by a chief: {designated:,}; cases that "
        "nobody can take: {unassigned:,}.",
        drawn=given["drawn"],
        designated=given["designated"],
        unassigned=given["unassigned"],
    )


def _counts(sheet: Sheet, column: str) -> Counter[str]:
    return Counter(str(case[column]) for case in sheet.cases)


def _how_loads(unit: Sayable) -> Sayable:
    return _(
        "Expected work ({unit}) left in each handler's open cases, and with the cases given to "
        "them here. Handlers stand in the order of their codes; nothing is ranked. A handler who "
        "can bear twice as much is meant to have twice the load.",
        unit=unit,
    )


def _words(case: Mapping[str, Any]) -> dict[str, Any]:
    """What the page says of a case, next to its facts."""
    probability = case["complex_probability"]
    return {
        "track": TRACKS[case["track"]],
        "complex": probability is not None
        and _("complex with a probability of {probability:.1%}", probability=probability),
        "interval": _(
            "{low:.1f}–{high:.1f}", low=case["effort_low"] or 0.0, high=case["effort_high"] or 0.0
        ),
        "could": _("who could take it: {eligible:,}", eligible=len(case["eligible"])),
        "who": listed(_("{handler} {probability:.1%}", **handler) for handler in case["eligible"]),
        "who_not": [
            _("{reason}: {handlers}", reason=group["reason"], handlers=listed(group["handlers"]))
            for group in case["excluded"]
        ],
    }


def _balance(loads: pl.DataFrame) -> Sayable | None:
    """How far load per capacity spreads within units; None where nobody carries anything."""
    if loads.is_empty():
        return None
    carrying = loads.filter(pl.col("capacity") > 0)
    before, after = _spread(carrying, "before"), _spread(carrying, "after")
    if before is None or after is None:
        return None
    return _(
        "Within a unit, load relative to what each handler can bear differed by {before:.0%} of "
        "its mean before these cases and by {after:.0%} after them (coefficient of variation, "
        "mean over handlers).",
        before=before,
        after=after,
    )


def _spread(loads: pl.DataFrame, name: str) -> float | None:
    """Mean over handlers of the coefficient of variation in their unit."""
    relative = pl.col(name) / pl.col("capacity")
    units = loads.group_by("unit").agg(
        cv=relative.std(ddof=0) / relative.mean(), carried=relative.sum(), size=pl.len()
    )
    units = units.filter(pl.col("carried") > 0)
    if units.is_empty():
        return None
    return float(np.average(units["cv"], weights=units["size"]))
