"""Features after rows have come in one by one are those of tables that were read at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unittest.mock import patch

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.office.model import Office
from cases.tables import tables as layers
from cases.tables.arrivals.records import arrived
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import EXTENDED, Tables, case_columns
from features.online.sums import prepare
from tests.factories.worlds import World, random_moments, random_value, worlds
from tests.features.online.conftest import assert_same, built, unprepared

MOST_AT_ONCE = 12
Row = dict[str, Any]


@dataclass(frozen=True)
class Arrival:
    """A row of a table that comes in."""

    table: str
    row: Row


def arrivals(rng: random.Random, tables: Tables) -> Iterator[Arrival]:
    """All that happens in an office, in an order in which it can."""
    left = [list(_of_case(rng, tables, case)) for case in tables.case_rows.to_dicts()]
    while left := [steps for steps in left if steps]:
        yield rng.choice(left).pop(0)


def _of_case(rng: random.Random, tables: Tables, case: Row) -> Iterator[Arrival]:
    """Opened, perhaps closed at a wrong moment first, then closed; events at any time."""
    own = tables.office.attributes
    early = case | {"closed_at": None}
    early |= {name: random_value(rng, own[name].type) for name in own if rng.random() < 0.5}
    steps = [Arrival("cases", early)]
    if rng.random() < 0.3 and case["closed_at"]:
        steps.append(Arrival("cases", early | {"closed_at": case["opened_at"]}))
    steps.append(Arrival("cases", case))
    reviews = tables.rows("reviews").filter(case_id=case["case_id"]).to_dicts()
    steps += [Arrival("reviews", review) for review in reviews]
    for event in tables.event_rows.filter(case_id=case["case_id"]).to_dicts():
        steps.insert(rng.randrange(1, len(steps) + 1), Arrival("events", event))
    yield from steps


def together(rng: random.Random, steps: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    """The arrivals in groups; no case twice in one, as its row stands once."""
    group: list[Arrival] = []
    for step in steps:
        again = step.table == "cases" and any(
            other.table == "cases" and other.row["case_id"] == step.row["case_id"]
            for other in group
        )
        if again or len(group) >= rng.randrange(1, MOST_AT_ONCE + 1):
            yield group
            group = []
        group.append(step)
    yield group


def frames(office: Office, steps: list[Arrival]) -> dict[str, pl.DataFrame]:
    """The rows by table, as they come in."""
    schemas = {name: SPECIFICATIONS[name].schema_of(office) for name in EXTENDED}
    schemas["events"].pop("sequence")
    return {
        name: pl.DataFrame([step.row for step in steps if step.table == name], schema=schema)
        for name, schema in schemas.items()
    }


def read_at_once(office: Office, steps: list[Arrival]) -> Tables:
    """The tables of the last row of each case, and of all events and reviews."""
    whole = frames(office, steps)
    whole["cases"] = whole["cases"].unique("case_id", keep="last", maintain_order=True)
    finished: dict[str, pl.DataFrame] = {}
    for name in EXTENDED:
        finished[name] = SPECIFICATIONS[name].finish(whole[name], finished, office)
    return Tables.of(office, **finished)


@settings(max_examples=12, deadline=None)
@given(world=worlds(), seed=st.integers(0, 2**32 - 1), layer=st.sampled_from([1.1, 2, 8]))
def test_any_order_of_arrivals_gives_the_same(world: World, seed: int, layer: float) -> None:
    """Late records, closings that are corrected, and reviews that change the history too."""
    rng, office = random.Random(seed), world.whole.office  # noqa: S311 (test data)
    steps = list(arrivals(rng, world.whole))
    now = Tables.of(office, pl.DataFrame(schema=case_columns(office)))
    prepare(now)
    with patch.object(layers, "LAYER", layer):
        for group in together(rng, iter(steps)):
            found = arrived(now, frames(office, group))
            assert found.faults == []
            now = found.tables
            prepare(now)
    once = read_at_once(office, steps)
    moments = random_moments(rng, once.case_rows, datetime(2024, 3, 20)).unique()
    few = built(now, moments)
    assert_same(few, built(once, moments), once)
    assert_same(built(unprepared(now), moments), few, once)
