"""Figures against scikit-learn, hand-worked tables, and the truth of simulations."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import norm
from sklearn import metrics as sk

from evaluation.statistics.metrics import (
    Figure,
    auc_gain,
    calibration_table,
    measure,
    measure_several,
    wilson,
)
from evaluation.statistics.ranking import BINS

Array = NDArray[np.float64]


def figures(measures: object) -> list[Figure]:
    """All figures of a set of measures."""
    return [
        part
        for field in dataclasses.fields(measures)  # type: ignore[arg-type]
        if isinstance(part := getattr(measures, field.name), Figure)
    ]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("digits", [1, 2, 8])
def test_agrees_with_scikit_learn(digits: int, weighted: bool) -> None:
    """AUC, average precision, log loss and Brier equal scikit-learn's, ties and weights too."""
    rng = np.random.default_rng(digits)
    p = np.round(rng.beta(1, 4, 500), digits)
    y = (rng.random(500) < p).astype(float)
    w = rng.uniform(0.5, 3, 500) if weighted else None
    found = measure(y, p, w, replicates=2)
    assert found.auc.value == pytest.approx(sk.roc_auc_score(y, p, sample_weight=w))
    expected = sk.average_precision_score(y, p, sample_weight=w)
    assert found.average_precision.value == pytest.approx(expected)
    assert found.log_loss.value == pytest.approx(sk.log_loss(y, p, sample_weight=w))
    assert found.brier.value == pytest.approx(sk.brier_score_loss(y, p, sample_weight=w))


@pytest.mark.parametrize("positives", [0, 40, 300])
def test_several_at_once_are_as_each_alone(positives: int) -> None:
    """Figures and gains of several estimators are those of each of them, to the last draw."""
    rng = np.random.default_rng(1)
    y, w = (np.arange(300) < positives).astype(float), rng.uniform(0.5, 3, 300)
    several = {name: np.round(rng.random(300), digits) for name, digits in (("a", 2), ("b", 1))}
    measures, gains = measure_several(y, several, w, replicates=50)
    assert measures == {name: measure(y, p, w, replicates=50) for name, p in several.items()}
    assert gains == {"b": auc_gain(y, several["a"], several["b"], w, replicates=50)}


@pytest.mark.parametrize(
    ("y", "p", "share", "precision"),
    [
        ([1, 0, 0, 0], [0.9, 0.3, 0.2, 0.1], 0.25, 1.0),
        ([1, 0, 0, 0], [0.9, 0.3, 0.2, 0.1], 0.5, 0.5),
        ([1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5], 0.25, 0.25),  # all tied: chance
        ([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.5], 0.5, (1 + 1 / 3) / 2),  # one place for three
        ([1, 0, 0, 0], [0.9, 0.3, 0.2, 0.1], 0.375, 1 / 1.5),  # half a case more
    ],
)
def test_capacity_and_ties(y: list[int], p: list[float], share: float, precision: float) -> None:
    """Cases tied at the edge of capacity count with the share of them that fits."""
    found = measure(y, p, share=share, replicates=2)
    assert found.precision.value == pytest.approx(precision)
    assert found.lift.value == pytest.approx(precision / np.mean(y))


def test_calibration_error_by_hand() -> None:
    """Calibration error weighs |mean probability - rate| of ten bins by their size."""
    p = np.repeat([0.1, 0.3], 10)
    y = np.r_[np.repeat([1, 0], [2, 8]), np.repeat([1, 0], [4, 6])]
    found = measure(y, p)
    assert found.calibration_error.value == pytest.approx(0.1)
    assert found.bias.value == pytest.approx(-0.1)
    table = calibration_table(y, p)
    assert [(line.mean_probability, line.rate.value) for line in table] == [
        (pytest.approx(0.1), pytest.approx(0.2)),
        (pytest.approx(0.3), pytest.approx(0.4)),
    ]


def test_bins_have_equal_weight() -> None:
    """Without ties the calibration table has ten bins of equal size, lowest first."""
    p = np.random.default_rng(0).permutation(np.linspace(0, 1, 200))
    table = calibration_table((p > 0.5).astype(int), p)
    assert [line.rate.n for line in table] == [20] * BINS
    means = [line.mean_probability for line in table]
    assert means == sorted(means)


def test_constant_probability_is_one_bin() -> None:
    """A constant probability is one bin: its calibration error is its distance to the base rate."""
    found = measure([1, 0, 0, 0], [0.1] * 4)
    assert found.calibration_error.value == pytest.approx(0.15)
    assert found.auc.value == 0.5
    assert found.lift.value == pytest.approx(1)


