"""A model that only ranks reviewers must be seen to; one that ranks cases must pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluation.backtests.strata import SMALLEST, Within, gained_between, within
from evaluation.statistics.metrics import Figure

REVIEWERS = 6


def reviewed(
    seed: int, case_signal: float, severity: float = 1.2, n: int = 1200, nameless: int = 0
) -> Within:
    """Cases of six reviewers; p knows each reviewer's severity and `case_signal` of the case.

    `nameless` cases more were reviewed by nobody knows whom.
    """
    rng = np.random.default_rng(seed)
    reviewer, case = rng.integers(0, REVIEWERS, n), rng.standard_normal(n)
    strict = severity * rng.standard_normal(REVIEWERS)[reviewer]
    y = rng.random(n) < 1 / (1 + np.exp(2 - strict - case_signal * case))
    known = strict + (case if case_signal else 0.1 * case)
    p = 1 / (1 + np.exp(2 - known))
    names = np.array([*(f"r{number}" for number in reviewer), *[None] * nameless], dtype=object)
    y, p = np.append(y, np.zeros(nameless)), np.append(p, np.zeros(nameless))
    return within(y, p, None, names, "reviewer", 0.1)


def test_the_reviewer_trap_is_seen() -> None:
    """Ranking reviewers looks good over all and no better than chance within them, and is said."""
    found = reviewed(1, case_signal=0.0)
    assert found.lift.low is not None
    assert found.lift.low > 1.3
    assert found.lift_within.low is not None
    assert found.lift_within.high is not None
    assert found.lift_within.low < 1 < found.lift_within.high
    assert found.signal is False
    assert found.strata_alone
    assert found.says.say("en").startswith("There is no case signal")
    assert "comes from distinguishing reviewers, not cases" in found.says.say("en")
    assert found.says.say("zh").startswith("没有可与偶然区分的案件信号")


def test_an_inconclusive_lift_is_no_proof() -> None:
    """On few cases of real signal, a lift within that may be 1 is said to tell nothing."""
    found = reviewed(6, case_signal=0.6, n=250)
    assert holds(found.lift_within, 1.0)
    assert found.signal is False
    assert not found.strata_alone
    assert "It cannot be known whether the lift over all cases" in found.says.say("en")
    assert "无法判断" in found.says.say("zh")


def test_few_of_the_cases_prove_nothing() -> None:
    """Where most cases have no reviewer, the others do not say what the model has learnt."""
    assert reviewed(1, case_signal=0.0, nameless=1201).left_out == 1201
    assert not reviewed(1, case_signal=0.0, nameless=1201).strata_alone
    assert reviewed(1, case_signal=0.0, nameless=1200).strata_alone


def test_interval_holds_where_there_is_no_case_signal() -> None:
    """Of 30 offices without case signal the intervals within reviewers hold chance in most."""
    found = [reviewed(seed, case_signal=0.0, n=300) for seed in range(30)]
    held = sum(holds(one.lift_within, 1.0) for one in found)
    ranked = sum(holds(one.auc_within, 0.5) for one in found)
    assert min(held, ranked) >= 25  # 95 % of 30 is 28.5, standard deviation 1.2


def holds(figure: Figure, truth: float) -> bool:
    """Whether the interval holds the truth."""
    assert figure.low is not None
    assert figure.high is not None
    return figure.low <= truth <= figure.high


def test_case_signal_is_seen() -> None:
    """A model that knows the case is said to distinguish cases."""
    found = reviewed(1, case_signal=1.0, severity=0.2)
    assert found.signal is True
    assert found.says.say("en").startswith("The model distinguishes cases of the same reviewer")
    assert "能区分同一评查员的案件" in found.says.say("zh")


def test_agrees_with_counting_pairs() -> None:
    """AUC and lift within strata equal pairs and lists counted one by one, weights included."""
    rng = np.random.default_rng(4)
    y, p = (rng.random(90) < 0.4).astype(float), np.round(rng.random(90), 1)
    w, unit = rng.uniform(0.5, 2, 90), np.array(["a", "b", "c"] * 30, dtype=object)
    found = within(y, p, w, unit, "unit", 0.2)
    right = pairs = listed = at_random = 0.0
    for name in "abc":
        own = np.flatnonzero(unit == name)
        for i in own:
            for j in own:
                if y[i] > y[j]:
                    pairs += w[i] * w[j]
                    right += w[i] * w[j] * ((p[i] > p[j]) + (p[i] == p[j]) / 2)
        room = 0.2 * w[own].sum()
        at_random += 0.2 * (w[own] * y[own]).sum()
        for value in sorted(set(p[own]), reverse=True):
            tied = own[p[own] == value]
            share = min(1.0, max(0.0, room / w[tied].sum()))
            listed += share * (w[tied] * y[tied]).sum()
            room -= share * w[tied].sum()
    assert found.auc_within.value == pytest.approx(right / pairs)
    assert found.lift_within.value == pytest.approx(listed / at_random)
    assert (found.strata, found.cases, found.left_out) == (3, 90, 0)


def test_small_and_nameless_strata_are_left_out() -> None:
    """Cases of nobody, or of a reviewer with too few, are counted as left out."""
    rng = np.random.default_rng(5)
    names = np.array(["a"] * 100 + ["b"] * (SMALLEST - 1) + [None] * 7, dtype=object)
    y, p = rng.integers(0, 2, names.size), rng.random(names.size)
    found = within(y, p, None, names, "reviewer", 0.1)
    assert (found.strata, found.cases, found.left_out) == (1, 100, SMALLEST + 6)


@pytest.mark.parametrize("named", [True, False])
def test_withheld(named: bool) -> None:
    """With too few cases, or outcomes that nowhere meet, nothing is claimed."""
    y = np.repeat([1, 0], 50)
    names = np.array(["a"] * 50 + ["b"] * 50 if named else [None] * 100, dtype=object)
    found = within(y, np.full(100, 0.5), None, names, "unit", 0.1)
    assert found.auc_within.absent == ("one_class" if named else "no_cases")
    assert found.says.say("en").startswith("Too few cases share a unit")
    assert not found.signal


@pytest.mark.parametrize(
    ("over", "inside", "part"),
    [
        ((3.0, 2.5, 3.5), (2.0, 1.5, 2.5), (0.5, 0.25, 0.75)),
        ((3.0, 2.5, 3.5), (3.2, 2.8, 3.6), (0.0, 0.0, 0.1)),
        ((3.0, 2.5, 3.5), (0.9, 0.6, 1.2), (1.0, 0.9, 1.0)),
        ((1.2, 0.9, 1.5), (1.1, 0.8, 1.4), None),
        ((3.0, 2.5, 3.5), (2.0, None, None), None),
    ],
)
def test_what_of_the_gain_lies_between_strata(
    over: tuple[float, float, float],
    inside: tuple[float, float | None, float | None],
    part: tuple[float, float, float] | None,
) -> None:
    """Of a lift of 3 over all and 2 within, half of the gain lies between strata."""
    lift, lift_within = (Figure(*figures, n=500) for figures in (over, inside))
    found = replace(reviewed(1, case_signal=0.0), lift=lift, lift_within=lift_within)
    gained = gained_between(found)
    assert (gained is None) == (part is None)
    if gained is not None:
        assert (gained.value, gained.low, gained.high) == pytest.approx(part)
