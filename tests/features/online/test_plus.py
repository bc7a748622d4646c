"""Features of cases that are added to an office, as a request does."""

from __future__ import annotations

import narwhals as nw
import polars as pl
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from cases.tables.tables import Tables
from features.build import build
from features.catalogue import catalogue
from tests.factories.worlds import World, worlds


@settings(max_examples=25)
@given(world=worlds())
def test_added_cases_get_the_features_they_would_have_had(world: World) -> None:
    """Adding cases to tables is the same as having read them together."""
    tables, added = world.whole, pl.col("case_id") == "c0"
    office, reviews = tables.office, tables.review_rows.filter(~added)
    cases, events = tables.case_rows, tables.event_rows
    read = Tables.of(office, cases, events=events, reviews=reviews)
    base = Tables.of(office, cases.filter(~added), events=events.filter(~added), reviews=reviews)
    joined = base.plus(cases.filter(added), events=events.filter(added))
    names = tuple(catalogue(office))
    moments = nw.from_native(world.moments).lazy()
    one, other = (
        build(each, moments, names).collect("polars").to_native().sort("case_id", "moment")
        for each in (read, joined)
    )
    assert_frame_equal(one, other, rel_tol=1e-14, abs_tol=0)
