"""Cut-offs between simple and complex: what they promise, and that they only use what was known."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration.conformal import COLUMNS, Cutoffs, Outcomes, TripWire, conformal_quantile

START = datetime(2010, 1, 1)
QUARTER = timedelta(days=91)


def office(
    quarters: int, *, each: int = 100, drift: float = 0.0, wait: int = 200, seed: int = 5
) -> pl.DataFrame:
    """A quarter's cases score 1.5 more where complex, 0.4 of them; all fall by `drift` a year.

    An outcome is known `wait` days after intake, on average.
    """
    random = np.random.default_rng(seed)
    count = quarters * each
    quarter = np.repeat(np.arange(quarters), each)
    y = (random.random(count) < 0.4).astype(int)
    score = random.normal(0, 1, count) + 1.5 * y - drift * quarter / 4
    moment = [START + QUARTER * int(q) + timedelta(days=1) for q in quarter]
    waits = random.exponential(wait, count)
    known = [at + timedelta(days=float(days)) for at, days in zip(moment, waits, strict=True)]
    origin = [START + QUARTER * int(q) for q in quarter]
    columns = {"score": score, "y": y, "moment": moment, "known_at": known, "origin": origin}
    return pl.DataFrame(columns, schema=COLUMNS)


def errors(rows: pl.DataFrame, complex_error: float, simple_error: float) -> tuple[float, float]:
    """How often complex cases were called simple, and simple ones complex, after two years."""
    found = Outcomes.of(rows, datetime(2100, 1, 1)).running(complex_error, simple_error)
    sums = found.filter(pl.col("year") >= 2012).sum().row(0, named=True)
    return (
        sums["complex_called_simple"] / sums["complex"],
        sums["simple_called_complex"] / sums["simple"],
    )


@pytest.mark.parametrize(
    ("scores", "error", "cut"),
    [
        (range(18), 0.05, -np.inf),  # the further case alone is 1 of 19
        (range(19), 0.05, 0.0),
        (range(39), 0.05, 1.0),
        (range(9), 0.5, 4.0),
        ([3.0] * 19, 0.05, 3.0),
        ([], 0.5, -np.inf),
    ],
)
def test_quantile_by_hand(scores: Any, error: float, cut: float) -> None:
    """Below the cut-off lie so few that with the case to come they are `error` of all."""
    scores = np.array(scores, dtype=float)
    assert conformal_quantile(scores, np.ones(len(scores)), error) == cut


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_quantile_keeps_the_rate(count: int, error: float) -> None:
    """Wherever the further case ranks, it lies below the cut-off with `error` at most."""
    scores = np.arange(count, dtype=float)
    cut = conformal_quantile(scores, np.ones(count), error)
    positions = np.arange(count + 1) - 0.5  # equally likely positions of the further case
    assert np.mean(positions < cut) <= error + 1e-9


def test_rates_are_kept_where_nothing_changes() -> None:
    """Over 18 years of 400 cases both errors lie within 0.015 of what was asked for."""
    complicated, simple = errors(office(80), 0.05, 0.2)
    assert abs(complicated - 0.05) < 0.015
    assert abs(simple - 0.2) < 0.015


def test_rates_are_kept_under_drift() -> None:
    """Where all scores fall by a quarter of a spread every year and outcomes come late, too.

    Cut-offs that learn neither from recency nor from feedback would miss 40 % in the end.
    """
    rows = office(80, drift=0.25)
    complicated, simple = errors(rows, 0.05, 0.2)
    assert complicated < 0.08
    assert simple < 0.2
    early, late = (rows.filter(pl.col("y") == 1)["score"].gather(part) for part in _ends(rows))
    assert (late < early.quantile(0.05)).mean() > 0.4


def _ends(rows: pl.DataFrame) -> tuple[range, range]:
    count = rows.filter(pl.col("y") == 1).height
    return range(count // 8), range(count - count // 8, count)


def test_later_outcomes_change_nothing() -> None:
    """The cut-offs of a past day are the same when later outcomes have come in."""
    rows, then = office(20), START + QUARTER * 12
    known = rows.filter(pl.col("known_at") <= then)
    assert Outcomes.of(rows, then).cutoffs(0.05, 0.2) == Outcomes.of(known, then).cutoffs(0.05, 0.2)


def test_cutoffs_that_cross_leave_nobody_out() -> None:
    """Where the classes lie apart every case has an answer, and both rates are kept."""
    rows = office(20).with_columns(score=pl.col("score") + 20 * pl.col("y"))
    found = Outcomes.of(rows, datetime(2100, 1, 1)).cutoffs(0.05, 0.2)
    assert found.simple_below == found.complex_from


def test_too_few_outcomes_call_nothing() -> None:
    """Without outcomes, or with fewer than a rate needs, there is no cut-off."""
    rows, late = office(1, each=20), datetime(2100, 1, 1)
    assert Outcomes.of(rows.clear(), late).cutoffs(0.05, 0.2) == Cutoffs(None, None)
    assert Outcomes.of(rows, late).cutoffs(0.01, 0.2).simple_below is None


def test_running_by_hand() -> None:
    """Of a second quarter's cases, judged by the first's: who was called what."""
    first = office(1, each=400, wait=1)
    second = pl.DataFrame(
        {
            "score": [-9.0, -9.0, 9.0, 9.0, 9.0],
            "y": [1, 0, 1, 0, 0],
            "moment": [datetime(2011, 5, 2)] * 5,
            "known_at": [datetime(2011, 6, 1)] * 5,
            "origin": [datetime(2011, 5, 1)] * 5,
        },
        schema=COLUMNS,
    )
    found = Outcomes.of(pl.concat([first, second]), datetime(2012, 1, 1)).running(0.05, 0.2)
    assert found.row(1) == (2011, 2, 1, 3, 2, 0)
    assert found["person"][0] == 400  # nothing was known yet


def test_only_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is bounded, and the oldest outcomes go first."""
    monkeypatch.setattr("models.calibration.conformal.LONGEST", 50)
    rows = office(4)
    kept = Outcomes.of(rows, datetime(2100, 1, 1)).rows
    assert kept["known_at"].to_list() == rows["known_at"].sort().to_list()[-50:]


