"""An intake as one HTML file: each new case's track, effort and handler, and the loads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.language.catalogues import Language
from cases.office.model import Office
from evaluation.pages.render import page, speaker


@dataclass(frozen=True)
class Sheet:
    """What the page shows, in the office's language.

    `cases` has for each new case `case_id, kind, unit, track, why, complex_probability, effort,
    effort_low, effort_high, handler, how` (drawn, designated, unassigned), `how_so` (in words),
    `reasons` (sentences), `eligible` (`handler, probability`) and `excluded` (`reason,
    handlers`). `loads` has for each handler `handler,
    unit, capacity, before, after`. `made` says of what it was made, by name.
    """

    cases: Sequence[Mapping[str, Any]]
    loads: pl.DataFrame
    notes: Sequence[str]
    made: Mapping[str, str]


def render_intake(sheet: Sheet, office: Office) -> str:
    """The page in the office's language; all text from the office and the cases is escaped."""
    language = office.language
    highest = sheet.loads["after"].max() if sheet.loads.height else 0.0
    return page(
        "intake.html.jinja",
        language,
        office=office.office.name.say(language),
        sheet=sheet,
        unit_of_effort=office.effort.measured_in.say(language),
        loads=sheet.loads.with_columns(pl.col(pl.String).fill_null("")).to_dicts(),
        highest=highest or 1.0,
        tracks=_counts(sheet, "track"),
        given=_counts(sheet, "how"),
        balance=_balance(sheet.loads, language),
    )


def _counts(sheet: Sheet, column: str) -> Counter[str]:
    return Counter(str(case[column]) for case in sheet.cases)


def _balance(loads: pl.DataFrame, language: Language) -> str | None:
    """How far load per capacity spreads within units; None where nobody carries anything."""
    if loads.is_empty():
        return None
    carrying = loads.filter(pl.col("capacity") > 0)
    spreads = [_spread(carrying, name) for name in ("before", "after")]
    if None in spreads:
        return None
    return speaker(language)("loads_spread", before=spreads[0], after=spreads[1])


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
