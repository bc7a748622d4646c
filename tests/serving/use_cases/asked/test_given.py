"""Given cases among the office's own."""

from __future__ import annotations

from datetime import datetime, time

import narwhals as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cases.errors import BadInput
from cases.tables.tables import Tables
from features.build import build
from features.catalogue import risk_features
from serving.use_cases.asked.faults import MOST_FAULTS
from serving.use_cases.asked.given import GivenEvent, check_given, with_given
from tests.factories.fakes import context, given

TABLES = context().tables
REPEATED = given(
    "a",
    closed_at=datetime(2026, 2, 1, 9),
    attributes={"suspects": 1.0, "charge": None, "appealed": False},
    events=(
        GivenEvent(datetime(2026, 1, 1), "accepted"),
        GivenEvent(datetime(2026, 1, 20), "returned"),
        GivenEvent(datetime(2026, 3, 1), "decided"),
    ),
)


def _features(tables: Tables, case_id: str) -> pl.DataFrame:
    closed = tables.case_rows.filter(case_id=case_id).select("case_id", moment="closed_at")
    moments = nw.from_native(closed.lazy())
    built: pl.DataFrame = build(tables, moments, risk_features(tables.office)).collect().to_native()
    return built


def test_a_new_case_joins_the_others_with_its_attributes_and_events():
    """Left-out attributes are unknown, and an event is recorded when it happens."""
    merged = with_given(TABLES, [given(attributes={"suspects": 3.0})])

    new = merged.case_rows.filter(case_id="x").row(0, named=True)
    assert (new["suspects"], new["charge"], new["appealed"]) == (3.0, None, None)
    event = merged.event_rows.filter(case_id="x").row(0, named=True)
    assert event["recorded_at"] == event["at"]
    assert merged.case_rows.height == TABLES.case_rows.height + 1


def test_a_dated_closing_is_some_time_of_its_day():
    """As in the office's tables: it follows an opening of that day and closes at its end."""
    events = (GivenEvent(datetime(2026, 5, 1), "returned"),)
    cases = [given(opened_at=datetime(2026, 5, 1, 9), events=events)]
    check_given(cases, TABLES.office)

    merged = with_given(TABLES, cases)

    end = datetime.combine(datetime(2026, 5, 1), time.max)
    assert merged.case_rows.filter(case_id="x")["closed_at"].item() == end
    assert merged.event_rows.filter(case_id="x")["recorded_at"].item() == end


def test_a_case_the_office_has_is_replaced_with_its_events():
    """The given version is all that is known of it; other cases keep theirs."""
    merged = with_given(TABLES, [given("a", events=())])

    assert merged.case_rows["case_id"].is_unique().all()
    assert merged.event_rows.filter(case_id="a").is_empty()
    assert_frame_equal(merged.review_rows, TABLES.review_rows)


def test_events_keep_their_order_behind_those_of_the_office():
    """Events of the same instant stay in the order given."""
    day = datetime(2026, 2, 1)
    same = tuple(GivenEvent(day, activity) for activity in ("returned", "accepted", "decided"))

    merged = with_given(TABLES, [given(events=same)])

    assert merged.event_rows["sequence"].is_unique().all()
    ours = merged.event_rows.filter(case_id="x").sort("sequence")
    assert ours["activity"].to_list() == ["returned", "accepted", "decided"]


def test_a_case_sent_as_the_office_has_it_has_the_same_features():
    """Serving and training see one and the same case in the same way."""
    merged = with_given(TABLES, [REPEATED])

    assert_frame_equal(_features(merged, "a"), _features(TABLES, "a"))


def test_every_fault_names_its_field():
    """Closed before opened and after the plan's moment, unknown activity, recorded too early."""
    events = (
        GivenEvent(datetime(2026, 2, 2), "return"),
        GivenEvent(datetime(2026, 2, 2), "decided", recorded_at=datetime(2026, 2, 1)),
    )
    wrong = given("y", opened_at=datetime(2026, 6, 1), events=events)

    with pytest.raises(BadInput) as error:
        check_given([given(), wrong, given()], TABLES.office, closed_by=datetime(2026, 4, 30))

    assert [(fault.column, str(fault.problem)) for fault in error.value.faults] == [
        ("cases[0].closed_at", "is after `as_of`."),
        ("cases[1].closed_at", "is after `as_of`."),
        ("cases[1].closed_at", "is before `opened_at`."),
        ("cases[1].events[0].activity", "is not an activity of the office file."),
        ("cases[1].events[1].recorded_at", "is before `at`."),
        ("cases[2].closed_at", "is after `as_of`."),
        ("cases[0].case_id", "stands more than once."),
        ("cases[2].case_id", "stands more than once."),
    ]


def test_of_very_many_faults_the_first_are_listed_and_the_rest_counted():
    """As many as a person corrects at a time."""
    with pytest.raises(BadInput) as error:
        check_given([given()] * (MOST_FAULTS + 5), TABLES.office)

    assert len(error.value.faults) == MOST_FAULTS + 1
    assert str(error.value.faults[-1].problem) == "has 5 more faults."