def test_round_trip_to_the_bit() -> None:
    """Through JSON and back the cut-offs are the same to the bit."""
    outcomes = Outcomes.of(office(8), datetime(2012, 1, 1))
    again = Outcomes.from_json(json.loads(json.dumps(outcomes.as_json())))
    assert again.rows.equals(outcomes.rows)
    assert again.cutoffs(0.05, 0.2) == outcomes.cutoffs(0.05, 0.2)


@pytest.mark.parametrize(
    "changes",
    [
        {"y": [2] * 20},
        {"y": [None] * 20},
        {"score": [float("nan")] * 20},
        {"score": ["high"] * 20},
        {"score": [1.0]},
        {"moment": ["today"] * 20},
    ],
)
def test_what_is_no_outcome_is_refused(changes: dict[str, Any]) -> None:
    """Columns that do not fit or hold no numbers are an error that loading turns into a refusal."""
    saved = Outcomes.of(office(1, each=20), datetime(2100, 1, 1)).as_json()
    with pytest.raises((ValueError, TypeError)):
        Outcomes.from_json(saved | {"rows": saved["rows"] | changes})


def test_the_trip_wire_by_hand() -> None:
    """Hit one standard deviation above the rate; released when the misses are within it."""
    at = TripWire(0.2).after(24, 100)  # 20 are allowed, and 4 are one standard deviation
    assert not at.held
    hit = at.after(1, 0)
    assert hit.held
    assert hit.after(0, 24).held  # 25 of 124, 24.8 allowed
    assert not hit.after(0, 25).held
    assert not hit.after(0, 25).after(3, 3).held


@pytest.mark.parametrize("drift", [0.4, -0.4])
def test_the_trip_wire_holds_the_long_run_rate(drift: float) -> None:
    """However the office drifts, misses stay within the rate, slack and what came in before."""
    rows = office(60, drift=drift, wait=60, seed=7)
    found = Outcomes.of(rows, datetime(2100, 1, 1)).running(0.05, 0.2).sum().row(0, named=True)
    for missed, of, rate in (
        (found["complex_called_simple"], found["complex"], 0.05),
        (found["simple_called_complex"], found["simple"], 0.2),
    ):
        assert missed <= rate * of + (of * rate * (1 - rate)) ** 0.5 + 100  # a quarter's cases


def test_a_cut_off_that_is_held_back_is_said() -> None:
    """A sudden change: complex cases score as the simple ones did, and none is called simple."""
    rows = office(24, wait=30).with_row_index()
    late = (pl.col("index") >= 1200) & (pl.col("y") == 1)
    moved = rows.with_columns(score=pl.when(late).then(pl.col("score") - 5).otherwise("score"))
    cuts = Outcomes.of(moved.drop("index"), START + 14 * QUARTER).cutoffs(0.05, 0.2)
    assert cuts.simple_below is None
    assert cuts.simple_held
    assert not cuts.complex_held
