"""Quick outcomes do not set the level of recent cases."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.delay import OLDEST, quick_weights

UNTIL = datetime(2024, 12, 31)


def known(age: np.ndarray, delay: np.ndarray, y: np.ndarray) -> pl.DataFrame:
    """The cases of these ages and delays (days) whose outcome is known by `UNTIL`."""
    cases = pl.DataFrame({"age": age, "delay": delay, "y": y.astype(int)})
    day = pl.duration(microseconds=(pl.col("age") * 86_400_000_000).cast(pl.Int64))
    waited = pl.duration(microseconds=(pl.col("delay") * 86_400_000_000).cast(pl.Int64))
    return cases.filter(pl.col("delay") <= pl.col("age")).select(
        "y", moment=pl.lit(UNTIL) - day, known_at=pl.lit(UNTIL) - day + waited
    )


def last_year(labels: pl.DataFrame, weight: pl.Series) -> float:
    """The weighted rate of the cases closed in the last year."""
    year = labels.with_columns(weight.alias("w")).filter(
        pl.col("moment") > UNTIL - timedelta(days=365), pl.col("w").is_not_null()
    )
    return float(np.average(year["y"], weights=year["w"]))


@pytest.mark.parametrize(("slow", "quick", "off"), [(200, 60, -0.03), (60, 200, 0.03)])
def test_weights_restore_the_rate(slow: int, quick: int, off: float) -> None:
    """With a true rate of 15 %, what is known is off by 3 points and more, weighted by at most 1.5.

    Defects become known later than other outcomes, or earlier; mean of 20 worlds.
    """
    plain, weighted = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        age, y = rng.uniform(0, 1095, 2000), rng.random(2000) < 0.15
        labels = known(age, rng.exponential(np.where(y, slow, quick)), y)
        plain.append(last_year(labels, pl.Series(np.ones(labels.height))) - 0.15)
        weighted.append(last_year(labels, quick_weights(labels, UNTIL)) - 0.15)
    assert np.mean(plain) / off > 1
    assert abs(np.mean(weighted)) < 0.015


def test_an_outcome_both_quicker_and_slower_is_seen() -> None:
    """Good outcomes known within a month or after a year, defects in between: the rate is restored.

    Half of all cases have a defect; of the last year's known cases too many do. Mean of 20 worlds.
    """
    plain, weighted = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        age, y = rng.uniform(0, 1825, 2000), rng.random(2000) < 0.5
        crossing = np.where(rng.random(2000) < 0.4, rng.uniform(0, 40, 2000), 150.0)
        crossing = np.where(crossing == 150, rng.uniform(100, 700, 2000), crossing)
        labels = known(age, np.where(y, rng.uniform(60, 130, 2000), crossing), y)
        plain.append(last_year(labels, pl.Series(np.ones(labels.height))) - 0.5)
        weighted.append(last_year(labels, quick_weights(labels, UNTIL)) - 0.5)
    assert np.mean(plain) > 0.05
    assert abs(np.mean(weighted)) < 0.015


def test_equal_delays_change_nothing() -> None:
    """Where both outcomes take as long, or none takes any time, every case counts once."""
    rng = np.random.default_rng(1)
    age, y = rng.uniform(0, 1095, 2000), rng.random(2000) < 0.15
    for delay in (np.zeros(2000), rng.exponential(np.full(2000, 120.0))):
        assert (quick_weights(known(age, delay, y), UNTIL) == 1).all()


def test_a_campaign_is_no_reason_to_drop_recent_cases() -> None:
    """A year reviewed in one go keeps all its labels: none of its cases is waited for."""
    rng = np.random.default_rng(2)
    age, y = rng.uniform(30, 395, 1000), rng.random(1000) < 0.15
    labels = known(age, age - rng.uniform(0, 30, 1000), y)
    assert labels.height == 1000
    assert quick_weights(labels, UNTIL).null_count() == 0


def test_cases_younger_than_the_slow_outcome_are_left_out() -> None:
    """Of cases closed in the last hundred days only good ones can be known: they teach nothing."""
    rng = np.random.default_rng(3)
    age, y = rng.uniform(0, 1095, 2000), rng.random(2000) < 0.15
    labels = known(age, np.where(y, 100, 10) + rng.uniform(0, 20, 2000), y)
    weight = quick_weights(labels, UNTIL)
    young = labels["moment"] > UNTIL - timedelta(days=100)
    assert weight.filter(young).null_count() == young.sum()
    assert weight.filter(~young).null_count() < 40


def test_a_weight_by_hand() -> None:
    """Half of the good outcomes take 10 days, half 30; defects 10: a young good case counts more.

    100 cases of each outcome a hundred days old, and of those twenty days old what is known:
    50 good ones and 100 with a defect.
    """
    old, young = np.full(200, 100.0), np.full(200, 20.0)
    y = np.tile([0, 0, 1, 1], 50)
    delay = np.tile([10.0, 30.0, 10.0, 10.0], 50)
    labels = known(np.r_[old, young], np.r_[delay, delay], np.r_[y, y])
    weight = quick_weights(labels, UNTIL).to_numpy()
    recent = (labels["moment"] > UNTIL - timedelta(days=50)).to_numpy()
    found = labels["y"].to_numpy() == 1
    assert (weight[~recent] == 1).all()
    # All old cases are known, 3 of 4 by then: a defect weighs 0.75 / 1, another case 0.75 / 0.5,
    # a little less for the five cases that shrink.
    assert weight[recent & found] == pytest.approx(0.75, abs=0.02)
    assert weight[recent & ~found] == pytest.approx(1.5, abs=0.05)


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 900), st.booleans()), min_size=0, max_size=80
    )
)
def test_weights_are_bounded(cases: list[tuple[int, int, bool]]) -> None:
    """Whatever the ages and delays, a weight is above 0 and at most ten, and the oldest weigh 1."""
    age, delay, y = (np.array([case[i] for case in cases], dtype=float) for i in range(3))
    labels = known(age, delay, y)
    weight = quick_weights(labels, UNTIL)
    assert weight.len() == labels.height
    assert weight.drop_nulls().is_between(0, 10, closed="right").all()
    oldest = labels["moment"].rank("min") <= OLDEST * labels.height
    assert (weight.filter(oldest) == 1).all()


def test_an_age_at_which_no_outcome_should_be_known_teaches_nothing() -> None:
    """Where all other delays are longer than a young case is old, it is left out."""
    age = np.r_[np.full(60, 400.0), 5.0]
    delay = np.r_[np.full(30, 300.0), np.full(30, 200.0), 5.0]
    y = np.r_[np.ones(30), np.zeros(30), 0.0]
    weight = quick_weights(known(age, delay, y), UNTIL)
    assert weight[-1] is None


def test_no_labels_no_weights() -> None:
    """An office without labels has no weights either."""
    none = known(np.empty(0), np.empty(0), np.empty(0))
    assert quick_weights(none, UNTIL).is_empty()
