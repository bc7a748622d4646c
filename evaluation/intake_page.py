"""An intake as one HTML file: each new case's track, effort and handler, and the loads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cases.office import Language, Office
from evaluation.render import page, speaker


@dataclass(frozen=True)
class Sheet:
    """What the page shows, in the office's language.

    `cases` has for each new case `case_id, kind, unit, track, why, complex_probability, effort,
    effort_low, effort_high, handler, how, reasons` (sentences), `eligible` (`handler,
    probability`) and `excluded` (`reason, handlers`). `loads` has for each handler `handler,
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
        unit=office.effort.unit.say(language),
        loads=sheet.loads.fill_null("").to_dicts(),
        highest=highest or 1.0,
        tracks=_counts(sheet, "track"),
        given=_counts(sheet, "given_by"),
        balance=_balance(sheet.loads, language),
    )


def _counts(sheet: Sheet, column: str) -> dict[str, int]:
    found = [case[column] for case in sheet.cases]
    return {str(name): found.count(name) for name in found}


def _balance(loads: pl.DataFrame, language: Language) -> str | None:
    """How far load per capacity spreads; None where nobody carries anything."""
    carrying = loads.filter(pl.col("capacity") > 0)
    spreads = []
    for name in ("before", "after"):
        relative = (carrying[name] / carrying["capacity"]).to_numpy()
        if not relative.any():
            return None
        spreads.append(float(np.std(relative) / np.mean(relative)))
    return speaker(language)("loads_spread", before=spreads[0], after=spreads[1])
