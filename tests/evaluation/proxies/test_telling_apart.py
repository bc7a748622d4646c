"""Pairs told right, by hand and by simulation."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from evaluation.proxies.telling_apart import Classifier, told_right


@pytest.mark.parametrize(
    ("first", "classes", "strata", "share"),
    [
        ([0.9, 0.2], [0, 1], [0, 0], 1.0),
        ([0.2, 0.9], [0, 1], [0, 0], 0.0),
        ([0.5, 0.5], [0, 1], [0, 0], 0.5),
        ([0.9, 0.2, 0.6, 0.1], [0, 1, 0, 1], [0, 0, 0, 0], 1.0),
        ([0.9, 0.6, 0.4, 0.1], [0, 1, 0, 1], [0, 0, 0, 0], 0.75),
        ([0.9, 0.6, 0.4, 0.1], [0, 1, 0, 1], [0, 0, 1, 1], 1.0),
        ([0.1, 0.9], [0, 1], [0, 1], None),
        ([0.1, 0.9], [0, 0], [0, 0], None),
    ],
)
def test_pairs_by_hand(
    first: list[float], classes: list[int], strata: list[int], share: float | None
) -> None:
    """Only pairs of different persons in one stratum count; a tie is half right."""
    scores = np.column_stack([first, 1 - np.array(first)])
    assert told_right(scores, np.array(classes), np.array(strata)).value == share


def test_the_interval_holds_the_truth() -> None:
    """Scores one standard deviation apart tell 76 % right; 95 % intervals hold that mostly."""
    truth, held = 0.7602, 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        classes = rng.integers(0, 2, 200)
        score = rng.normal(classes)
        told = told_right(np.column_stack([-score, score]), classes, np.zeros(200, int))
        held += (told.low or 0) <= truth <= (told.high or 0)
    assert 0.91 <= held / 200 <= 0.99


def test_trees_find_a_weekday() -> None:
    """Three persons on days of their own are told apart by the day, which gains most."""
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 3, 300)
    x = pl.DataFrame({"noise": rng.normal(size=300), "day": 1.0 + classes})
    classifier = Classifier.fit(x, ["noise", "day"], classes)
    assert classifier.most_used(1) == ["day"]
    assert told_right(classifier.scores(x), classes, np.zeros(300, int)).value == 1.0
