"""What is known when, on tables small enough to see through."""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import polars as pl

from cases.tables.tables import Frame, Tables
from features.as_of import (
    closing_moments,
    column_of,
    cut,
    final_reviews,
    intake_moments,
    risk_moments,
    running_totals,
)
from features.feature import OfOthers
from tests.factories import office as factories

CASES = """
case_id | opened_at  | closed_at  | kind | handler | suspects | appealed
a       | 2024-01-01 | 2024-01-10 | k    | h       | 2        | true
b       | 2024-01-05 | 2024-01-10 | k    | h       | 3        | false
"""


def polars(frame: Frame) -> pl.DataFrame:
    """The frame's rows."""
    return frame.collect("polars").to_native()


def at(day: int, case: str = "a") -> Frame:
    """One moment row in January 2024."""
    asked = pl.DataFrame({"case_id": [case], "moment": [datetime(2024, 1, day)]})
    return nw.from_native(asked).lazy()


def test_moments_are_after_and_until() -> None:
    """A period has its first instant left out and its last one in."""
    tables = factories.tables(CASES)
    first, second = datetime(2024, 1, 1), datetime(2024, 1, 5)
    assert polars(intake_moments(tables, after=first, until=second))["case_id"].to_list() == ["b"]
    assert polars(intake_moments(tables, after=None, until=first))["case_id"].to_list() == ["a"]
    assert polars(closing_moments(tables, after=second, until=datetime(2024, 1, 10))).height == 2


def test_risk_is_asked_at_the_moment_of_the_office_file() -> None:
    """At intake, at closing, or when an activity is first recorded; b has none, so it waits."""
    events = """
    case_id | at         | recorded_at | activity
    a       | 2024-01-02 | 2024-01-05  | accepted
    a       | 2024-01-03 | 2024-01-04  | accepted
    """
    days = {"intake": {"a": 1, "b": 5}, "closing": {"a": 10, "b": 10}, "accepted": {"a": 4}}
    for moment, expected in days.items():
        tables = factories.tables(CASES, events, risk={"at": moment})
        found = polars(risk_moments(tables, after=None, until=datetime(2024, 2, 1)))
        assert {case: at.day for case, at in found.iter_rows()} == expected
    assert polars(risk_moments(tables, after=None, until=datetime(2024, 1, 3))).is_empty()


def test_what_only_the_closing_tells_is_hidden_at_an_earlier_moment() -> None:
    """Whether a was appealed is known at its closing: not at its intake, nor at an activity."""
    events = """
    case_id | at         | activity
    a       | 2024-01-05 | accepted
    """
    appealed = {}
    for moment in ("intake", "accepted", "closing"):
        tables = factories.tables(CASES, events, risk={"at": moment})
        known = cut(tables, risk_moments(tables, after=None, until=datetime(2024, 2, 1)))
        of_a = polars(known.cases).filter(case_id="a")
        appealed[moment] = of_a[column_of(tables.office, "appealed")].item()
    assert appealed == {"intake": None, "accepted": None, "closing": True}


def test_columns_are_hidden_until_known() -> None:
    """Intake facts are seen from opening on, closing facts from closing on."""
    tables = factories.tables(CASES, handler_known="closing")
    names = ("opened_at", "suspects", "closed_at", "appealed", "handler")
    columns = [column_of(tables.office, name) for name in names]
    seen = {
        day: [name for name in columns if polars(cut(tables, at(day)).cases)[name][0] is not None]
        for day in (9, 10)
    }
    assert seen == {9: columns[:2], 10: columns}
    assert polars(cut(tables, at(4, "b")).cases)[columns[1]][0] is None


def test_an_event_shows_what_it_tells() -> None:
    """A column known by an activity is seen once such an event is recorded."""
    events = """
    case_id | at         | recorded_at | activity
    a       | 2024-01-02 | 2024-01-05  | accepted
    """
    tables = factories.tables(CASES, events, handler_known="accepted")
    assert polars(cut(tables, at(4)).cases)["handler"][0] is None
    assert polars(cut(tables, at(4)).events).is_empty()
    assert polars(cut(tables, at(5)).cases)["handler"][0] == "h"


def test_grades_mature() -> None:
    """A grade is final only after the days the office file states."""
    reviews = """
    case_id | reviewed_at | kind   | grade
    a       | 2024-02-01  | random | bad
    """
    grades = factories.OFFICE["reviews"] | {"maturity_days": 1.5}
    tables = Tables.of(
        factories.office(reviews=grades),
        factories.tables(CASES).case_rows,
        reviews=factories.tables(CASES, reviews=reviews).review_rows,
    )
    assert polars(final_reviews(tables, datetime(2024, 2, 2))).is_empty()
    final = polars(final_reviews(tables, datetime(2024, 2, 2, 12)))
    assert final["known_at"].to_list() == [datetime(2024, 2, 2, 12)]


def test_running_totals_at_one_instant() -> None:
    """Openings and closings count at the moment itself, outcomes and durations only before it."""
    tables = factories.tables(CASES)
    totals = [OfOthers(("kind",), mark) for mark in ("opened", "closed", "finished")]
    for day, counts in {1: (1, 0, 0), 10: (2, 2, 0), 11: (2, 2, 2)}.items():
        known = cut(tables, at(day))
        (frame,) = running_totals(tables, known, totals)
        assert polars(frame).drop("row").row(0) == counts


def test_windows_end() -> None:
    """A mark counts for its days and not at their end; one of the day until midnight."""
    tables = factories.tables(CASES)
    totals = [OfOthers((), "closed", window) for window in (3, "day")]
    seen = {}
    for day in (10, 12, 13):
        (frame,) = running_totals(tables, cut(tables, at(day)), totals)
        seen[day] = polars(frame).drop("row").row(0)
    assert seen == {10: (2, 2), 12: (2, 0), 13: (0, 0)}


def test_reviews_count_from_the_moment_of_risk_on() -> None:
    """A review of a case that is still open counts where risk is asked before the closing."""
    cases = """
    case_id | opened_at  | closed_at  | kind
    a       | 2024-01-01 | 2024-01-20 | k
    b       | 2024-01-02 | -          | k
    c       | 2024-01-04 | -          | k
    """
    reviews = """
    case_id | reviewed_at | kind   | grade
    a       | 2024-01-05  | random | bad
    b       | 2024-01-06  | random | good
    """
    events = """
    case_id | at         | activity
    b       | 2024-01-08 | accepted
    c       | 2024-01-09 | accepted
    """
    days = (5, 6, 7, 9, 21)
    counted = {}
    for moment in ("intake", "accepted", "closing"):
        tables = factories.tables(cases, events, reviews=reviews, risk={"at": moment})
        totals = [OfOthers(("kind",), mark) for mark in ("reviewed", "defects")]
        questions = nw.concat([at(day, "c") for day in days])
        (frame,) = running_totals(tables, cut(tables, questions), totals)
        seen = polars(frame).sort("row").drop("row").rows()
        counted[moment] = [(int(reviewed), int(defects)) for reviewed, defects in seen]
    assert counted == {
        "intake": [(0, 0), (1, 1), (2, 1), (2, 1), (2, 1)],
        "accepted": [(0, 0), (0, 0), (0, 0), (1, 0), (1, 0)],
        "closing": [(0, 0), (0, 0), (0, 0), (0, 0), (1, 1)],
    }
