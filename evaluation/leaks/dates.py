"""Dates that are not what they seem: only the year was known, or one date was copied from another.

What was known at intake, how long a case took and which cases are of one time all rest on dates.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from cases.language.messages import _
from cases.office.model import INTAKE, Office
from cases.tables.tables import Tables
from cases.tables.values import TIME
from evaluation.leaks.findings import Finding, finding

FEWEST = 20  # dates
MOSTLY = 0.5  # of the dates fall on one day of the year; the most that honest ones do is a few %
NEARLY_ALL = 0.9  # of the cases have the same two dates


def odd_dates(tables: Tables) -> Iterator[Finding]:
    """Date columns of which only the year was known, or that are a copy of another."""
    cases, office = tables.case_rows, tables.office
    dates = [name for name in office.attributes if cases.schema[name] == TIME]
    for name in ("opened_at", "closed_at", *dates):
        yield from _of_the_year_alone(cases[name], office)
    both = same_day(cases, "opened_at", "closed_at")
    if both is not None:
        evidence = _(
            "{share:.1%} of {count:,} closed cases were opened and closed on the same day: one of "
            "the two dates may be a copy of the other, and nothing then tells what was known at "
            "intake from what was known at closing.",
            share=both,
            count=cases["closed_at"].count(),
        )
        yield finding(office, "opened_at", "suspicious", evidence)
        return
    for name in dates:
        share = same_day(cases, name, "closed_at")
        if share is not None and office.attributes[name].known == INTAKE:
            evidence = _(
                "It is said to be known at intake, and in {share:.1%} of closed cases it is the "
                "day of the closing.",
                share=share,
            )
            yield finding(office, name, "blatant", evidence)


def _of_the_year_alone(column: pl.Series, office: Office) -> Iterator[Finding]:
    known = column.drop_nulls()
    days = known.dt.strftime("%m-%d").value_counts(sort=True)
    if len(known) < FEWEST or known.dt.year().n_unique() == 1:
        return
    day, cases = days.row(0)
    if cases >= MOSTLY * len(known):
        evidence = _(
            "{share:.1%} of its {count:,} dates fall on the same day of the year ({day}, month and "
            "day): it seems that only the year was known.",
            share=cases / len(known),
            count=len(known),
            day=day,
        )
        yield finding(office, column.name, "suspicious", evidence)


def same_day(cases: pl.DataFrame, one: str, other: str) -> float | None:
    """The share of cases with both dates in which they are the same day; None unless nearly all."""
    both = cases.drop_nulls([one, other])
    if both.height < FEWEST:
        return None
    share = float((both[one].dt.date() == both[other].dt.date()).mean())  # type: ignore[arg-type]
    return share if share >= NEARLY_ALL else None
