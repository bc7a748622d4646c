"""A claim about the defect rate, shown or not, valid whenever one looks."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.surveys.acceptance import Acceptance, acceptance, typical_weight

CASES, SIZE = 3000, 350
PI = SIZE / CASES


def read(y: np.ndarray) -> Acceptance:
    """The evidence of equal probabilities that fewer than 10 % are defects."""
    return acceptance(
        y, np.full(len(y), PI), allowed=300, size=SIZE, least=PI, typical=CASES / SIZE
    )


def test_first_review_by_hand() -> None:
    """One good case of 3,000 with 300 allowed: (1 - 0.05) / (1 - 0.1), the likelihood ratio."""
    assert read(np.zeros(1)).fortune[0] == pytest.approx(0.95 / 0.9)
    assert read(np.ones(1)).fortune[0] == pytest.approx(0.05 / 0.1)


def test_a_defect_that_was_found_uses_up_the_claim() -> None:
    """After one defect, 299 of the 2,999 others are allowed and the guess is a little higher."""
    found = read(np.array([1.0, 0.0])).fortune
    allowed, guess = 299 / 2999, (1 + 300 * 0.05) / 301
    assert found[1] / found[0] == pytest.approx((1 - guess) / (1 - allowed))


def test_shown_at_the_first_time() -> None:
    """The first review after which the evidence reaches 20; nothing before any review."""
    good = read(np.zeros(100))
    assert good.shown_after is not None
    assert good.fortune[good.shown_after - 1] >= 20 > good.fortune[good.shown_after - 2]
    assert read(np.zeros(0)).shown_after is None


def test_more_defects_than_allowed_ruin_the_claim() -> None:
    """Once as many are found as the claim allows, it is lost for good."""
    y = np.append(np.ones(300), np.zeros(50))
    assert read(y).fortune[-1] == 0


def test_probabilities_below_the_least_are_refused() -> None:
    """The stake would be too large for them."""
    with pytest.raises(ValueError, match="below the least"):
        acceptance(np.zeros(1), np.array([0.01]), allowed=3, size=2, least=0.02, typical=50)


def test_typical_weight() -> None:
    """Defects of risk 1 and 3 with probabilities 0.5 and 0.1 are drawn 1 : 0.6."""
    assert typical_weight(np.array([0.1, 0.3]), np.array([0.5, 0.1])) == pytest.approx(8.0)


def runs(defects: int, trials: int = 2500) -> list[Acceptance]:
    """Random draws, read in random order, of 3,000 cases with so many defects."""
    rng, y = np.random.default_rng(3), (np.arange(CASES) < defects).astype(float)
    return [read(y[rng.choice(CASES, SIZE, replace=False)]) for _trial in range(trials)]


def test_false_claims_at_any_look() -> None:
    """At 10 %, at most 5 % of the series ever show "below 10 %", within three errors."""
    false = np.mean([run.shown_after is not None for run in runs(300)])
    assert false <= 0.05 + 3 * (0.05 * 0.95 / 2500) ** 0.5


def test_fewer_reviews_than_a_fixed_plan() -> None:
    """At 5 %: shown in nine of ten, with a quarter fewer reviews than the 224 of a fixed plan."""
    good = runs(150)
    assert np.mean([run.shown_after is not None for run in good]) > 0.88
    assert np.mean([run.shown_after or SIZE for run in good]) < 0.75 * 224


def test_false_claims_with_unequal_probabilities() -> None:
    """One by one in proportion to pi, all defects where pi is least: at most 5 %."""
    rng = np.random.default_rng(4)
    pi = rng.uniform(0.05, 0.5, 400)
    pi *= 100 / pi.sum()
    y = (np.argsort(np.argsort(pi)) < 80).astype(float)
    claim = {"allowed": 80, "size": 100, "least": pi.min(), "typical": typical_weight(pi, pi)}
    shown = 0
    for _trial in range(600):
        # The largest of exponential(1) / pi last: successive draws in proportion to pi.
        order = np.argsort(rng.exponential(size=400) / pi)[:100]
        shown += acceptance(y[order], pi[order], **claim).shown_after is not None
    assert shown / 600 <= 0.05 + 3 * (0.05 * 0.95 / 600) ** 0.5
