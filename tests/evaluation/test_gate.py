"""Tests of the gate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from evaluation.backtest import MODEL, Backtest
from evaluation.gate import judge, succeeds
from evaluation.metrics import Figure
from models.bundle import Bundle


def changed(tested: Backtest, estimator: str, **figures: Figure | int) -> Backtest:
    """The backtest with other pooled figures of one estimator."""
    assert tested.risk is not None
    pooled = tested.risk.pooled
    measures = pooled.measures | {estimator: replace(pooled.measures[estimator], **figures)}
    return replace(tested, risk=replace(tested.risk, pooled=replace(pooled, measures=measures)))


@pytest.mark.parametrize(
    ("auc_low", "own_loss", "rate_loss", "promoted", "words"),
    [
        (0.60, 0.30, 0.31, True, "AUC 0.700 (0.600 to 0.800) on later cases"),
        (0.60, 0.31, 0.31, True, "log loss 0.3100 against 0.3100 of the plain rate"),
        (0.50, 0.30, 0.31, False, "may be no better than chance"),
        (0.60, 0.32, 0.31, False, "above that of the plain rate (0.3100)"),
        (None, 0.30, 0.31, False, "too few"),
    ],
)
def test_verdicts(
    tested: Backtest,
    auc_low: float | None,
    own_loss: float,
    rate_loss: float,
    promoted: bool,
    words: str,
) -> None:
    """A model is promoted if it surely ranks and its probabilities are worth the plain rate."""
    auc = Figure(0.7, auc_low, 0.8, 100)
    own = changed(tested, MODEL, auc=auc, log_loss=Figure(own_loss, 0.2, 0.4, 100))
    both = changed(own, "base_rate", log_loss=Figure(rate_loss, 0.2, 0.4, 100))
    verdict = judge(both.risk)
    assert verdict.promoted is promoted
    assert words in verdict.reason


@pytest.mark.parametrize(
    ("cases", "positives", "promoted"),
    [(400, 30, True), (400, 29, False), (60, 30, True), (400, 371, False), (12, 3, False)],
)
def test_few_later_cases_promote_nothing(
    tested: Backtest, cases: int, positives: int, promoted: bool
) -> None:
    """However good the figures, 30 later cases of either outcome must stand behind them."""
    sure = {"auc": Figure(0.7, 0.6, 0.8, cases), "log_loss": Figure(0.1, 0.1, 0.1, cases)}
    verdict = judge(changed(tested, MODEL, n=cases, positives=positives, **sure).risk)
    assert verdict.promoted is promoted
    if not promoted:
        others = cases - positives
        assert f"{positives} later cases with the outcome and {others}" in verdict.reason
        assert "30 of each are needed" in verdict.reason


def test_no_later_outcomes() -> None:
    """Without later cases of known outcome nothing is promoted."""
    assert not judge(None).promoted


def test_complexity_is_judged_alike(tested: Backtest) -> None:
    """A backtest of complexity is judged by its own figures."""
    assert tested.complexity is not None
    positives = tested.complexity.pooled.measures[MODEL].positives
    assert positives < 30
    assert judge(tested.complexity).reason.startswith(f"{positives} later cases with")


@pytest.mark.parametrize(
    ("own", "champions", "words"),
    [
        ({}, {}, None),
        ({"trained_until": "2024-07-02T00:00:00"}, {}, None),
        ({"trained_until": "2024-06-30T23:59:59"}, {}, "by 2024-06-30, the champion by 2024-07-01"),
        ({"not_trained": {"risk": "too few."}}, {}, "nothing about risk, the champion does"),
        ({"not_trained": {"risk": "."}}, {"not_trained": {"risk": "."}}, None),
        ({}, {"not_trained": {"risk": "too few."}}, None),
    ],
)
def test_a_champion_yields_to_none_that_knows_less(
    bundle: Bundle, own: dict[str, Any], champions: dict[str, Any], words: str | None
) -> None:
    """A candidate of an earlier time, or without a model the champion has, is not promoted."""
    candidate, champion = (replace(bundle, about=bundle.about | one) for one in (own, champions))
    verdict = succeeds(candidate, champion)
    assert verdict.promoted is (words is None)
    assert words is None or words in verdict.reason
