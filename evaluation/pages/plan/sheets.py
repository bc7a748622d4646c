"""Reviewer's sheets of a plan: a page a case to print, fill in and sign.

They lie in the reading order that is drawn from the plan's seed, which has nothing to do with
risk, first readings before second ones. Where the risk of a case is hidden, nothing on its sheet
says what was expected of the case or how it was chosen.
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
from evaluation.pages.plan.grade_form import GRADES_FILE, HEADER_ROWS
from evaluation.pages.render import page
from policies.spot_check.reading import reading_order, readings, risk_hidden

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
    """What a sheet shows of a case; `earlier` counts the events for which there is no room.

    It says nothing of the case's risk and choice if these are `hidden`. It has the `number` of its
    reading, whose grade is entered in row `row` of the form.
    """

    case: DrawnCase
    facts: tuple[Fact, ...]
    timeline: tuple[Fact, ...]
    earlier: Sayable | None
    dimensions: tuple[Sayable, ...]
    hidden: bool
    second: bool = False
    number: int = 0

    @property
    def row(self) -> Sayable:
        """Where its grade is entered."""
        return _("row {row} of {file}", row=str(self.number + HEADER_ROWS), file=GRADES_FILE)


def with_sheets(plan_seed: str, case_ids: pl.Series) -> pl.Series:
    """Which of the cases drawn get sheets, in the reading order."""
    return reading_order(plan_seed, case_ids).head(MOST_SHEETS)


def render_sheets(shown: PlanShown, files: CaseFiles, language: Language) -> str:
    """The page in `language`; all text from the office and its tables is escaped."""
    office, parameters = shown.office, shown.plan.parameters
    lines = {line["case_id"]: line for line in shown.lines.iter_rows(named=True)}
    cases = {case["case_id"]: case for case in files.cases.iter_rows(named=True)}
    events = files.events.partition_by("case_id", as_dict=True)
    of_case = {
        case_id: _sheet(
            shown, lines[case_id], cases[case_id], events.get((case_id,), files.events[:0])
        )
        for case_id in with_sheets(parameters.seed, shown.plan.lines["case_id"])
    }
    planned = readings(parameters.seed, shown.plan.lines)
    reviews = office.reviews
    return page(
        "sheets.html.jinja",
        language,
        office=office.office.name,
        plan_id=shown.plan.plan_id,
        grades=[] if reviews is None else reviews.grades_on(parameters.as_of.date()),
        left_out=_left_out(len(lines)),
        count=len(planned),
        sheets=[
            replace(of_case[one.case_id], second=one.is_second, number=one.number)
            for one in planned
            if one.case_id in of_case
        ],
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
        facts=(*(fact for _column, fact in facts(office, case)), *_wanted(office, line)),
        timeline=tuple(_timeline(office, events.tail(MOST_EVENTS).reverse())),
        earlier=_("Earlier: {count:,} more.", count=earlier) if earlier > 0 else None,
        dimensions=tuple(dimensions.values()),
        hidden=risk_hidden(office, shown.plan.parameters, line["case_id"]),
    )


def facts(office: Office, case: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    """What is known of the case, a row of the case table, by column; what is not is left out."""
    named = {**OF_FILES, **{name: fact.meaning for name, fact in office.attributes.items()}}
    for column, name in named.items():
        if case[column] is not None and case[column] != "":
            yield column, (name, _of_any_type(case[column]))


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
