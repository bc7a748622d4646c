"""How severe each reviewer is, estimated from cases that can be compared.

Different reviewers see different cases, so their grades alone cannot tell a severe reviewer
from a reviewer of worse cases. On a case that two of them graded they can: the case is the
same. On cases that concern the same subject they can as well, as far as these are alike.

Only differences within such a group count, so that the group's own level drops out. Where
reviewers A and B grade alike a share r_k of the cases beyond a step k between two grades, their
ranks differ in the mean by

    sum over k of  expit(logit r_k + m_k d / 2) - expit(logit r_k - m_k d / 2),    d = s_A - s_B,

with severities s in log-odds of a defect (proportional odds, McCullagh 1980, Journal of the
Royal Statistical Society B 42, of shares over all cases, which makes m_k differ from 1). How
alike the readings of a group are, of one case and of one subject apart, is estimated from how far
they differ; it says how much a difference weighs.

Severities have a t distribution about 0: most reviewers are near the average, and one who is
far from it is drawn in little (Lange, Little and Taylor 1989, JASA 84).
How wide it is, the spread, is not fixed: every spread of a grid counts as much as its marginal
likelihood says (Laplace's approximation; prior uniform in the spread, Gelman 2006, Bayesian
Analysis 1), so that intervals also hold what is not known of the spread.

Assumed are that a case is not read again because of its first grade, that within a subject cases
do not go to a reviewer for what is in them, and that a reviewer is as severe at every step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.csgraph import connected_components
from scipy.special import expit, logit
from scipy.stats import t as student

from cases.numeric import Floats, Z

FEWEST_SHARED = 20  # comparable cases of a reviewer; with fewer, no severity is given
SPREADS = np.geomspace(0.03, 2.0, 18)  # log-odds; from as good as equal to nothing in common
FREEDOM = 8  # degrees of freedom of the prior
TWO_IN_THREE = float(student.ppf(5 / 6, FREEDOM))  # spreads within which two in three lie
WEIGHT_OF_ALL = 10  # cases that the rates of all count for in those of two reviewers
STEPS = 100  # of the search for the likeliest severities, at most
MOST_MOVED = 2.0  # times as much as a defect, that the log-odds of another step move
FLATTEST = 0.2  # part of the pull of the prior that is its precision, at least
LARGEST_STEP, CLOSE = 1.0, 1e-4  # log-odds
FIGURES = ("severity", "low", "high")


@dataclass(frozen=True)
class Spread:
    """How far reviewers differ: two in three of `reviewers` lie within `value` of the average.

    In log-odds, the median with its 95% interval, what is not known of severities included.
    """

    value: float
    low: float
    high: float
    reviewers: int


@dataclass(frozen=True)
class Severities:
    """What is known of each reviewer, how far they differ, and how alike the cases compared are.

    - `by_reviewer`, sorted by `reviewer`: `shared` (cases that another reviewer graded, or
      whose subject has cases that another graded), and `severity, low, high`: by how much harder
      than the average reviewer they grade, in log-odds of a defect, with the 95% interval. The
      three are null where too little is known: fewer than `FEWEST_SHARED` cases, outside the
      largest group of reviewers linked by cases, or if that group never differed.
    - `spread` is None where no severity could be estimated.
    - `likeness` of the readings of a case and of a subject ("case", "subject"), as far as there
      are any: 1 if they are always the same, 0 if they differ as those of any two cases.
    """

    by_reviewer: pl.DataFrame
    spread: Spread | None
    likeness: dict[str, float]


@dataclass(frozen=True)
class _Compared:
    """Readings of one `alike` by pairs of reviewers, each array of shape (reviewers, reviewers).

    `weight` is in readings, `gap` the mean rank of the first less that of the second, `slack`
    the variance of a gap of weight 1 and `rates` (steps, reviewers, reviewers) the logits of
    the shares beyond each step; `moved` (steps, 1, 1) is that of `_moved`, `unlike` 1 less the
    likeness.
    """

    weight: Floats
    gap: Floats
    slack: Floats
    rates: Floats
    moved: Floats
    unlike: float


def severities(readings: pl.DataFrame) -> Severities:
    """What `readings` (see `training.readings.like_readings`) say about the reviewers in them."""
    shared = readings.group_by("reviewer").agg(shared=pl.col("case_id").n_unique())
    shared = shared.sort("reviewer")
    # Only reviewers who are linked by groups can be compared with each other.
    linked = readings.filter(pl.col("reviewer").is_in(_linked(readings).implode()))
    reviewers = linked["reviewer"].unique().sort()
    compared = {
        str(alike): _compare(part, reviewers)
        for (alike,), part in linked.group_by("alike", maintain_order=True)
        if (part.group_by("group").agg(pl.col("rank").n_unique())["rank"] > 1).any()
    }
    if not compared:
        nothing = [pl.lit(None, pl.Float64).alias(name) for name in FIGURES]
        return Severities(shared.with_columns(nothing), None, {})
    severity, deviation, chances = _estimate(list(compared.values()))
    margin = Z * deviation
    figures = pl.DataFrame(
        dict(zip(FIGURES, (severity, severity - margin, severity + margin), strict=True))
    )
    by_reviewer = shared.join(
        figures.with_columns(reviewer=reviewers), on="reviewer", how="left", maintain_order="left"
    )
    enough = pl.col("shared") >= FEWEST_SHARED
    return Severities(
        by_reviewer.with_columns(pl.when(enough).then(name).alias(name) for name in FIGURES),
        _spread(chances, len(reviewers)),
        {alike: 1 - part.unlike for alike, part in compared.items()},
    )


def _linked(readings: pl.DataFrame) -> pl.Series:
    """The largest set of reviewers who are linked by groups, directly or through others."""
    ends = readings.select(pl.struct("alike", "group").rank("dense"), pl.col("reviewer"))
    if ends.is_empty():
        return ends["reviewer"]
    reviewer, group = ends["reviewer"].rank("dense").to_numpy() - 1, ends["alike"].to_numpy() - 1
    reviewers = reviewer.max() + 1
    nodes = reviewers + group.max() + 1
    links = coo_array((np.ones(len(ends)), (reviewer, reviewers + group)), shape=(nodes, nodes))
    part = connected_components(links, directed=False)[1]
    largest = np.bincount(part[:reviewers]).argmax()
    return ends["reviewer"].filter(pl.Series(part[reviewer] == largest)).unique()


def _compare(readings: pl.DataFrame, reviewers: pl.Series) -> _Compared:
    """The readings of one `alike`, by pairs of `reviewers`.

    A group of m readings has the weight n_A n_B / m for reviewers with n_A and n_B of them, which
    makes sums over pairs sums of squares within groups. All come from sums by group and reviewer.
    """
    group = readings["group"].rank("dense").to_numpy() - 1
    reviewer = reviewers.search_sorted(readings["reviewer"]).to_numpy()
    rank = readings["rank"].to_numpy()
    shape = (group.max() + 1, len(reviewers))
    sizes = diags_array(1 / np.bincount(group))

    def sums(value: Floats) -> csr_array:
        return csr_array(coo_array((value, (group, reviewer)), shape=shape))

    def together(one: csr_array, other: csr_array) -> Floats:
        return np.asarray((one.T @ sizes @ other).toarray())

    number, ranks = sums(np.ones(len(rank))), sums(rank.astype(np.float64))
    weight = together(number, number)
    np.fill_diagonal(weight, 0)  # nobody is compared with themselves
    per_weight = np.divide(1, weight, out=np.zeros_like(weight), where=weight > 0)
    lead, square = together(ranks, number), together(sums(rank**2.0), number)
    squared = (square + square.T - 2 * together(ranks, ranks)) * per_weight
    steps = [rank >= step for step in range(1, rank.max() + 1) if (rank < step).any()]
    beyond = [sums(each.astype(np.float64)) for each in (*steps, readings["y"].to_numpy() == 1)]
    found = [together(each, number) for each in beyond]
    shares = _rates(np.array([(one + one.T) / 2 * per_weight for one in found]), weight)
    apart = [
        (one + one.T - 2 * together(each, each))[weight > 0].sum()
        for one, each in zip(found, beyond, strict=True)
    ]
    moved = _moved(np.array(apart), (weight * shares * (1 - shares)).sum(axis=(1, 2)))
    rates = shares[:-1]
    variance = _variance(rates)
    unlike = float((weight * squared).sum() / (2 * weight * variance).sum())
    gap = (lead - lead.T) * per_weight
    return _Compared(weight, gap, unlike * variance, logit(rates), moved, unlike)


def _moved(apart: Floats, variance: Floats) -> Floats:
    """By how much a severity moves the log-odds of each step, where those of a defect move by 1.

    Both of shape (steps + 1,), the last for defects: how often two readings of a group disagree
    about it, and the variance of the share. Of cases with probabilities p, a severity moves the
    share by the mean of p (1 - p), half of the chance that two readings, independent given the
    case, disagree; the log-odds of the share move by that over its variance.
    """
    if not apart[-1]:
        return np.ones((len(apart) - 1, 1, 1))
    moves = apart / variance
    return np.asarray((moves[:-1] / moves[-1]).clip(1 / MOST_MOVED, MOST_MOVED)[:, None, None])


def _rates(rates: Floats, weight: Floats) -> Floats:
    """Shares beyond each step by pairs of reviewers, those of few cases drawn to the share of all.

    Without it a chance finding would raise both a gap and the rate by which it is judged.
    """
    of_all = (rates * weight).sum(axis=(1, 2)) / weight.sum()
    drawn = rates * weight + WEIGHT_OF_ALL * of_all[:, None, None]
    return np.asarray(drawn / (weight + WEIGHT_OF_ALL))


def _variance(rates: Floats) -> Floats:
    """The variance of a rank with these shares beyond each step (along the first axis)."""
    # A rank is the sum of its steps; beyond the higher of two steps is beyond both.
    both = np.array([[np.minimum(one, other) for one in rates] for other in rates])
    return np.asarray((both - rates[:, None] * rates[None, :]).sum(axis=(0, 1)))


def _estimate(compared: Sequence[_Compared]) -> tuple[Floats, Floats, Floats]:
    """Severities less their mean, their deviations, and the probability of each of `SPREADS`."""
    reviewers = len(compared[0].weight)
    centre = np.eye(reviewers) - 1 / reviewers
    severity = np.zeros(reviewers)
    evidence, means, variances = [], [], []
    for spread in SPREADS:
        severity, precision, fit = _most_likely(compared, severity, spread)
        # Laplace's approximation; the last term makes the prior uniform on a geometric grid.
        determinant = np.linalg.slogdet(precision)[1]
        evidence.append(fit - determinant / 2 - (reviewers - 1) * np.log(spread))
        means.append(centre @ severity)
        variances.append(np.diag(centre @ np.linalg.inv(precision) @ centre))
    chances = np.exp(np.array(evidence) - max(evidence))
    chances /= chances.sum()
    # Mean and variance of the mixture over spreads.
    mean = chances @ np.array(means)
    variance = chances @ (np.array(variances) + (np.array(means) - mean) ** 2)
    return mean, np.sqrt(variance), chances


def _most_likely(
    compared: Sequence[_Compared], severity: Floats, spread: float
) -> tuple[Floats, Floats, float]:
    """The severities of the highest posterior, its precision there and the log of its height.

    Gauss-Newton steps from `severity`. Far from the average the t prior bends the other way; there
    a small part of its pull stands for its precision, which stays positive.
    """
    width = FREEDOM * spread**2
    for _ in range(STEPS):
        pull = (FREEDOM + 1) / (width + severity**2)
        bend = ((width - severity**2) / (width + severity**2)).clip(FLATTEST)
        gradient, precision = -pull * severity, np.diag(pull * bend)
        for part in compared:
            expected, slope = _expected(part, severity)
            force = part.weight * slope / part.slack
            stiffness = force * slope
            gradient += (force * (part.gap - expected)).sum(axis=1)
            precision += np.diag(stiffness.sum(axis=1)) - stiffness
        step = np.linalg.solve(precision, gradient).clip(-LARGEST_STEP, LARGEST_STEP)
        severity = severity + step
        if abs(step).max() < CLOSE:
            break
    fit = -(FREEDOM + 1) / 2 * np.log1p(severity**2 / width).sum()
    for part in compared:
        left = part.gap - _expected(part, severity)[0]
        fit -= (part.weight * left**2 / part.slack).sum() / 4  # each pair stands there twice
    return severity, precision, float(fit)


def _expected(part: _Compared, severity: Floats) -> tuple[Floats, Floats]:
    """The gap in rank of every two reviewers, and by how much it grows with their difference."""
    half = part.moved * (severity[:, None] - severity) / 2
    harder, milder = expit(part.rates + half), expit(part.rates - half)
    slope = part.moved * (harder * (1 - harder) + milder * (1 - milder)) / 2
    return (harder - milder).sum(axis=0), slope.sum(axis=0)


def _spread(chances: Floats, reviewers: int) -> Spread:
    """The median of the spread and its 95% interval, as that within which two in three lie."""
    middle = chances.cumsum() - chances / 2
    levels = np.interp([0.025, 0.5, 0.975], middle, np.log(SPREADS))
    low, value, high = (TWO_IN_THREE * np.exp(levels)).tolist()
    return Spread(value, low, high, reviewers)
