"""How a kept model has done on outcomes that it cannot have seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from cases.errors import Refused
from cases.tables.tables import Tables
from evaluation.backtests.backtest import MODEL, Backtest
from evaluation.backtests.since import Since, out_of_time_risks, since_training
from evaluation.statistics.metrics import Figure, Measures, measure
from models.bundle.bundle import Bundle
from tests.factories.small_office import without
from training.labels import risk_labels

TRAINED, NOW = datetime(2024, 7, 1), datetime(2024, 12, 31)


def test_only_outcomes_that_became_known_later_count(
    tables: Tables, bundle: Bundle, tested: Backtest
) -> None:
    """As many cases as have a review that became final after the training; all were drawn."""
    found = since_training(tables, bundle, "risk", tested.risk, NOW)
    later = risk_labels(tables, NOW).filter(pl.col("known_at") > TRAINED)
    assert (found.cases, found.positives) == (later.height, later["y"].sum())
    assert (found.trained, found.picked) == (date(2024, 7, 1), None)
    assert found.drawn is not None
    assert found.drawn.n == found.cases
    assert found.deciding is found.drawn
    assert tested.risk is not None
    assert found.promised == tested.risk.pooled.measures[MODEL].auc.value


def test_picked_reviews_are_kept_apart(tables: Tables, bundle: Bundle) -> None:
    """Reviews of unknown inclusion probability have figures of their own, and flatter nobody."""
    reviews = tables.review_rows
    unknown = pl.lit(None, pl.Float64).alias("inclusion_probability")
    picked = tables.with_rows(reviews=reviews.with_columns(unknown))
    found = since_training(picked, bundle, "risk", None, NOW)
    assert (found.drawn, found.promised) == (None, None)
    assert found.picked is not None
    assert found.deciding is found.whole


def test_complexity_is_judged_alike(tables: Tables, bundle: Bundle) -> None:
    """What became of cases opened before and after counts once it is known; none is drawn."""
    found = since_training(tables, without(bundle, risk="few."), "complexity", None, NOW)
    assert found.cases > 0
    assert (found.drawn, found.picked) == (None, None)


def test_too_few_outcomes_say_so(tables: Tables, bundle: Bundle) -> None:
    """Soon after the training there is nothing to judge by, and it is said how much is needed."""
    found = since_training(tables, bundle, "risk", None, datetime(2024, 7, 12))
    assert found.deciding is None
    assert (found.lost, found.worse, found.off) == (False, False, False)
    assert "too few to judge it by (30 with and as many without" in str(found.says)
    none = since_training(tables, bundle, "risk", None, TRAINED)
    assert none.cases == 0


GOOD = {
    "auc": Figure(0.7, 0.65, 0.75, 500),
    "bias": Figure(0.0, -0.01, 0.01, 500),
    "calibration_error": Figure(0.01, 0.0, 0.02, 500),
}


@pytest.mark.parametrize(
    ("figures", "standing", "words"),
    [
        ({}, (False, False, False), "its order has held"),
        ({"auc": Figure(0.55, 0.49, 0.6, 500)}, (True, True, False), "no better than chance"),
        ({"auc": Figure(0.6, 0.55, 0.65, 500)}, (False, True, False), "worse than when it was"),
        ({"bias": Figure(0.08, 0.05, 0.1, 500)}, (False, False, True), "probabilities are off"),
        ({"bias": Figure(-0.08, -0.1, -0.05, 500)}, (False, False, True), "20.0% found"),
    ],
)
def test_what_is_said_follows_from_the_figures(
    figures: dict[str, Figure], standing: tuple[bool, ...], words: str
) -> None:
    """Chance, a lower AUC than in the backtest, or a level that is off, each beyond chance."""
    rate = {"base_rate": Figure(0.2, 0.18, 0.22, 500)}
    measures: Measures = replace(measure([1, 0] * 40, [0.4] * 80), **(GOOD | rate | figures))
    found = Since(date(2024, 7, 1), 80, 40, measures, None, None, 0.7)
    assert (found.lost, found.worse, found.off) == standing
    assert words in str(found.says)


def test_out_of_time_risks_leave_out_what_was_seen(tables: Tables, bundle: Bundle) -> None:
    """The risk at closing beside the outcome, of cases the model has not learnt from."""
    risks, seen = out_of_time_risks(tables, bundle, NOW)
    labels = risk_labels(tables, NOW)
    later = labels.filter(pl.col("known_at") > TRAINED)
    assert (risks.height, seen) == (later.height, labels.height - later.height)
    assert seen > 0
    assert risks["defect"].sum() == later["y"].sum()
    assert (risks["known_at"] > TRAINED).all()
    closed = datetime(2024, 7, 20)
    some, _seen = out_of_time_risks(tables, bundle, NOW, closed)
    assert some["closed_at"].min() > closed
    assert some["risk"].to_list() == risks.filter(pl.col("closed_at") > closed)["risk"].to_list()


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        (TRAINED, "has learnt from the outcomes of all"),
        (datetime(2023, 1, 1), "No case of that time has an outcome by 1 January 2023"),
    ],
)
def test_nothing_unseen_is_refused(
    tables: Tables, bundle: Bundle, as_of: datetime, words: str
) -> None:
    """Risks of cases whose outcome the model knows say nothing of it, and the refusal says so."""
    with pytest.raises(Refused, match=words):
        out_of_time_risks(tables, bundle, as_of)
