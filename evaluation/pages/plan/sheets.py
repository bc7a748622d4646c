"""Reviewer's sheets of a plan: a page a case to print, fill in and sign.

They lie in the reading order that is drawn from the plan's seed, which has nothing to do with
risk, first readings before second ones. Where the office reviews blind, nothing on a sheet says
what was expected of the case or how it was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from cases.language.catalogues import Language
from cases.language.messages import Sayable, _
from cases.language.values import Value
from cases.office.model import Office
from evaluation.pages.plan.drawn_cases import (
    OF_A_CASE,
    DrawnCase,
    Fact,
    PlanShown,
    as_shown,
    clipped,
    drawn_case,
)
from evaluation.pages.render import page
from policies.spot_check.reading import reading_order

MOST_SHEETS = 1_000  # cases
MOST_EVENTS = 30  # of a case, the newest: what fits on its page
OF_FILES: Mapping[str, Sayable] = {"opened_at": _("opened on"), **OF_A_CASE}
NO_YES = _("no"), _("yes")


@dataclass(frozen=True)
class CaseFiles:
    """What was known of cases on the plan's day, as a reviewer finds it in their files.

    `cases` has the columns of the case table, `events` has `case_id, at, activity` in the order
    in which they happened.
    """

    cases: pl.DataFrame
    events: pl.DataFrame


@dataclass(frozen=True)
class Sheet:
    """What a sheet shows of a case; `earlier` counts the events for which there is no room."""

    case: DrawnCase
    facts: tuple[Fact, ...]
    timeline: tuple[Fact, ...]
    earlier: Sayable | None
    dimensions: tuple[Sayable, ...]
    second: bool = False


def with_sheets(plan_seed: str, case_ids: pl.Series) -> pl.Series:
    """Which of the cases drawn get sheets, in the reading order."""
    return reading_order(plan_seed, case_ids).head(MOST_SHEETS)


def render_sheets(shown: PlanShown, files: CaseFiles, language: Language) -> str:
    """The page in `language`; all text from the office and its tables is escaped."""
    office, parameters = shown.office, shown.plan.parameters
    lines = {line["case_id"]: line for line in shown.lines.iter_rows(named=True)}
    cases = {case["case_id"]: case for case in files.cases.iter_rows(named=True)}
    events = files.events.partition_by("case_id", as_dict=True)
    first = [
        _sheet(shown, lines[case_id], cases[case_id], events.get((case_id,), files.events[:0]))
        for case_id in with_sheets(parameters.seed, shown.plan.lines["case_id"])
    ]
    second = [replace(sheet, second=True) for sheet in first if sheet.case.read_twice]
    reviews = office.reviews
    return page(
        "sheets.html.jinja",
        language,
        office=office.office.name,
        plan_id=shown.plan.plan_id,
        blind=reviews is not None and reviews.blind,
        grades=[] if reviews is None else reviews.grades_on(parameters.as_of.date()),
        left_out=_left_out(len(lines)),
        sheets=[*first, *second],
    )


def _left_out(cases: int) -> Sayable | None:
    """A note where not every case has a sheet."""
    if cases <= MOST_SHEETS:
        return None
    return _(
        "Here are the sheets of the {most:,} cases that come first in the reading order; "
        "{cases:,} were drawn.",
        most=MOST_SHEETS,
        cases=cases,
    )


def _sheet(
    shown: PlanShown, line: Mapping[str, Any], case: Mapping[str, Any], events: pl.DataFrame
) -> Sheet:
    office, day = shown.office, shown.plan.parameters.as_of.date()
    closed = day if case["closed_at"] is None else case["closed_at"].date()
    dimensions = {} if office.reviews is None else office.reviews.dimensions_on(closed, day)
    earlier = events.height - MOST_EVENTS
    return Sheet(
        case=drawn_case(shown, line),
        facts=(*_facts(office, case), *_wanted(office, line)),
        timeline=tuple(_timeline(office, events.tail(MOST_EVENTS).reverse())),
        earlier=_("Earlier: {count:,} more.", count=earlier) if earlier > 0 else None,
        dimensions=tuple(dimensions.values()),
    )


def _facts(office: Office, case: Mapping[str, Any]) -> Iterator[Fact]:
    """What is known of the case; what is not is left out."""
    named = {**OF_FILES, **{name: fact.meaning for name, fact in office.attributes.items()}}
    for column, name in named.items():
        if case[column] is not None and case[column] != "":
            yield name, _of_any_type(case[column])


def _of_any_type(value: object) -> Sayable | str:
    if isinstance(value, bool):
        return NO_YES[value]
    return Value(value, ",g") if isinstance(value, float) else as_shown(value)


def _wanted(office: Office, line: Mapping[str, Any]) -> Iterator[Fact]:
    """What the office wants to see of a case besides."""
    for column in office.spot_checks.columns:
        if line.get(column):
            yield column, clipped(line[column])


def _timeline(office: Office, events: pl.DataFrame) -> Iterator[Fact]:
    for at, code in events.select("at", "activity").iter_rows():
        named = office.activities.get(code)
        yield as_shown(at), clipped(code) if named is None else named.meaning