def test_row_order_and_duplicates_do_not_matter() -> None:
    """Values depend on the set of cases; a weight of 2 is a case seen twice."""
    rng = np.random.default_rng(3)
    p = np.round(rng.random(60), 1)
    y = (rng.random(60) < p).astype(float)
    order = rng.permutation(60)
    once = measure(y, p, np.full(60, 2.0), replicates=2)
    shuffled = measure(y[order], p[order], replicates=2)
    twice = measure(np.r_[y, y], np.r_[p, p], replicates=2)
    for a, b, c in zip(figures(once), figures(shuffled), figures(twice), strict=True):
        assert a.value == pytest.approx(b.value) == pytest.approx(c.value)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1]])
def test_one_class_has_no_auc(y: list[int]) -> None:
    """With one class only, AUC has no value and says why; what is defined is still given."""
    found = measure(y, [0.2, 0.3, 0.4])
    assert (found.auc.value, found.auc.absent) == (None, "one_class")
    assert (found.lift.value is None) == (sum(y) == 0)
    assert found.brier.value is not None
    assert auc_gain(y, [0.2, 0.3, 0.4], [0.1, 0.1, 0.1]).absent == "one_class"


def test_no_cases() -> None:
    """No cases give no figures, not an error."""
    assert {figure.absent for figure in figures(measure([], []))} == {"no_cases"}
    assert calibration_table([], []) == ()
    assert auc_gain([], [], []).absent == "no_cases"
    assert wilson([]).absent == "no_cases"


@given(
    cases=st.lists(
        st.tuples(st.integers(0, 1), st.floats(0, 1), st.floats(0.01, 100)), max_size=40
    ),
    share=st.floats(0.01, 1),
)
def test_every_figure_is_finite_or_absent(
    cases: list[tuple[int, float, float]], share: float
) -> None:
    """Whatever the cases, a figure has low <= value <= high, or no value and a reason."""
    y, p, w = (np.array(column) for column in zip(*cases, strict=True)) if cases else ([], [], [])
    for figure in figures(measure(y, p, w, share=share, replicates=20)):
        if figure.value is None:
            assert figure.absent is not None
        else:
            assert figure.low <= figure.value <= figure.high  # type: ignore[operator]
            assert np.isfinite([figure.low, figure.high]).all()


@pytest.mark.parametrize(
    ("y", "p", "weight", "share", "message"),
    [
        ([0, 1], [0.5], None, 0.1, "equal length"),
        ([[0, 1]], [[0.5, 0.5]], None, 0.1, "one-dimensional"),
        ([0, 2], [0.5, 0.5], None, 0.1, "y must"),
        ([0, 1], [0.5, 1.1], None, 0.1, "p must"),
        ([0, 1], [0.5, float("nan")], None, 0.1, "p must"),
        ([0, 1], [0.5, 0.5], [1, 0], 0.1, "weights must"),
        ([0, 1], [0.5, 0.5], None, 0, "share must"),
    ],
)
def test_refuses_what_makes_no_sense(
    y: list[int], p: list[float], weight: list[float] | None, share: float, message: str
) -> None:
    """Arrays that cannot be outcomes and probabilities are refused."""
    with pytest.raises(ValueError, match=message):
        measure(y, p, weight, share=share)


def test_wilson_by_the_book() -> None:
    """No defect in 2 reviews still allows 66 %; 5 in 100 means 2.2 to 11.2 %."""
    assert wilson([0, 0]).high == pytest.approx(0.658, abs=1e-3)
    figure = wilson([1] * 5 + [0] * 95)
    assert (figure.low, figure.high) == (
        pytest.approx(0.0215, abs=1e-4),
        pytest.approx(0.1118, abs=1e-4),
    )


def test_same_seed_same_intervals() -> None:
    """Intervals are a function of cases and seed."""
    rng = np.random.default_rng(5)
    p, y = rng.random(80), rng.integers(0, 2, 80)
    assert measure(y, p, seed=1) == measure(y, p, seed=1)
    assert measure(y, p, seed=1) != measure(y, p, seed=2)


def test_gain_of_a_model_over_itself_is_nothing() -> None:
    """The bootstrap is paired: against itself a model gains exactly nothing, with no width."""
    rng = np.random.default_rng(6)
    p, y = rng.random(100), rng.integers(0, 2, 100)
    assert auc_gain(y, p, p) == Figure(0.0, 0.0, 0.0, 100)


def test_pairing_narrows_the_gain() -> None:
    """A gain over a similar model is known better than either AUC is."""
    rng = np.random.default_rng(7)
    y = rng.integers(0, 2, 400)
    x = y + rng.normal(0, 1, 400)
    p, q = norm.cdf(x), norm.cdf(x + rng.normal(0, 0.1, 400))
    gain, alone = auc_gain(y, p, q), measure(y, p).auc
    assert gain.high - gain.low < 0.5 * (alone.high - alone.low)  # type: ignore[operator]


