"""The interval that allows for a group of defects which the draw missed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cases.numeric import Floats
from evaluation.statistics.hidden_group import figure_of, figure_of_part, figure_with
from evaluation.statistics.sample import SampleTotal, SurveySample, corrected_risks
from policies.seeds import tickets
from policies.spot_check.design import without_quotas
from policies.spot_check.draw import draw


def about(**changes: float) -> SampleTotal:
    """60 of 1,000 cases, with a standard error of 10."""
    values = {"cases": 1000, "returned": 100, "total": 60.0, "certain": 0, "defects": 0.0}
    return SampleTotal(**values | {"variance": 100.0, "corrected_risk": 0.06} | changes)  # type: ignore[arg-type]


def test_interval_by_hand() -> None:
    """The upper end is the estimate and the root of the two squares."""
    figure = figure_with(about(), shown=64.0, hidden=30.0)
    assert figure.high == pytest.approx(0.06 + math.hypot(1.96 * 10, 30) / 1000, abs=1e-5)
    assert figure.low == about().figure().low
    assert figure.value == 0.06


def test_what_the_sample_shows_moves_the_lower_end_alone() -> None:
    """A variance shown to be larger than the mixed one lowers the lower end."""
    calm, wild = (figure_with(about(), shown=shown, hidden=30.0) for shown in (64.0, 400.0))
    assert wild.low is not None
    assert calm.low is not None
    assert wild.low < calm.low
    assert wild.high == calm.high


def test_nothing_hidden_is_the_usual_interval() -> None:
    """With every case certain or nothing to hide, nothing changes."""
    assert figure_with(about(), shown=0.0, hidden=0.0) == about().figure()


def test_missing_cases_may_all_be_defects() -> None:
    """Cases of which nothing is known stretch the interval as before."""
    figure = figure_with(about(missing=1000), shown=0.0, hidden=30.0)
    assert figure.high == pytest.approx(
        (0.06 + math.hypot(1.96 * 10, 30) / 1000) / 2 + 0.5, abs=1e-5
    )


@pytest.mark.parametrize(
    "changes", [{"variance": 4000.0}, {"variance": 2000.0, "corrected_risk": 0.02}]
)
def test_too_uncertain_a_rate_is_withheld_but_not_its_interval(changes: dict[str, float]) -> None:
    """A standard error above the rate, or an upper end many times the rate, withholds it."""
    figure = figure_with(about(**changes), shown=0.0, hidden=100.0)
    assert figure.value is None
    assert figure.absent == "too_few"
    assert figure.high is not None


def test_covers_a_group_that_the_model_is_sure_of() -> None:
    """5 % of the cases at a risk of 0.3 % are defects in 60 %: 300 draws, within 3 errors of 95 %.

    The interval without the hidden group covers the truth in fewer.
    """
    rng = np.random.default_rng(0)
    risk = rng.beta(0.8, 13, 1000).clip(1e-3, 0.9)
    risk[:50] = 0.003
    y = (rng.random(1000) < np.where(np.arange(1000) < 50, 0.6, risk)).astype(float)
    pi = without_quotas(risk, 100).at_search_share(0.5)
    cell, ids = np.zeros(1000, np.int64), [str(case) for case in range(1000)]
    everyone, covered = np.ones(1000, bool), np.zeros(2)
    for seed in range(300):
        drawn = draw(pi, cell, np.zeros(1, np.int64), tickets(str(seed), ids))
        sample = sample_of(risk, pi, np.where(drawn, y, 0.0), drawn)
        for k, figure in enumerate(
            (figure_of(sample, everyone), sample.total_of(everyone).figure())
        ):
            covered[k] += (figure.low or 0) <= y.mean() <= (figure.high or 1)
    assert covered[0] / 300 > 0.95 - 3 * (0.05 * 0.95 / 300) ** 0.5
    assert covered[1] < covered[0]


def sample_of(risk: Floats, pi: Floats, y: Floats, drawn: np.ndarray) -> SurveySample:
    """A sample of one plan whose reviews have all come back."""
    survey = np.zeros(len(risk), np.int64)
    return SurveySample(risk, pi, pi, y, corrected_risks(risk, y, drawn), drawn, drawn, survey)


def test_the_defects_of_a_part_are_whole_numbers() -> None:
    """Nine of ten reviewed, three defects: three or four, never between."""
    p, reviewed = np.full(20, 0.3), np.arange(20) != 0
    pi, y = np.where(np.arange(20) < 10, 0.9, 0.5), (np.arange(20) % 3 == 1).astype(float)
    found = figure_of_part(sample_of(p, pi, np.where(reviewed, y, 0.0), reviewed), pi == 0.9)
    assert (found.rate.low, found.rate.high) == (0.3, 0.4)
    assert found.total.cases == 10
