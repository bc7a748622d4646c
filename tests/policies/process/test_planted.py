"""Breaches that were planted are found, all of them and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import narwhals as nw
import polars as pl
import pytest

from features.as_of import cut
from policies.process.breaches import Breach, breaches, breaches_of
from tests.policies.process.planted import AS_OF, FIRST, IN_BULK, PLANTS, Planted, planted


@pytest.fixture(scope="module", name="made")
def made_cases() -> Planted:
    """500 cases, open and closed, with twelve breaches of every kind."""
    return planted(500)


def named(found: list[Breach]) -> set[tuple[str, str]]:
    """The case and the rule of each breach."""
    return {(one.case_id, one.rule) for one in found}


def test_every_breach_is_found_and_no_other(made: Planted) -> None:
    """Missing, wrong order, late, signed before done, entered late, in bulk, and the others."""
    counts = Counter(rule for _case, rule in made.truth)
    kinds = Counter(plant.rule for plant in PLANTS)
    assert counts == {rule: 12 * times for rule, times in kinds.items()} | {
        "by_night": sum(IN_BULK)
    }
    every = made.tables.case_rows.select("case_id", moment=pl.lit(AS_OF, pl.Datetime("us")))
    found = breaches_of(made.tables, cut(made.tables, nw.from_native(every.lazy())))
    assert named(found) == made.truth


def test_of_open_cases_those_of_open_cases_are_found(made: Planted) -> None:
    """Entries in closed cases count towards a night of them, but no closed case is named."""
    is_open = pl.col("closed_at").is_null()
    open_now = set(made.tables.case_rows.filter(is_open)["case_id"])
    of_open = {(case_id, rule) for case_id, rule in made.truth if case_id in open_now}
    assert named(breaches(made.tables, AS_OF)) == of_open


@pytest.mark.parametrize("day", [20, 60, 100, 150])
def test_nothing_later_is_looked_at(made: Planted, day: int) -> None:
    """At a moment the breaches are those of tables that end there."""
    moment = FIRST + timedelta(days=day)
    before = pl.col("closed_at") <= moment
    cut_short = made.tables.with_rows(
        cases=made.tables.case_rows.filter(pl.col("opened_at") <= moment).with_columns(
            closed_at=pl.when(before).then("closed_at")
        ),
        events=made.tables.event_rows.filter(pl.col("recorded_at") <= moment),
    )
    known_then = [(one.case_id, one.rule, one.since) for one in breaches(cut_short, moment)]
    assert known_then == [(b.case_id, b.rule, b.since) for b in breaches(made.tables, moment)]
    assert known_then
