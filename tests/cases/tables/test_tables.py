"""Tables with further cases laid over them, and the last moment that anything in them is of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from cases.errors import BadInput
from cases.tables.cells.arrays import Rows
from cases.tables.tables import EVENTS, EXTENDED, REVIEWS, Tables, case_columns
from tests.factories.office import office, tables

DAY = datetime(2024, 1, 1)
CASES = """
case_id | opened_at  | closed_at
a       | 2024-01-01 | 2024-01-03
b       | 2024-01-02 | -
"""


def cases(*ids: str, kind: str) -> pl.DataFrame:
    """Cases of a kind."""
    records = [{"case_id": case_id, "opened_at": DAY, "kind": kind} for case_id in ids]
    return pl.DataFrame(records, schema=case_columns(office()))


def events(*ids: str) -> pl.DataFrame:
    """An event of each."""
    records = [{"case_id": case_id, "at": DAY, "recorded_at": DAY} for case_id in ids]
    return pl.DataFrame(records, schema=EVENTS)


@pytest.mark.parametrize("given", [pl.DataFrame, Rows.of])
def test_a_replaced_case_loses_its_rows_and_keeps_its_reviews(given: Any) -> None:
    """Whole tables and the rows of single cases agree, also on top of what was added before.

    Whether cases are added as frames or as arrays.
    """
    review = {"case_id": "b", "reviewed_at": DAY, "kind": "review", "grade": "bad"}
    base = Tables.of(
        office(),
        cases("a", "b", kind="old"),
        events=events("b", "a", "b"),
        reviews=pl.DataFrame([review], schema=REVIEWS),
    )
    new, newer = given(cases("b", "c", kind="new")), given(cases("c", kind="newer"))
    once = base.plus(new, events=given(events("c")), replaced=["b"])
    twice = once.plus(newer, events=given(events("c", "c")), replaced=["c"])
    kinds = dict(twice.case_rows.select("case_id", "kind").iter_rows())
    assert kinds == {"a": "old", "b": "new", "c": "newer"}
    found = twice.of_cases("cases", ["c", "a", "nobody", "b", "a"])
    assert dict(found.select("case_id", "kind").iter_rows()) == kinds
    assert sorted(twice.event_rows["case_id"]) == ["a", "c", "c"]
    assert sorted(twice.of_cases("events", ["a", "b", "c"])["case_id"]) == ["a", "c", "c"]
    assert twice.of_cases("reviews", ["b"])["grade"].to_list() == ["bad"]


@pytest.mark.parametrize("given", [pl.DataFrame, Rows.of])
@pytest.mark.parametrize("ids", [[], ["nobody"], ["b"], ["c", "b"], ["a", "b"], ["c", "a", "b"]])
def test_rows_of_cases_are_the_same_as_arrays(given: Any, ids: list[str]) -> None:
    """Of each part, of both together and of none."""
    base = Tables.of(office(), cases("a", "b", kind="old"), events=events("b", "a", "b"))
    more = given(cases("b", "c", kind="new")), given(events("c", "b", "c"))
    whole = base.plus(more[0], events=more[1], replaced=["b"])
    for name in EXTENDED:
        frame, arrays = whole.of_cases(name, ids), whole.arrays_of(name, ids)
        listed = [arrays.columns[column].listed() for column in frame.columns]
        assert arrays.height == frame.height
        assert sorted(zip(*listed, strict=True), key=str) == sorted(frame.rows(), key=str)


def test_the_newest_of_all_tables_counts() -> None:
    """A review, an event recorded or a closing: whichever is last."""
    reviews = """
    case_id | reviewed_at | reviewer | kind | grade
    a       | 2024-02-01  | r        | k    | good
    """
    assert tables(CASES).latest_record.date() == datetime(2024, 1, 3).date()
    assert tables(CASES, reviews=reviews).latest_record.date() == datetime(2024, 2, 1).date()


def test_without_a_case_there_is_none() -> None:
    """An empty case table is a fault with its remedy."""
    with pytest.raises(BadInput, match="no rows"):
        _ = tables("case_id | opened_at | closed_at").latest_record
