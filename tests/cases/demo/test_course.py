"""How the demo's cases run: who gets them, what happens, and within which limits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cases.demo import simulate
from cases.demo.clock import END, START, in_hours, off_hours
from cases.tables.tables import Tables

AFTER_CLOSING = (
    "archived",
    "later_not_prosecuted",
    "later_withdrawn",
    "later_acquitted",
    "petition_changed",
    "compensation_granted",
    "supervision_unsupported",
)
col = pl.col


def test_counts_and_rates(tables: Tables, truth: pl.DataFrame) -> None:
    """Events a case, open cases, shares reviewed, defects and complexity are as documented."""
    cases, every = tables.case_rows, tables.review_rows
    closed = cases["closed_at"].count()
    reviews = every.filter(col("kind") != "double")
    defective = reviews.filter(col("kind") == "random")["grade"].is_in(tables.office.defect_grades)
    assert 18 < tables.event_rows.height / cases.height < 22
    assert 0.02 < cases["closed_at"].null_count() / cases.height < 0.10
    assert 0.12 < reviews.height / closed < 0.20
    assert 0.08 < truth["defect_probability"].mean() < 0.12
    assert 0.07 < defective.mean() < 0.13
    assert 0.08 < truth["complex"].mean() < 0.18
    assert set(every["kind"]) == {"random", "key", "special", "double"}
    assert 0.18 < every.height / reviews.height - 1 < 0.30


def test_handlers_of_the_default_office() -> None:
    """20,000 cases are handled by 60 to 100 people in seven units, each under a code."""
    _, handlers = simulate(np.random.default_rng(2026), 20_000)
    assert 60 <= handlers.height <= 100
    assert handlers["unit"].n_unique() == 7
    assert handlers["handler"].str.contains(r"^H\d{3}$").all()
    assert set(handlers["kinds"]) == {None, "arrest_review", "prosecution_review"}


def test_cases_are_given_to_those_who_take_them(tables: Tables) -> None:
    """A case's handler is of its unit and takes its kind."""
    both = tables.case_rows.drop_nulls("handler").join(
        tables.handler_rows, on="handler", suffix="_of"
    )
    takes = col("kinds").is_null() | col("kinds").str.split(";").list.contains(col("kind"))
    assert both.select(((col("unit") == col("unit_of")) & takes).all()).item()


def test_every_event_is_within_its_case(tables: Tables) -> None:
    """Nothing happens before opening; after closing only what is known to come after it."""
    events = tables.event_rows.join(tables.case_rows, on="case_id")
    assert events.filter(col("at") < col("opened_at")).is_empty()
    late = events.filter(col("at") > col("closed_at"))
    assert set(late["activity"]) <= set(AFTER_CLOSING)
    assert events.filter(
        col("activity").is_in(AFTER_CLOSING) & col("closed_at").is_null()
    ).is_empty()


def test_nothing_is_later_than_the_end(tables: Tables) -> None:
    """Every moment lies between the start and the day the tables were taken."""
    events, reviews, cases = tables.event_rows, tables.review_rows, tables.case_rows
    assert cases["opened_at"].min() >= START
    for column in (cases["closed_at"], events["recorded_at"], reviews["reviewed_at"]):
        assert column.max() < END


def test_milestones_come_in_order(tables: Tables) -> None:
    """Acceptance, assignment, decision, judgment and conclusion follow each other."""
    order = [
        "accepted",
        "assigned",
        "rights_notified",
        "approved",
        "decided",
        "judged",
        "concluded",
    ]
    first = tables.event_rows.filter(col("activity").is_in(order)).pivot(
        "activity", index="case_id", values="at", aggregate_function="min"
    )
    for before, after in pairwise(order):
        assert first.filter(col(before) > col(after)).is_empty()


def test_some_work_is_recorded_late_and_out_of_hours(tables: Tables) -> None:
    """Day-to-day work is sometimes entered later, sometimes done in the evening."""
    events = tables.event_rows
    late = (events["recorded_at"] - events["at"]).dt.total_hours() >= 24
    hour = events["at"].dt.hour()
    off = (hour >= 18) | (events["at"].dt.weekday() > 5)
    assert events.filter(col("recorded_at") < col("at")).is_empty()
    assert 0.01 < late.mean() < 0.06
    assert 0.005 < off.mean() < 0.10


def test_a_case_is_returned_at_most_twice_and_comes_back(tables: Tables) -> None:
    """Every return is followed by a resubmission unless the police still have the case."""
    counts = tables.event_rows.group_by("case_id").agg(
        returned=(col("activity") == "returned").sum(),
        back=(col("activity") == "resubmitted").sum(),
        decided=(col("activity") == "decided").any(),
    )
    assert counts["returned"].max() == 2
    assert counts.filter(col("decided") & (col("returned") != col("back"))).is_empty()


def test_every_activity_of_the_office_file_happens(tables: Tables) -> None:
    """The office file declares what happens; only the rarest may be missing in 6,000 cases."""
    happened = set(tables.event_rows["activity"])
    assert happened <= set(tables.office.activities)
    assert len(set(tables.office.activities) - happened) <= 1


@given(st.lists(st.floats(0, 900), min_size=2, max_size=20))
def test_office_hours_keep_the_order(days: list[float]) -> None:
    """Weekends are moved to Monday morning without changing the order of events."""
    moments = in_hours(np.sort(np.array(days)))
    weekday = (moments.astype("datetime64[D]").astype(int) + 3) % 7
    assert (np.diff(moments) >= np.timedelta64(0)).all()
    assert (weekday < 5).all()


@given(st.floats(0, 900))
def test_evenings_stay_on_their_day(day: float) -> None:
    """Off-hours work is of the same date."""
    moment = off_hours(np.array([day]))[0]
    assert int((moment - np.datetime64(START)) / np.timedelta64(1, "D")) == int(day)
