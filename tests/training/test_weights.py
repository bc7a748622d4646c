"""Weights of reviewed cases."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from training.weights import recency_weights, review_weights


@pytest.mark.parametrize(
    ("probabilities", "weights"),
    [
        ([0.5, 0.5], [1.0, 1.0]),
        ([0.1, 0.4], [1.6, 0.4]),
        ([0.1, 0.4, None], [1.6, 0.4, 1.0]),
        ([None, None], [1.0, 1.0]),
        ([], []),
    ],
)
def test_table(probabilities: list[float | None], weights: list[float]) -> None:
    """Known inclusion probabilities weigh by their inverse, with mean 1; unknown ones weigh 1."""
    given = pl.Series(probabilities, dtype=pl.Float64)
    assert review_weights(given).to_list() == pytest.approx(weights)


def test_no_weight_is_clipped() -> None:
    """A rare draw keeps its weight: how little it says is for those who use it to judge."""
    weights = review_weights(pl.Series([0.001] + [1.0] * 99))
    assert weights[0] / weights[1] == pytest.approx(1000)


def test_old_cases_fade() -> None:
    """The newest case weighs 1, one of four years earlier half, of eight a quarter."""
    moments = [datetime(2016, 1, 1), datetime(2020, 1, 1), datetime(2024, 1, 1)]
    assert recency_weights(pl.Series(moments)).to_list() == pytest.approx([0.25, 0.5, 1.0])
