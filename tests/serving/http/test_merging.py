"""The cases of a request among the office's own."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import narwhals as nw
import polars as pl
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables
from features.build import build
from features.catalogue import risk_features
from serving.http.merging import with_cases
from serving.http.payloads import CaseIn
from serving.http.requests import check_cases, wishes_of
from tests.factories.client import case
from tests.factories.fakes import context

TABLES = context().tables
RETURNED = {"activity": "returned"}
REPEATED = case(
    case_id="a",
    closed_at="2026-02-01T09:00",
    attributes={"suspects": 1, "appealed": False},
    events=[
        {"at": "2026-01-01", "activity": "accepted"},
        {"at": "2026-01-20", "activity": "returned"},
        {"at": "2026-03-01", "activity": "decided"},
    ],
)


def _read(*cases: dict[str, Any]) -> tuple[CaseIn, ...]:
    return wishes_of(TABLES.office).score.model_validate({"cases": cases}, strict=False).cases or ()


def _features(tables: Tables, case_id: str) -> pl.DataFrame:
    closed = tables.case_rows.filter(case_id=case_id).select("case_id", moment="closed_at")
    moments = nw.from_native(closed.lazy())
    built: pl.DataFrame = build(tables, moments, risk_features(tables.office)).collect().to_native()
    return built


def test_a_new_case_joins_the_others_with_its_attributes_and_events():
    """Left-out attributes are unknown, and an event is recorded when it happens."""
    merged = with_cases(TABLES, _read(case(attributes={"suspects": 3})))

    new = merged.case_rows.filter(case_id="x").row(0, named=True)
    assert (new["suspects"], new["charge"], new["appealed"]) == (3.0, None, None)
    event = merged.event_rows.filter(case_id="x").row(0, named=True)
    assert event["recorded_at"] == event["at"]
    assert merged.case_rows.height == TABLES.case_rows.height + 1


def test_a_dated_closing_is_some_time_of_its_day():
    """As in the office's tables: it follows an opening of that day and closes at its end."""
    cases = _read(case(opened_at="2026-05-01T09:00:00", events=[{"at": "2026-05-01", **RETURNED}]))
    check_cases(cases, TABLES.office)

    merged = with_cases(TABLES, cases)

    end = datetime.combine(datetime(2026, 5, 1), time.max)
    assert merged.case_rows.filter(case_id="x")["closed_at"].item() == end
    assert merged.event_rows.filter(case_id="x")["recorded_at"].item() == end


def test_a_case_the_office_has_is_replaced_with_its_events():
    """The request's version is all that is known of it; other cases keep theirs."""
    merged = with_cases(TABLES, _read(case(case_id="a", events=[])))

    assert merged.case_rows["case_id"].is_unique().all()
    assert merged.event_rows.filter(case_id="a").is_empty()
    assert_frame_equal(merged.review_rows, TABLES.review_rows)


def test_events_keep_their_order_behind_those_of_the_office():
    """Events of the same instant stay in the order of the request."""
    same = [{"at": "2026-02-01", "activity": one} for one in ("returned", "accepted", "decided")]

    merged = with_cases(TABLES, _read(case(events=same)))

    assert merged.event_rows["sequence"].is_unique().all()
    ours = merged.event_rows.filter(case_id="x").sort("sequence")
    assert ours["activity"].to_list() == ["returned", "accepted", "decided"]


def test_a_case_sent_as_the_office_has_it_has_the_same_features():
    """Serving and training see one and the same case in the same way."""
    merged = with_cases(TABLES, _read(REPEATED))

    assert_frame_equal(_features(merged, "a"), _features(TABLES, "a"))
