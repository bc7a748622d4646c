"""Figures by group, worked out again row by row, and differences that chance does not explain."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import numpy as np
import polars as pl
import pytest

from cases.office import Text
from cases.tables import Tables
from evaluation.backtest import MODEL, Backtest
from evaluation.facts import Fact
from evaluation.metrics import FEWEST, wilson
from evaluation.subgroups import NAMES, Fairness, Grouping, compare, fairness
from tests.evaluation.raw import Row, cases_by_id, first_reviews

UNTIL = datetime(2024, 12, 31)


def named(tables: Tables, *groups: str) -> Tables:
    """The same tables of an office that reports fairness by `groups`."""
    office = tables.office.model_copy(update={"fairness": groups})
    return Tables.of(office, tables.case_rows, events=tables.event_rows, reviews=tables.review_rows)


@pytest.fixture(scope="module")
def found(tables: Tables, tested: Backtest) -> Fairness:
    """The small office's comparison by charge and appeal."""
    comparison = fairness(named(tables, "charge", "appealed"), tested, UNTIL)
    assert comparison is not None
    return comparison


@pytest.fixture(scope="module")
def rows(tables: Tables, tested: Backtest) -> list[Row]:
    """Every scored case with its facts, its review and its part of a place on the list."""
    assert tested.risk is not None
    cases, reviews = cases_by_id(tables), first_reviews(tables, UNTIL)
    scored = tested.risk.scores.select("case_id", "moment", p=MODEL).to_dicts()
    joined = [reviews[row["case_id"]] | cases[row["case_id"]] | row for row in scored]
    for month in {row["moment"].month for row in joined}:
        own = sorted(
            (row for row in joined if row["moment"].month == month), key=lambda row: -row["p"]
        )
        room = tested.share * len(own)
        for row in own:
            row["listed"] = min(1.0, max(0.0, room))
            room -= 1
    return joined


def mean(values: list[float]) -> float:
    """The plain mean."""
    return sum(values) / len(values)


def test_groups_by_hand(found: Fairness, rows: list[Row]) -> None:
    """Every figure of every group equals that counted row by row."""
    charges = found.groupings[0]
    assert [one.name.en for one in charges.groups] == ["assault", "fraud", "theft"]
    assert (found.cases, found.surveyed) == (len(rows), True)
    all_listed = sum(row["listed"] * row["y"] for row in rows)
    for one in charges.groups:
        own = [row for row in rows if row["charge"] == one.name.en]
        assert one.cases == len(own)
        by_hand = {
            "selection_rate": mean([row["listed"] for row in own]),
            "true_positive_rate": mean([row["listed"] for row in own if row["y"]]),
            "false_positive_rate": mean([row["listed"] for row in own if not row["y"]]),
            "calibration": sum(row["y"] for row in own) / sum(row["p"] for row in own),
            "detection_share": sum(row["listed"] * row["y"] for row in own) / all_listed,
            "defect_share": sum(row["y"] for row in own) / sum(row["y"] for row in rows),
        }
        for name, value in by_hand.items():
            assert getattr(one, name).value == pytest.approx(value), name


def test_flags_are_named(found: Fairness) -> None:
    """A flag's groups are no and yes, in both languages."""
    names = [(one.name.en, one.name.zh) for one in found.groupings[1].groups]
    assert names == [("no", "否"), ("yes", "是")]


def test_every_pair_of_groups_is_counted(found: Fairness) -> None:
    """Three charges are three pairs, appeal is one more, each by four measures."""
    assert found.comparisons == (3 + 1) * len(NAMES)
    assert all(len(one.differences) == len(NAMES) for one in found.groupings)


def world(defects: tuple[float, float], n: int, seed: int = 0) -> tuple[tuple[Grouping, ...], int]:
    """Two groups of `n` cases, each half on the list, with these rates of defects."""
    rng = np.random.default_rng(seed)
    level = np.repeat([0, 1], n)
    y = (rng.random(2 * n) < np.array(defects)[level]).astype(float)
    listed = (rng.random(2 * n) < 0.5).astype(float)
    groups = Fact("group", Text(en="group"), (Text(en="a"), Text(en="b")), level)
    return compare([groups], y, np.full(2 * n, 0.3), np.ones(2 * n), listed)


def test_a_true_difference_is_told() -> None:
    """A group with twice the expected defects is named, the other side of the list is not."""
    (grouping,), comparisons = world((0.3, 0.6), 400)
    told = {one.measure: one for one in grouping.differences if one.told}
    assert set(told) == {"calibration"}
    assert (told["calibration"].more.en, told["calibration"].less.en) == ("b", "a")
    assert comparisons == 4


def test_equal_groups_are_seldom_told_apart() -> None:
    """Of 200 worlds without any difference at most 5 % show one, although four are looked at."""
    told = [
        any(one.told for one in world((0.3, 0.3), 60, seed)[0][0].differences)
        for seed in range(200)
    ]
    assert sum(told) <= 16  # 5 % of 200 is 10, two standard deviations are 6


def test_small_groups_are_withheld() -> None:
    """A group with fewer than ten defects or good cases has no figures and is compared to none."""
    level = np.repeat([0, 1], [100, 100])
    y = np.concatenate([np.repeat([1.0, 0.0], [FEWEST - 1, 101 - FEWEST]), np.repeat([1.0, 0], 50)])
    groups = Fact("group", Text(en="group"), (Text(en="a"), Text(en="b")), level)
    (grouping,), comparisons = compare([groups], y, np.full(200, 0.3), np.ones(200), y)
    small, large = grouping.groups
    assert small.selection_rate.absent == small.defect_share.absent == "too_few"
    assert large.selection_rate.value == 0.5
    assert (comparisons, grouping.differences) == (0, ())


def test_weights_and_intervals() -> None:
    """A weight of 2 counts twice in the rate, and the interval is wider than of as many cases."""
    level, y = np.zeros(60, dtype=int), np.repeat([1.0, 0.0], 30)
    weight = np.repeat([2.0, 1.0], 30)
    groups = Fact("group", Text(en="group"), (Text(en="a"),), level)
    (grouping,), _ = compare([groups], y, np.full(60, 0.5), weight, np.ones(60))
    found = grouping.groups[0].calibration
    rate = wilson(y, weight)
    assert rate.value == pytest.approx(2 / 3)
    assert (found.value, found.low) == (
        pytest.approx((rate.value or 0) / 0.5),
        pytest.approx((rate.low or 0) / 0.5),
    )


def test_targeted_reviews_are_named(tables: Tables, tested: Backtest) -> None:
    """Without known chances the comparison is called biased, in both languages."""
    unknown = tables.review_rows.with_columns(inclusion_probability=pl.lit(None, pl.Float64))
    picked = Tables.of(
        tables.office.model_copy(update={"fairness": ("charge",)}),
        tables.case_rows,
        events=tables.event_rows,
        reviews=unknown,
    )
    found = fairness(picked, tested, UNTIL)
    assert found is not None
    assert not found.surveyed
    assert found.says.en.endswith("On targeted reviews only, biased.")
    assert found.says.zh.endswith("有偏差。")


def test_nothing_to_compare(tables: Tables, tested: Backtest) -> None:
    """An office that names no groups, or has no scores, gets no comparison."""
    assert fairness(tables, tested, UNTIL) is None
    nothing = dataclasses.replace(tested, risk=None)
    assert fairness(named(tables, "charge"), nothing, UNTIL) is None
    alone = fairness(named(tables, "unit"), tested, datetime(2024, 12, 31))
    assert alone is not None
    assert [one.name.en for one in alone.groupings[0].groups] == ["first", "second"]
