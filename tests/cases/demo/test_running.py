"""What goes wrong while the demo's cases run: its truth is what clocks and rules find."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cases.demo import simulate
from cases.demo.clock import END
from cases.demo.running.breaches import IN_BULK, POSSIBLE
from cases.demo.running.delays import CAUSES, STRAIN, delayed
from cases.demo.running.holidays import calendar_table, last_days
from cases.demo.running.late_entries import LATE
from cases.tables.tables import Tables, moments_of
from features.as_of import Known, cut
from policies.clocks.clocks import judged_at
from policies.process.breaches import breaches_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "demo_office.md"
col = pl.col


@pytest.fixture(scope="module")
def in_the_end(tables: Tables) -> Known:
    """What is known of every case when the tables were taken."""
    moment = pl.lit(END, pl.Datetime("us"))
    return cut(tables, moments_of(tables.case_rows.select("case_id", moment=moment)))


def running(tables: Tables) -> set[str]:
    """The cases that are open in the end."""
    return set(tables.case_rows.filter(col("closed_at").is_null())["case_id"])


def test_what_is_overrun_is_what_the_clocks_say(
    folder: Path, tables: Tables, in_the_end: Known
) -> None:
    """No limit is overrun but those of the truth; these are, but for what is still to come."""
    truth = pl.read_parquet(folder / "truth_overruns.parquet")
    found = {
        (reading.case_id, reading.code)
        for one in judged_at(tables, in_the_end)
        for reading in one.readings
        if reading.first_overrun is not None
    }
    stated = set(truth.select("case_id", "limit").iter_rows())
    assert found <= stated
    assert {case_id for case_id, _limit in stated - found} <= running(tables)
    assert set(truth["cause"]) <= {*CAUSES, "made_up_weekend"}


def test_a_realistic_share_is_overrun(folder: Path, tables: Tables) -> None:
    """Of prosecution reviews two to four in a hundred are, of arrest reviews fewer than one."""
    truth = pl.read_parquet(folder / "truth_overruns.parquet").unique(["case_id", "limit"])
    kinds = tables.case_rows["kind"].value_counts()
    share = truth.join(kinds, left_on="limit", right_on="kind", how="inner")
    found = dict(
        share.group_by("limit")
        .agg(col("count").first(), n=pl.len())
        .select("limit", col("n") / col("count"))
        .iter_rows()
    )
    assert 0.02 < found["prosecution_review"] < 0.045
    assert found.get("arrest_review", 0) < 0.01


def test_breaches_are_those_of_the_truth(folder: Path, tables: Tables, in_the_end: Known) -> None:
    """No rule is broken but where the truth says so; what is not found has not happened yet."""
    truth = pl.read_parquet(folder / "truth_breaches.parquet")
    found = {(one.case_id, one.rule) for one in breaches_of(tables, in_the_end)}
    stated = set(truth.iter_rows())
    assert found <= stated
    assert {case_id for case_id, _rule in stated - found} <= running(tables)
    assert {rule.code for rule in tables.office.process} == {*POSSIBLE, IN_BULK}
    assert {rule for _case, rule in found} == {*POSSIBLE, IN_BULK}
    assert len({case_id for case_id, _rule in stated}) < 0.04 * tables.case_rows.height


def test_two_organs_enter_late_and_before_what_follows(tables: Tables) -> None:
    """Of what police and court do some is entered days later, and all of it before the closing."""
    events = tables.event_rows.join(tables.case_rows.select("case_id", "closed_at"), on="case_id")
    lag = col("recorded_at") - col("at")
    for activity, least, most in (
        ("resubmitted", 0.1, 0.35),
        ("court_accepted", 0.05, 0.25),
        ("trial_held", 0.05, 0.25),
        ("judged", 0.03, 0.25),
    ):
        several = events.filter(activity=activity)
        late = several.filter(lag >= timedelta(days=1))
        assert least < late.height / several.height < most
        assert several.filter(col("recorded_at") > col("closed_at")).is_empty()


def test_nothing_else_of_a_case_is_moved() -> None:
    """What a delay leaves alone stays as it was: all before the stretch, and the log-odds."""
    whole, _ = simulate(np.random.default_rng(3), 6_000)
    course = delayed(np.random.default_rng(4), whole)
    later = course["later"].fill_null(0.0)
    assert (later >= 0).all()
    delayed_ones = later.to_numpy() > 0
    assert 0.02 < delayed_ones.mean() < 0.06
    for name in ("opened", "assigned", "start_1", "end_1", "log_odds", "defect_probability"):
        assert course[name].equals(whole[name])
    for name in ("decided", "closed", "archived"):
        by = (course[name] - whole[name]).to_numpy()
        assert np.abs(by - later.to_numpy()).max() < 1e-6
    asked = course.filter(col("opinion_asked").is_not_null())
    in_order = ("began", "opinion_asked", "opinion_received", "decided")
    assert all((asked[one] < asked[two]).all() for one, two in pairwise(in_order))


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        (datetime(2026, 6, 1), 7, datetime(2026, 6, 8)),
        (datetime(2026, 6, 6), 7, datetime(2026, 6, 15)),  # a Saturday is entered on Monday
        (datetime(2026, 6, 12), 7, datetime(2026, 6, 22)),  # the Dragon Boat Festival
        (datetime(2026, 5, 2), 5, datetime(2026, 5, 9)),  # Saturday that is made up
    ],
)
def test_a_last_day_is_a_working_day(start: datetime, days: int, last: datetime) -> None:
    """A limit that ends on a holiday ends on the first working day after it."""
    zero = datetime(2024, 1, 1)
    found = last_days(np.array([float((start - zero).days)]), np.array([days]))
    assert found.tolist() == [(last - zero).days]


def test_holidays_are_weekdays_and_made_up_days_are_not() -> None:
    """The calendar has only days that are not as their weekday, each once."""
    table = calendar_table()
    weekend = table["day"].dt.weekday() > 5
    assert (weekend == table["working"]).all()
    assert table["day"].is_unique().all()


def test_the_document_prints_what_makes_a_limit_run_over() -> None:
    """docs/demo_office.md has the very terms, thresholds and shares."""
    text = DOCUMENT.read_text(encoding="utf-8")
    lines = [f"| {name} | {term.meaning} | {term.weight:+.2f} |" for name, term in STRAIN.items()]
    assert "\n".join(["", *lines, "", ""]) in text
    for name, (used, strain) in CAUSES.items():
        assert f"| `{name}` | {used} | {strain:+.2f} |" in text
    for rule, (_cases, share) in POSSIBLE.items():
        assert f"| `{rule}` | {share:.1%} |" in text
    assert all(f"`{column}`" in text or column in text for column in LATE)
