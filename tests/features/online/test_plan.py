"""Features of a few cases are those of a batch: counts exactly, reals to 1e-9, in that order."""

from __future__ import annotations

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from features.online.sums import prepare
from tests.factories.office import tables
from tests.factories.worlds import World, random_cases, random_events, random_moments, worlds
from tests.features.online.conftest import assert_same, built, unprepared


@settings(max_examples=40, deadline=None)
@given(world=worlds())
def test_looked_up_features_are_those_of_a_sweep(world: World) -> None:
    """Whatever the office, the moments, and how late anything was recorded."""
    batch = built(unprepared(world.whole), world.moments)
    prepare(world.whole)
    assert_same(built(world.whole, world.moments), batch, world.whole)


@settings(max_examples=40, deadline=None)
@given(world=worlds(), seed=st.integers(0, 2**32 - 1))
def test_added_and_replaced_cases_are_looked_up_too(world: World, seed: int) -> None:
    """What is added counts for every case at once, and what it replaces no longer does."""
    prepare(world.whole)
    rng, tables = random.Random(seed), world.whole  # noqa: S311 (test data)
    for _time in range(2):
        count = rng.randrange(1, 5)
        cases = random_cases(rng, tables.office, count)
        renamed = pl.Series([f"c{rng.randrange(12)}" for _ in range(count)])
        cases = cases.with_columns(case_id=renamed).unique("case_id")
        events = random_events(rng, cases, rng.randrange(9))
        replaced = set(cases["case_id"]) & set(tables.case_rows["case_id"])
        tables = tables.plus(cases, events=events, replaced=sorted(replaced))
    moments = random_moments(rng, tables.case_rows, world.horizon).unique()
    assert_same(built(tables, moments), built(unprepared(tables), moments), tables)


def test_what_no_activity_is_declared_for_is_none() -> None:
    """An office whose activities are no rework: 0 in a batch and in a lookup, as is defined."""
    asked = tables(
        "case_id | opened_at | closed_at\na | 2024-01-01 | 2024-02-01\nb | 2024-01-02 | 2024-02-01",
        events="case_id | at | activity\na | 2024-01-05 | decided",
        activities={"decided": {"meaning": {"en": "decided"}}},
    )
    moments = asked.case_rows.select("case_id", moment="closed_at")
    batch = built(unprepared(asked), moments)
    assert batch["process.rework"].to_list() == [0, 0]
    prepare(asked)
    assert_same(built(asked, moments), batch, asked)
