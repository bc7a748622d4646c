"""An attribute may be called anything: its name never clashes with what is computed."""

from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cases.office.model import Condition, Office
from cases.tables.tables import Tables
from features.as_of import cut
from features.build import build
from features.catalogue import catalogue
from features.conditions import holding
from tests.factories.worlds import TYPES, World, worlds

# Names that some step between the tables and the features has used for a column of its own.
NASTY = """
    events actors steps rework late grade known_at first_at last_at count_decided first_decided_at
    activities handovers off_hours bits bits_total longest_gap last_7_days family_investigation
    opened closed finished finished_seconds reviewed defects time turn month taken followed left
    opened__ever defects__365 kind__defects__365 shown__handler own own_0 seen_0 count_0 first_0
    then_0 holds position at activity actor sequence recorded_at reviewed_at previous_at reviewer
    risk rule case_id_right inclusion_probability days_open_
"""


def renamed(tables: Tables, names: list[str]) -> Tables:
    """The same tables with other names for the attributes."""
    new = dict(zip(tables.office.attributes, names, strict=True))
    raw = tables.office.model_dump()
    raw["attributes"] = {new[name]: described for name, described in raw["attributes"].items()}
    raw["risk"]["similar_by"] = [new[name] for name in tables.office.risk.similar_by]
    return Tables.of(
        Office.model_validate(raw),
        tables.case_rows.rename(new),
        events=tables.event_rows,
        reviews=tables.review_rows,
    )


def built(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """Every feature."""
    rows = Tables.of(tables.office, moments).cases
    frame = build(tables, rows, tuple(catalogue(tables.office)))
    return frame.collect("polars").to_native().sort("case_id", "moment")


def held(tables: Tables, moments: pl.DataFrame) -> pl.DataFrame:
    """Where conditions on each attribute and on events hold."""
    first, flag, code = list(tables.office.attributes)[:3]
    conditions = (
        Condition(attribute=first, at_least=0.5),
        Condition(attribute=flag, equals=True),
        Condition(attribute=code, one_of=("a", "b")),
        Condition(event="accepted", at_most=3),
    )
    known = cut(tables, Tables.of(tables.office, moments).cases)
    return holding(known, conditions).collect("polars").to_native().sort("row")


@settings(max_examples=25)
@given(
    world=worlds(),
    names=st.lists(
        st.sampled_from(NASTY.split()), min_size=len(TYPES), max_size=len(TYPES), unique=True
    ),
)
def test_names_change_nothing(world: World, names: list[str]) -> None:
    """Whatever the attributes are called, features and conditions are the same."""
    other = renamed(world.whole, names)
    features = built(world.whole, world.moments)
    again = built(other, world.moments)
    again.columns = features.columns
    assert_frame_equal(again, features)
    assert_frame_equal(held(other, world.moments), held(world.whole, world.moments))
