"""Tests of whether a model is worth using at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from evaluation.backtests.backtest import MODEL, Backtest, Outcome, figures
from evaluation.backtests.strata import Within, within
from evaluation.promotion.worth import judge
from evaluation.statistics.metrics import Figure


def outcome(tested: Backtest, **measures: Figure | int) -> Outcome:
    """The backtest of risk with other pooled figures of the model."""
    assert tested.risk is not None
    pooled = tested.risk.pooled
    changed = pooled.measures | {MODEL: replace(pooled.measures[MODEL], **measures)}
    return replace(tested.risk, pooled=replace(pooled, measures=changed))


def scored(size: int, slope: float, level: float, seed: int = 0) -> Outcome:
    """Scores of a model whose log-odds are `slope` times the true ones plus `level`.

    One case in four has the outcome, which is also the plain rate.
    """
    random = np.random.default_rng(seed)
    true = random.normal(-1.3, 1.0, size)
    y = (random.random(size) < 1 / (1 + np.exp(-true))).astype(np.int8)
    model = 1 / (1 + np.exp(-(slope * (true + 1.3) - 1.3 + level)))
    scores = pl.DataFrame(
        {
            "case_id": [str(case) for case in range(size)],
            "moment": pl.Series([None] * size, dtype=pl.Datetime("us")),
            "y": y,
            "weight": np.ones(size),
            "known_by": pl.Series([None] * size, dtype=pl.Datetime("us")),
            MODEL: model,
            "base_rate": np.full(size, y.mean()),
        }
    )
    found = figures(scores, 0, "year", 0.1)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("low", "holds", "words"),
    [
        (0.60, True, "AUC 0.70 (0.60 to 0.80) on later cases."),
        (0.50, False, "may be no better than chance"),
        (0.30, False, "about 300 more known outcomes, if it ranks as well as it seems"),
        (-0.7, False, "more outcomes alone will hardly help"),
    ],
)
def test_the_order_must_surely_be_better_than_chance(
    tested: Backtest, low: float, holds: bool, words: str
) -> None:
    """The interval of the AUC decides; a refusal says how many more outcomes could show more."""
    worth = judge(outcome(tested, auc=Figure(0.7, low, 0.8, 100)))
    assert worth.holds is holds
    assert words in str(worth.reason)


def test_a_later_attempt_needs_more(tested: Backtest) -> None:
    """On the same outcomes an interval that just holds at first does not on the fifth attempt."""
    close = outcome(tested, auc=Figure(0.7, 0.51, 0.8, 100))
    assert judge(close).holds
    assert not judge(close, attempt=5).holds


@pytest.mark.parametrize(
    ("cases", "positives", "holds"),
    [(400, 30, True), (400, 29, False), (60, 30, True), (400, 371, False), (12, 0, False)],
)
def test_few_later_cases_promote_nothing(
    tested: Backtest, cases: int, positives: int, holds: bool
) -> None:
    """However good the figures, 30 later cases of either outcome must stand behind them."""
    sure = {"auc": Figure(0.7, 0.6, 0.8, cases), "bias": Figure(0.0, 0.0, 0.0, cases)}
    worth = judge(outcome(tested, n=cases, positives=positives, **sure))
    assert worth.holds is holds
    if not holds:
        others = cases - positives
        assert f"{positives} later cases with the outcome and {others}" in str(worth.reason)
        assert "30 of each are needed" in str(worth.reason)


def test_how_many_more_outcomes_are_needed(tested: Backtest) -> None:
    """Of 100 outcomes 10 are defects: 200 more would bring the 20 that are missing."""
    worth = judge(outcome(tested, n=100, positives=10))
    assert "at this rate about 200 more known outcomes" in str(worth.reason)


def test_no_later_outcomes() -> None:
    """Without later cases of known outcome nothing is promoted."""
    worth = judge(None)
    assert not worth.holds
    assert "What to try: have closed cases reviewed" in str(worth.reason)


def test_an_honest_model_passes_beside_the_plain_rate() -> None:
    """A log loss above that of the plain rate by chance alone refuses nobody."""
    weak = [scored(400, 0.5, 0.0, seed) for seed in range(20)]
    auc = Figure(0.7, 0.6, 0.8, 400)
    for found in weak:
        pooled = found.pooled
        sure = pooled.measures | {MODEL: replace(pooled.measures[MODEL], auc=auc)}
        assert judge(replace(found, pooled=replace(pooled, measures=sure))).holds


@pytest.mark.parametrize(
    ("level", "holds", "order_only"), [(0.0, True, False), (0.5, True, True), (2.0, False, False)]
)
def test_probabilities_that_are_off_are_a_finding_and_harmful_ones_a_refusal(
    level: float, holds: bool, order_only: bool
) -> None:
    """Off beyond margin and chance: use the order. Surely worse than the plain rate: refused."""
    worth = judge(scored(3000, 1.0, level))
    assert worth.holds is holds
    assert ("Use the order, not the probabilities" in str(worth.reason)) is order_only
    assert ("Its probabilities do harm" in str(worth.reason)) is not holds


def strata(kept: float, size: int = 1200) -> Within:
    """Figures within three reviewers, whose severity makes the rest of the gain (1: none)."""
    random = np.random.default_rng(3)
    reviewer = random.integers(0, 3, size)
    case, severity = random.normal(0, 1, size), np.array([-1.5, 0.0, 1.5])[reviewer]
    score = kept * case + (1 - kept) * severity
    y = random.random(size) < 1 / (1 + np.exp(1.5 - 1.5 * score))
    names = np.array(["a", "b", "c"], dtype=object)[reviewer]
    return within(y, 1 / (1 + np.exp(-score)), None, names, "reviewer", 0.1)


@pytest.mark.parametrize(
    ("kept", "holds", "words"),
    [
        (1.0, True, "Among cases of the same reviewer AUC 0."),
        (0.2, False, "It tells reviewers apart more than cases"),
        (0.0, False, "have a part of the cases read by two reviewers"),
    ],
)
def test_a_model_that_ranks_reviewers_is_refused(
    tested: Backtest, kept: float, holds: bool, words: str
) -> None:
    """Among cases of one reviewer at least half of the gain over chance must be left."""
    worth = judge(outcome(tested, auc=Figure(0.7, 0.6, 0.8, 1200)), [strata(kept)])
    assert worth.holds is holds
    assert words in str(worth.reason)


def test_where_few_share_a_reviewer_the_verdict_says_so(tested: Backtest) -> None:
    """Figures of less than half of the cases decide nothing, and that is said."""
    few = replace(strata(0.0), left_out=5000)
    worth = judge(outcome(tested, auc=Figure(0.7, 0.6, 0.8, 1200)), [few])
    assert worth.holds
    assert "Whether it ranks cases or reviewers cannot be said" in str(worth.reason)


def test_complexity_is_judged_alike(tested: Backtest) -> None:
    """A backtest of complexity is judged by its own figures."""
    assert tested.complexity is not None
    positives = tested.complexity.pooled.measures[MODEL].positives
    assert positives < 30
    assert judge(tested.complexity).reason.say("en").startswith(f"{positives} later cases with")
