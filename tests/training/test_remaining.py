"""Learning remaining time: what is seen of it, and that nothing later is."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from cases.errors import Refused
from cases.tables.tables import Tables, moments_of, rows
from features.build import build
from features.catalogue import running_features
from tests.factories.small_office import small_office
from tests.factories.worlds import World, worlds
from training.labels import remaining_labels
from training.once import running_table
from training.running.remaining import fit_remaining

EARLY, LATE = datetime(2024, 9, 1), datetime(2025, 1, 1)
RUNNING = {"running": {"estimate": True}}


def test_what_remains_is_counted_to_the_closing() -> None:
    """In days from each landmark; of a case that is open then nothing is known."""
    tables = small_office(200)
    labels = remaining_labels(tables, datetime(2024, 2, 1)).join(tables.case_rows, on="case_id")
    closed = labels.drop_nulls("known_at")
    assert (closed["known_at"] == closed["closed_at"]).all()
    left = (closed["closed_at"] - closed["moment"]).dt.total_microseconds() / 86_400_000_000
    assert closed["lasted"].to_list() == pytest.approx(left.to_list())
    still_open = labels.filter(pl.col("known_at").is_null())
    assert still_open.height > 0
    assert still_open["lasted"].null_count() == still_open.height
    assert (labels["moment"] > labels["opened_at"]).all()
    assert (labels["moment"] <= datetime(2024, 2, 1)).all()


@settings(max_examples=40, deadline=None)
@given(world=worlds())
def test_later_rows_change_nothing_that_is_learnt_from(world: World) -> None:
    """Neither the landmarks nor what was known at them or became of them by a day."""
    found = []
    for tables in (world.earlier, world.whole):
        labels = remaining_labels(tables, world.horizon)
        at = moments_of(labels.select("case_id", "moment"))
        x = rows(build(tables, at, running_features(tables.office))).sort("case_id", "moment")
        found.append((labels, x))
    (before, x_before), (after, x_after) = found
    assert_frame_equal(before, after)
    assert_frame_equal(x_before, x_after, rel_tol=1e-14, abs_tol=0)


def test_a_model_does_not_change_later() -> None:
    """Fitted on what was known by a day it is the same when later cases are known."""
    whole = small_office(1500, **RUNNING)
    models = []
    for tables in (whole, _by(whole, EARLY)):
        x, labels = running_table(tables, EARLY), remaining_labels(tables, EARLY)
        models.append(fit_remaining(x, labels, tables.office, EARLY))
    assert models[0].as_json() == models[1].as_json()
    assert models[0].text() == models[1].text()


def _by(tables: Tables, when: datetime) -> Tables:
    """The tables as they had been written down by then."""
    closed = pl.when(pl.col("closed_at") <= when).then("closed_at").alias("closed_at")
    cases = tables.case_rows.filter(pl.col("opened_at") <= when).with_columns(closed)
    events = tables.event_rows.filter(pl.col("recorded_at") <= when)
    return Tables.of(tables.office, cases=cases, events=events)


def test_too_few_cases_are_refused() -> None:
    """As for effort."""
    tables = small_office(90, **RUNNING)
    labels, x = remaining_labels(tables, LATE), running_table(tables, LATE)
    with pytest.raises(Refused, match="90 closed cases with a known effort"):
        fit_remaining(x, labels, tables.office, LATE)
