"""Two times compared over many features."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from evaluation.drift.shifts import SMALL, Cell, Shift, compare

FIRST = datetime(2024, 1, 1)


def cases(count: int, seed: int, weeks: int = 12, after: int = 0) -> pl.DataFrame:
    """Cases spread over weeks, with correlated numbers, a flag, a code, and gaps."""
    random = np.random.default_rng(seed)
    common = random.standard_normal(count)
    moments = [FIRST + timedelta(weeks=after + weeks * i / count) for i in range(count)]
    numbers = {f"n{i}": common + 0.3 * random.standard_normal(count) for i in range(8)}
    columns = {
        "moment": moments,
        **numbers,
        "flag": (random.random(count) < 0.3).astype(float),
        "code": random.choice(["a", "b", "c"], count, p=[0.6, 0.39, 0.01]),
        "always": np.ones(count),
    }
    gap = pl.when(pl.Series(random.random(count) < 0.2)).then(None).otherwise("n0")
    return pl.DataFrame(columns).with_columns(gappy=gap)


NAMES = (*(f"n{i}" for i in range(8)), "flag", "code", "gappy", "always")


def test_shares_before_and_now() -> None:
    """A share is counted on either side; the size is in standard deviations of the share."""
    before = pl.DataFrame({"moment": [FIRST] * 4, "code": ["a", "a", "a", "b"]})
    now = pl.DataFrame({"moment": [FIRST + timedelta(weeks=1)] * 4, "code": ["a", "b", "b", "b"]})
    (shift,) = compare(before, now, ["code"])
    assert (shift.cell, shift.before, shift.now) == (Cell("a", "level"), 0.75, 0.25)
    assert shift.size == pytest.approx(-0.5 / 0.5)
    assert shift.p == 1  # two weeks can be exchanged in one way only


@pytest.mark.parametrize(
    ("column", "planted", "cell"),
    [
        ("n3", pl.col("n3") + 0.55, "at_most"),
        ("flag", pl.when(pl.col("n1") > 0.5).then(1.0).otherwise("flag"), "at_most"),
        ("code", pl.when(pl.col("n1") > 0.8).then(pl.lit("b")).otherwise("code"), "level"),
        ("code", pl.when(pl.col("n1") > 0.8).then(pl.lit("new")).otherwise("code"), "level"),
        ("gappy", pl.when(pl.col("n1") > 0.5).then(None).otherwise("gappy"), "missing"),
    ],
)
def test_a_planted_shift_is_found_where_it_is(column: str, planted: pl.Expr, cell: str) -> None:
    """Half a deviation, more of a flag, another mix of codes, a new code, more gaps."""
    before, now = cases(2000, 1, weeks=24), cases(500, 2, weeks=12, after=24)
    first, *others = compare(before, now.with_columns(planted.alias(column)), NAMES)
    assert (first.name, first.cell.is_a) == (column, cell)
    assert first.alarms(0.005)
    assert not any(other.alarms(0.005) for other in others)


def test_false_alarms_are_held_over_all_features() -> None:
    """With correlated features one time in twenty has any p below 0.05, small shifts included."""
    runs = 60
    found = [
        compare(cases(400, 2 * seed), cases(200, 2 * seed + 1, weeks=6, after=12), NAMES)
        for seed in range(runs)
    ]
    share = np.mean([shifts[0].p <= 0.05 for shifts in found])
    assert abs(share - 0.05) <= 3 * (0.05 * 0.95 / runs) ** 0.5


def test_cases_of_a_week_need_not_be_independent() -> None:
    """Where every week has a level of its own, as many cases as one likes are no evidence."""
    runs = 60
    alarms = 0
    for seed in range(runs):
        random = np.random.default_rng(seed)
        before, now = cases(800, seed, weeks=16), cases(400, seed + 900, weeks=8, after=16)
        level = pl.col("moment").dt.truncate("1w").rank("dense").cast(pl.Int64) - 1
        own = pl.Series(random.standard_normal(40))
        shaken = [
            one.with_columns(n0=own.gather(one.select(level)["moment"]) + pl.col("n0"))
            for one in (before, now)
        ]
        alarms += compare(*shaken, ["n0"])[0].p <= 0.05
    assert alarms / runs <= 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5


def test_what_never_varies_is_left_out() -> None:
    """A feature with one value has no shares to compare; without cases there is nothing."""
    before, now = cases(200, 1), cases(200, 2, after=12)
    assert "always" not in {shift.name for shift in compare(before, now, NAMES)}
    assert compare(before, now, ["always"]) == ()
    assert compare(before, now[:0], NAMES) == ()


@pytest.mark.parametrize(
    ("size", "p", "alarms"), [(-SMALL, 0.005, True), (0.2, 0.001, False), (0.9, 0.006, False)]
)
def test_an_alarm_is_neither_chance_nor_small(size: float, p: float, alarms: bool) -> None:
    """Both the level and the least size must be met."""
    assert Shift("n", Cell(1.0, "at_most"), 0.5, 0.6, size, p).alarms(0.005) is alarms
