"""Landmarks: where they lie, and what each stands for."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from training import landmarks as module
from training.landmarks import landmarks, once_each, one_landmark

OPENED = datetime(2024, 1, 1)


def cases(ran: list[float]) -> pl.DataFrame:
    """Cases that ran so many days, all opened on one day."""
    ids = [f"c{number:05d}" for number in range(len(ran))]
    moments = pl.Series([OPENED] * len(ran), dtype=pl.Datetime("us"))
    return pl.DataFrame({"case_id": ids, "moment": moments, "ran": ran})


def ages(found: pl.DataFrame) -> pl.Series:
    """How old each case was at its landmark, in days."""
    return (found["moment"] - OPENED).dt.total_microseconds() / module.DAY


def test_they_lie_within_the_run_of_their_case() -> None:
    """Between the opening and how far it has come; a case that has not run has none."""
    found = landmarks(cases([0.0, 10.0, 100.0] * 50)).join(
        cases([0.0, 10.0, 100.0] * 50), "case_id"
    )
    age = (found["moment"] - found["moment_right"]).dt.total_microseconds() / module.DAY
    assert (age > 0).all()
    assert (age <= found["ran"] + 1e-9).all()
    assert set(found["ran"]) == {10.0, 100.0}


def test_what_follows_moves_none_of_them() -> None:
    """Of a case that ran on there are more, after those that there were."""
    short, long = landmarks(cases([10.0] * 100)), landmarks(cases([10.0] * 99 + [500.0]))
    last = pl.col("case_id") == "c00099"
    assert_frame_equal(short.filter(~last), long.filter(~last))
    before, after = short.filter(last), long.filter(last)
    assert after.height > before.height
    assert_frame_equal(after.head(before.height), before)


def test_ages_are_as_probable_as_is_said() -> None:
    """So many up to an age as the process has in the mean, over many cases (3 standard errors)."""
    count, ran = 3000, 10.0
    age = ages(landmarks(cases([ran] * count))).to_numpy()
    early = module.EARLY * ran
    rate = module.OF_USUAL / np.log1p(1 / module.EARLY)
    for until in (0.5, 2.0, 5.0, 10.0):
        expected = rate * np.log1p(until / early)
        assert (age <= until).sum() / count == pytest.approx(expected, abs=3 * 0.5 / count**0.5)


def test_each_stands_for_its_part_of_the_run() -> None:
    """Together they stand for the run in the mean; weighted, each case counts once."""
    found = landmarks(cases([10.0] * 2000))
    assert found["stands"].sum() / 2000 == pytest.approx(10.0, rel=0.05)
    weight = once_each(found["stands"], pl.Series([10.0] * found.height))
    assert weight.sum() / 2000 == pytest.approx(1.0, rel=0.05)


def test_of_many_cases_some_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are about as many as there may be at most."""
    monkeypatch.setattr(module, "MOST", 500)
    assert landmarks(cases([10.0, 40.0] * 1000)).height == pytest.approx(500, rel=0.1)


def test_one_of_each_case_lies_in_any_part_of_its_run() -> None:
    """Tenths of the run are chosen as often as the density of all landmarks says, to 3 errors."""
    count, ran = 5000, 10.0
    found = one_landmark(cases([ran] * count + [0.0]))
    assert found["case_id"].to_list() == [f"c{number:05d}" for number in range(count)]
    shares = np.histogram(ages(found).to_numpy(), bins=10, range=(0, ran))[0] / count
    edges = np.log1p(np.linspace(0, 1, 11) / module.EARLY) / np.log1p(1 / module.EARLY)
    expected = np.diff(edges)
    assert (abs(shares - expected) < 3 * np.sqrt(expected / count)).all()


def test_no_case_at_all() -> None:
    """Then there is no landmark."""
    assert landmarks(cases([])).is_empty()
    assert landmarks(cases([0.0])).is_empty()
    assert one_landmark(cases([])).is_empty()
