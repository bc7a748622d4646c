"""A claim about the defect rate, shown or not, valid whenever one looks."""

from __future__ import annotations

import numpy as np
import pytest

from cases.numeric import Floats
from evaluation.surveys.acceptance import (
    Reading,
    Side,
    evidence,
    first_shown,
    fortune,
    typical_weight,
)

CASES, SIZE = 3000, 350
PI = SIZE / CASES


def read(y: Floats, count: int = 300, side: Side = "fewer") -> Floats:
    """The evidence of equal probabilities that fewer than 300 of 3,000 are defects, or more."""
    reading = Reading(y, np.full(len(y), PI), size=SIZE, least=PI, typical=1 / PI)
    return np.exp(evidence(reading, count, side))


def shown_after(y: Floats, side: Side = "fewer") -> int | None:
    """After how many reviews that is shown."""
    return first_shown(np.log(read(y, side=side)))


def test_first_review_by_hand() -> None:
    """One good case of 3,000 with 300 allowed: (1 - 0.05) / (1 - 0.1), the likelihood ratio."""
    assert read(np.zeros(1))[0] == pytest.approx(0.95 / 0.9)
    assert read(np.ones(1))[0] == pytest.approx(0.05 / 0.1)


def test_first_review_for_more_by_hand() -> None:
    """Evidence of more than 300 starts from a guess of 15 %."""
    assert read(np.zeros(1), side="more")[0] == pytest.approx(0.85 / 0.9)
    assert read(np.ones(1), side="more")[0] == pytest.approx(0.15 / 0.1)


def test_a_defect_that_was_found_uses_up_the_claim() -> None:
    """After one defect, 299 of the 2,999 others are allowed and the guess is a little higher."""
    found = read(np.array([1.0, 0.0]))
    allowed, guess = 299 / 2999, (1 + 300 * 0.05) / 301
    assert found[1] / found[0] == pytest.approx((1 - guess) / (1 - allowed))


def test_shown_at_the_first_time() -> None:
    """The first review after which the evidence reaches 20; nothing before any review."""
    good = np.zeros(100)
    after = shown_after(good)
    assert after is not None
    assert read(good)[after - 1] >= 20 > read(good)[after - 2]
    assert shown_after(np.zeros(0)) is None


def test_more_defects_than_allowed_ruin_the_claim() -> None:
    """Once as many are found as the claim allows, no later review helps it."""
    assert read(np.append(np.ones(300), np.zeros(50)))[-1] < 0.01


def test_more_found_than_counted_is_sure() -> None:
    """Two found are more than one; one is not."""
    assert read(np.ones(2), count=1, side="more")[-1] == np.inf
    assert read(np.ones(1), count=1, side="more")[-1] < np.inf


def test_a_large_fortune_is_infinite() -> None:
    """No number is too large."""
    assert (fortune(1000.0), fortune(0.0)) == (np.inf, 1.0)


def test_probabilities_below_the_least_are_refused() -> None:
    """The stake would be too large for them."""
    with pytest.raises(ValueError, match="below the least"):
        Reading(np.zeros(1), np.array([0.01]), size=2, least=0.02, typical=50)


def test_typical_weight() -> None:
    """Defects of risk 1 and 3 with probabilities 0.5 and 0.1 are drawn 1 : 0.6."""
    assert typical_weight(np.array([0.1, 0.3]), np.array([0.5, 0.1])) == pytest.approx(8.0)


def runs(defects: int, side: Side = "fewer", trials: int = 2500) -> list[int | None]:
    """Random draws, read in random order, of 3,000 cases with so many defects: shown when."""
    rng, y = np.random.default_rng(3), (np.arange(CASES) < defects).astype(float)
    draws = (y[rng.choice(CASES, SIZE, replace=False)] for _trial in range(trials))
    return [shown_after(one, side) for one in draws]


@pytest.mark.parametrize("side", ["fewer", "more"])
def test_false_claims_at_any_look(side: Side) -> None:
    """At 10 %, at most 5 % of the series ever show the one or the other, within three errors."""
    false = np.mean([after is not None for after in runs(300, side)])
    assert false <= 0.05 + 3 * (0.05 * 0.95 / 2500) ** 0.5


def test_fewer_reviews_than_a_fixed_plan() -> None:
    """At 5 %: shown in nine of ten, with a quarter fewer reviews than the 224 of a fixed plan."""
    good = runs(150)
    assert np.mean([after is not None for after in good]) > 0.88
    assert np.mean([after or SIZE for after in good]) < 0.75 * 224


def test_more_is_shown_where_there_are_more() -> None:
    """At 17 %: in nine of ten."""
    assert np.mean([after is not None for after in runs(510, "more", 300)]) > 0.88


@pytest.mark.parametrize("side", ["fewer", "more"])
def test_false_claims_with_unequal_probabilities(side: Side) -> None:
    """One by one in proportion to pi, all defects where pi is least, or largest: at most 5 %."""
    rng = np.random.default_rng(4)
    pi = rng.uniform(0.05, 0.5, 400)
    pi *= 100 / pi.sum()
    rank = np.argsort(np.argsort(pi))
    y = (rank < 80 if side == "fewer" else rank >= 320).astype(float)
    least, typical, shown = pi.min(), typical_weight(pi, pi), 0
    for _trial in range(600):
        # The largest of exponential(1) / pi last: successive draws in proportion to pi.
        order = np.argsort(rng.exponential(size=400) / pi)[:100]
        reading = Reading(y[order], pi[order], size=100, least=least, typical=typical)
        shown += first_shown(evidence(reading, 80, side)) is not None
    assert shown / 600 <= 0.05 + 3 * (0.05 * 0.95 / 600) ** 0.5
