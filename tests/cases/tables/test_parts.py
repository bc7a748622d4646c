"""Tables with further cases laid over them."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import EVENTS, REVIEWS, Tables, case_columns
from tests.factories.office import office

DAY = datetime(2024, 1, 1)


def cases(*ids: str, kind: str) -> pl.DataFrame:
    """Cases of a kind."""
    records = [{"case_id": case_id, "opened_at": DAY, "kind": kind} for case_id in ids]
    return pl.DataFrame(records, schema=case_columns(office()))


def events(*ids: str) -> pl.DataFrame:
    """An event of each."""
    records = [{"case_id": case_id, "at": DAY, "recorded_at": DAY} for case_id in ids]
    return pl.DataFrame(records, schema=EVENTS)


def test_a_replaced_case_loses_its_rows_and_keeps_its_reviews() -> None:
    """Whole tables and the rows of single cases agree, also on top of what was added before."""
    review = {"case_id": "b", "reviewed_at": DAY, "kind": "review", "grade": "bad"}
    base = Tables.of(
        office(),
        cases("a", "b", kind="old"),
        events=events("b", "a", "b"),
        reviews=pl.DataFrame([review], schema=REVIEWS),
    )
    once = base.plus(cases("b", "c", kind="new"), events=events("c"), replaced=["b"])
    twice = once.plus(cases("c", kind="newer"), events=events("c", "c"), replaced=["c"])
    kinds = dict(twice.case_rows.select("case_id", "kind").iter_rows())
    assert kinds == {"a": "old", "b": "new", "c": "newer"}
    found = twice.of_cases("cases", ["c", "a", "nobody", "b", "a"])
    assert dict(found.select("case_id", "kind").iter_rows()) == kinds
    assert sorted(twice.event_rows["case_id"]) == ["a", "c", "c"]
    assert sorted(twice.of_cases("events", ["a", "b", "c"])["case_id"]) == ["a", "c", "c"]
    assert twice.of_cases("reviews", ["b"])["grade"].to_list() == ["bad"]
