"""Tests of the design: the frontier, its multipliers and its quotas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.spot_check.design import LEAST_FLOOR, Design, Quotas, without_quotas

RISKS = np.random.default_rng(3).beta(1, 9, 3000)


def held(risk: np.ndarray, size: int, least: float, most: float) -> Design:
    """A design of ten equal cells in two units, each with the same quota."""
    cell = np.arange(len(risk)) % 10
    counts = np.bincount(cell).astype(float)
    quotas = Quotas(
        size,
        np.minimum(least, counts),
        np.minimum(most, counts),
        np.zeros(2),
        np.full(2, float(len(risk))),
        np.arange(10) % 2,
    )
    return Design.of(risk, cell, quotas)


@pytest.mark.parametrize("mu", [0.01, 10.0, 1e3, 1e5])
def test_no_exchange_of_chances_is_better(mu: float) -> None:
    """At the optimum the gain of a little more chance is equal for all cases inside the bounds."""
    design = without_quotas(RISKS, 150)
    pi = design.probabilities(mu)
    inside = (pi > design.least_pi * 1.001) & (pi < 0.999)
    gain = mu * RISKS + design.variance / pi**2
    assert pi.sum() == pytest.approx(150)
    assert np.ptp(gain[inside]) <= 1e-6 * abs(gain[inside]).max()
    assert (gain[pi >= 1] >= gain[inside].max() - 1e-6 * gain[inside].max()).all()


def test_the_frontier_trades_defects_for_variance() -> None:
    """As mu grows, defects and variance both grow."""
    design = without_quotas(RISKS, 150)
    points = [design.probabilities(mu) for mu in (0.01, 30.0, 300.0, 3e3, 1e5)]
    defects = [design.expected_defects(pi) for pi in points]
    variances = [design.anticipated_variance(pi) for pi in points]
    assert defects == sorted(defects)
    assert variances == sorted(variances)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_search_share_is_a_share_of_the_defects(share: float) -> None:
    """It says how far expected defects lie between the two ends of the frontier."""
    design = without_quotas(RISKS, 150)
    ends, asked = (
        [design.expected_defects(design.at_search_share(one)) for one in shares]
        for shares in ((0.0, 1.0), (share,))
    )
    assert asked[0] == pytest.approx(ends[0] + share * (ends[1] - ends[0]), rel=0.002)


def test_a_thinned_search_for_the_frontier_comes_to_the_same_point() -> None:
    """On 120,000 cases the point found on a part of them is the point wanted, to 1 %."""
    risks = np.random.default_rng(4).beta(1, 9, 120_000)
    design = without_quotas(risks, 5000)
    wanted = 2 * design.least_variance()
    pi = design.at_variance(wanted)
    assert pi.sum() == pytest.approx(5000)
    assert design.anticipated_variance(pi) == pytest.approx(wanted, rel=0.01)


@given(
    risks=st.lists(st.floats(0, 1), min_size=20, max_size=60),
    size=st.integers(1, 60),
    share=st.floats(0, 1),
)
def test_any_risks_give_probabilities_that_add_up(
    risks: list[float], size: int, share: float
) -> None:
    """Whatever the risks, certain ones and ties included, the sum is the size."""
    size = min(size, len(risks) - 1)
    pi = without_quotas(np.array(risks), size).at_search_share(share)
    assert pi.sum() == pytest.approx(size, abs=1e-6)
    assert (pi > 0).all()
    assert (pi <= 1).all()


@pytest.mark.parametrize(
    ("least", "most"), [(12.0, 20.0), (15.0, 15.0), (0.0, 16.0), (10.0, 300.0)]
)
def test_quotas_bind_without_moving_the_size(least: float, most: float) -> None:
    """Every cell's expected number keeps its quota, and they add up to the size."""
    design = held(np.sort(RISKS), 150, least, most)
    for share in (0.0, 0.5, 1.0):
        pi = design.at_search_share(share)
        cells = np.bincount(design.cell, pi)
        assert pi.sum() == pytest.approx(150)
        assert (cells >= least - 1e-6).all()
        assert (cells <= most + 1e-6).all()


def test_no_chance_falls_below_the_floor() -> None:
    """Even at the search end each case keeps a hundredth of its chance in a random draw."""
    pi = without_quotas(RISKS, 150).at_search_share(1.0)
    assert pi.min() >= LEAST_FLOOR * 150 / 3000 * (1 - 1e-9)
