"""Predictions of overruns are tried on time that the model knows nothing of."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.backtests.alerts import backtest
from evaluation.backtests.alerts.backtest import MOMENTS, TRIED_DAYS, tried
from evaluation.backtests.alerts.outcomes import Predicted
from models.questions.overruns import OverrunQuestion
from tests.factories.small_office import small_office

UNTIL = datetime(2024, 12, 1)
FIRST = UNTIL - timedelta(days=TRIED_DAYS)
LIMIT = {"code": "closing", "meaning": {"en": "closing"}, "days": 20}


@pytest.fixture(scope="module")
def tables() -> Tables:
    """A year of the made-up office, half of whose cases are closed too late."""
    return small_office(1300, limits=[LIMIT])


def test_each_moment_is_asked_of_a_model_that_did_not_know_it(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six evenings of the half year, none before its beginning; what is found has intervals."""
    asked: list[datetime] = []
    real = backtest.probabilities

    def noted(of: Tables, question: OverrunQuestion, moment: datetime) -> Predicted:
        asked.append(moment)
        return real(of, question, moment)

    monkeypatch.setattr(backtest, "probabilities", noted)
    found = tried(tables, UNTIL)
    assert len(asked) == MOMENTS
    assert asked == sorted(asked)
    assert FIRST < asked[0] < asked[-1] < UNTIL
    assert found.alerts > 0
    assert found.predicted.n == found.alerts


def test_what_became_known_later_changes_nothing(tables: Tables) -> None:
    """Cases that are closed after the time that is looked back from are as if still open."""
    late = pl.col("closed_at") > UNTIL
    other = tables.case_rows.with_columns(
        closed_at=pl.when(late)
        .then(pl.col("closed_at") + timedelta(days=90))
        .otherwise("closed_at")
    )
    assert tried(tables.with_rows(cases=other), UNTIL) == tried(tables, UNTIL)


def test_without_overruns_there_is_nothing_to_tell() -> None:
    """No clock of the office was overrun."""
    found = tried(small_office(600, limits=[LIMIT | {"days": 300}]), datetime(2024, 8, 1))
    assert (found.alerts, found.is_better) == (0, False)