SETS = 200
LOWEST_COVERAGE = 0.90  # 95 % less 3.2 standard errors of 200 trials


def _coverage(draw: object, truth: dict[str, float]) -> dict[str, float]:
    """How often intervals of simulated sets hold the truth, figure by figure."""
    hits = dict.fromkeys(truth, 0)
    for seed in range(SETS):
        y, p = draw(np.random.default_rng(seed))  # type: ignore[operator]
        found = measure(y, p, replicates=200, seed=seed)
        for name, value in truth.items():
            figure = getattr(found, name)
            hits[name] += figure.low <= value <= figure.high
    return {name: count / SETS for name, count in hits.items()}


def test_intervals_hold_the_truth() -> None:
    """Over 200 simulated sets of 400 cases every kind of 95% interval holds the truth >= 90 %."""

    def draw(rng: np.random.Generator, n: int = 400) -> tuple[Array, Array]:
        p = 1 / (1 + np.exp(1.6 - 1.2 * rng.normal(size=n)))
        return (rng.random(n) < p).astype(float), p

    y, p = draw(np.random.default_rng(99), 400_000)
    whole = measure(y, p, replicates=1)
    names = ("base_rate", "auc", "average_precision", "precision", "lift", "log_loss", "brier")
    truth = {name: getattr(whole, name).value for name in names} | {"bias": 0.0}
    coverage = _coverage(draw, truth | {"calibration_error": 0.0})
    assert min(coverage.values()) >= LOWEST_COVERAGE, coverage


def test_calibration_error_interval_holds_a_true_error() -> None:
    """The interval of the calibration error holds a true error of 0.1 at least 90 % of the time."""

    def draw(rng: np.random.Generator) -> tuple[Array, Array]:
        p = rng.uniform(0.05, 0.4, 400)
        return (rng.random(400) < p).astype(float), p + 0.1

    coverage = _coverage(draw, {"calibration_error": 0.1, "bias": 0.1})
    assert min(coverage.values()) >= LOWEST_COVERAGE, coverage


@pytest.mark.parametrize("weighted", [False, True])
def test_recall_and_skill_by_their_definitions(weighted: bool) -> None:
    """Recall is the list's share of all defects; skill compares losses with those of the rate."""
    rng = np.random.default_rng(8)
    p = rng.beta(1, 4, 300)
    y = (rng.random(300) < p).astype(float)
    w = rng.integers(1, 4, 300).astype(float) if weighted else np.ones(300)
    found = measure(y, p, w, share=0.2, replicates=2)
    rate = np.average(y, weights=w)
    brier, log_loss = (
        sk.brier_score_loss(y, np.full(300, rate), sample_weight=w),
        sk.log_loss(y, np.full(300, rate), sample_weight=w),
    )
    assert found.brier_skill.value == pytest.approx(1 - (found.brier.value or 0) / brier)
    assert found.log_loss_skill.value == pytest.approx(1 - (found.log_loss.value or 0) / log_loss)
    assert found.recall.value == pytest.approx(0.2 * (found.lift.value or 0))
    seen = np.repeat(y[np.argsort(-p)], w[np.argsort(-p)].astype(int))
    room = 0.2 * seen.size
    listed = seen[: int(room)].sum() + (room % 1) * seen[int(room)]
    assert found.recall.value == pytest.approx(listed / seen.sum())


def test_the_rate_itself_has_no_skill() -> None:
    """Giving everyone the base rate has a skill of 0; a perfect forecast one of 1."""
    y = [1, 0, 0, 0]
    assert measure(y, [0.25] * 4).brier_skill.value == pytest.approx(0)
    assert measure(y, [0.25] * 4).log_loss_skill.value == pytest.approx(0)
    assert measure(y, y).brier_skill.value == pytest.approx(1)
    assert measure([1, 1], [0.5, 0.5]).brier_skill.absent == "one_class"


def test_where_an_interval_surely_lies() -> None:
    """All of it above or below a bound; a withheld figure lies nowhere, and says why it is."""
    figure = Figure(0.5, 0.4, 0.6, 90)
    assert (figure.surely_above(0.3), figure.surely_above(0.4)) == (True, False)
    assert (figure.surely_below(0.7), figure.surely_below(0.6)) == (True, False)
    for withheld in (Figure.withheld(3), Figure.of_few(3), Figure.of_few(0)):
        assert not withheld.surely_above(-1)
        assert not withheld.surely_below(2)
    assert [Figure.of_few(n).absent for n in (0, 3)] == ["no_cases", "too_few"]
