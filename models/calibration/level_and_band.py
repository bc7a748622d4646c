"""Scores into probabilities at the present level, with a band for the frequency that comes true.

`fit_calibration` learns from scores that were given before the outcome was known. In month t

    log-odds of case i  =  a(t) + b(t) (score(i) - centre) + m(t) + u(group, t)

where level `a` and slope `b` are random walks over calendar time, `m` is particular to the month
(the local level model, Harvey 1989, Forecasting, Structural Time Series Models and the Kalman
Filter, section 2.3) and `u` to a group of like score in that month, beyond chance. So the level
is that of many weeks, however many cases were decided on the last day, and old cases fade as fast
as the level was seen to move.

Months and fifths of the scores make cells. Each cell gives one working observation of its
log-odds (marginal quasi-likelihood, Breslow and Clayton 1993, JASA 88, section 2.2), and what
follows is a normal model in closed form. All are taken around the present level, so that it is
right on the scale of shares: averages of each month's log-odds would be too low where a month has
few defects. How far the level moves, and months and groups differ,
is averaged over a small grid, weighted by how likely each makes what was seen and by exponential
priors on the spreads (Simpson et al. 2017, Statistical Science 32).

The band is for the frequency among the cases of a quarter that have this risk: it holds what is
not known of level and slope, how far the level may move from the newest case on, and what months
and groups differ by, averaged over three months.

Weights are those of the survey, 1 / inclusion probability. A draw mostly picks by risk, which the
score holds already, and correcting for that again would rest the level on the few low risks that
were drawn. So each weight is divided by the mean weight of its group: what is left corrects for
what was picked by and is not in the score (Pfeffermann and Sverchkov 1999, Sankhya B 61). It enters
as pseudo-likelihood, scaled month by month to the information the cases really hold: sum(w v)^2 /
sum(w^2 v) with v = p (1 - p) (the sandwich variance, Binder 1983, International Statistical Review
51).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, logit

from cases.numeric import Floats, Ints

# Priors, all in log-odds.
LEVEL_SPREAD = 1.0  # of the first level: loose, so that the cases set it
SLOPE_SPREAD = 0.3  # of the slope around 1
SLOPE_WALK = 0.3  # variance of the slope's walk, as a share of the level's
WALKS = (0.05, 0.1, 0.2, 0.4, 0.8)  # spread of the level's movement in a year
MONTHLY = (0.0, 0.2, 0.4)  # spread of what is particular to a month
BETWEEN = (0.0, 0.2, 0.4)  # spread of what is particular to a group in a month
USUAL_SPREAD = 1.0  # mean of the exponential prior on each of these spreads

GROUPS = 5  # of like score, as many cases in each
MONTHS_A_YEAR, MOST_MONTHS = 12, 36  # what is older counts as the oldest month
BAND_MONTHS = 3  # a band is for the cases of a quarter
LEAST_SLOPE = 0.05  # the order of the scores is never turned round
STEPS, LARGEST_STEP, CLOSE = 50, 1.0, 1e-3  # of the search for the mode
Z_BAND = 1.6448536269514722  # 95 % quantile of the normal distribution: a band of 90 %
MICROSECONDS_A_YEAR = 365.25 * 86_400e6
VARIANCES = ("level_variance", "slope_variance", "walk", "monthly", "between")


@dataclass(frozen=True)
class Calibration:
    """What `fit_calibration` found, as it stands at `newest`, the moment of the newest case.

    `level` are the log-odds of a case whose score is `centre`; `slope` is by how much log-odds
    rise with the score. The variances and `covariance` are those of both; `walk` is what the
    level's variance gains in a year; `monthly` and `between` are the variances of what is
    particular to a month, and to a group of like score in a month.
    """

    centre: float
    level: float
    slope: float
    level_variance: float
    slope_variance: float
    covariance: float
    walk: float
    monthly: float
    between: float
    newest: datetime

    def probability(self, score: Floats) -> Floats:
        """Of each score, at the present level; it rises with the score."""
        return np.asarray(expit(self.log_odds(score)))

    def band(self, score: Floats, moment: pl.Series) -> tuple[Floats, Floats]:
        """Lowest and highest frequency to expect among a quarter's cases of a score, 90 % sure.

        The farther a case's `moment` lies after `newest`, the further the level may have moved.
        """
        x, years = score - self.centre, np.maximum(0.0, _years(moment, self.newest))
        state = self.level_variance + 2 * x * self.covariance + x**2 * self.slope_variance
        moved = self.walk * years * (1 + SLOPE_WALK * x**2)
        particular = (self.monthly + self.between) / BAND_MONTHS
        half = Z_BAND * np.sqrt(state + moved + particular)
        log_odds = self.log_odds(score)
        return np.asarray(expit(log_odds - half)), np.asarray(expit(log_odds + half))

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, to the bit."""
        return asdict(self) | {"newest": self.newest.isoformat()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Self:
        """The calibration that `as_json` described; `ValueError` or `KeyError` for another."""
        names = [field.name for field in fields(cls) if field.name != "newest"]
        numbers = {name: float(saved[name]) for name in names}
        found = cls(**numbers, newest=datetime.fromisoformat(saved["newest"]))
        variances = [value for name, value in numbers.items() if name in VARIANCES]
        definite = found.covariance**2 <= found.level_variance * found.slope_variance
        if not (np.isfinite(list(numbers.values())).all() and found.slope > 0):
            raise ValueError("a calibration has finite numbers and a slope above 0")
        if not (min(variances) >= 0 and definite):
            raise ValueError("the variances of a calibration are those of no two numbers")
        return found

    def log_odds(self, score: Floats) -> Floats:
        """Of each score, at the present level; they rise with it by `slope`."""
        return self.level + self.slope * (score - self.centre)


def fit_calibration(
    score: Floats, y: Floats, weight: Floats, moment: pl.Series, offset: Floats | None = None
) -> Calibration:
    """Level, slope and what a band needs, from scores given before the outcome was known.

    Arrays of shape (n,): log-odds `score`, outcome `y` (0 or 1), survey `weight` (positive),
    the `moment` a case was asked about, and what is known to have been added to its log-odds
    (`offset`), such as a reviewer's severity.

    >>> from datetime import timedelta
    >>> score, rare = np.zeros(4_000), np.arange(4_000) % 4 == 0
    >>> day = pl.Series([datetime(2024, 1, 1) + timedelta(hours=i) for i in range(4_000)])
    >>> found = fit_calibration(score, rare.astype(float), np.ones(4_000), day)
    >>> round(float(found.probability(np.zeros(1))[0]), 2)
    0.25
    """
    scored = _scored(score, y, weight, moment, offset)
    cells = _at_the_mode(scored)
    grid = itertools.product(WALKS, MONTHLY, BETWEEN)
    found = _averaged([_state(cells, Spread(*np.square(spreads))) for spreads in grid])
    return Calibration(
        centre=scored.centre,
        level=scored.start + float(found.mean[0]),
        slope=max(LEAST_SLOPE, 1 + float(found.mean[1])),
        level_variance=float(found.covariance[0, 0]),
        slope_variance=float(found.covariance[1, 1]),
        covariance=float(found.covariance[0, 1]),
        walk=float(found.spread.walk),
        monthly=float(found.spread.monthly),
        between=float(found.spread.between),
        newest=_newest(moment),
    )


class Spread(NamedTuple):
    """Variances: the level's movement in a year, and what a month and a group differ by."""

    walk: float
    monthly: float
    between: float


START = Spread(walk=0.2**2, monthly=0.1**2, between=0.1**2)  # where observations are linearised


class Scored(NamedTuple):
    """Scored cases, with the cell and month of each; `expected` are log-odds to start from."""

    x: Floats  # score less `centre`
    y: Floats
    weight: Floats
    expected: Floats
    cell: Ints
    month: Ints
    time: Floats  # of each month's cases, in years since the first case
    month_of_cell: Ints
    centre: float
    start: float
    span: float  # years from the first case to the newest


class Cells(NamedTuple):
    """Working observations of log-odds beyond `Scored.expected`, shape (cells,)."""

    time: Floats
    x: Floats
    beyond: Floats
    variance: Floats
    span: float


class State(NamedTuple):
    """Level and slope at the newest case, both beyond what was expected, under one spread.

    `evidence` is the log of how likely the observations and the spread are, but for a constant.
    """

    evidence: float
    mean: Floats
    covariance: Floats
    spread: Spread


def _scored(
    score: Floats, y: Floats, weight: Floats, moment: pl.Series, offset: Floats | None
) -> Scored:
    age = -_years(moment, _newest(moment))
    span = float(age.max())
    months = np.minimum(age * MONTHS_A_YEAR, MOST_MONTHS).astype(np.int64)
    month = np.unique(months, return_inverse=True)[1]
    edges = np.quantile(score, np.arange(1, GROUPS) / GROUPS)
    group = np.unique(np.searchsorted(edges, score, side="right"), return_inverse=True)[1]
    cells, cell = np.unique(month * GROUPS + group, return_inverse=True)
    centre = float(np.average(score, weights=weight))
    # Half a case of either outcome more, so that the log-odds are finite.
    start = float(logit((weight @ y + 0.5 * weight.mean()) / (weight.sum() + weight.mean())))
    x = score - centre
    return Scored(
        x,
        y,
        weight / (np.bincount(group, weight) / np.bincount(group))[group],
        start + x + (0.0 if offset is None else offset),
        cell,
        month,
        span - np.bincount(month, age) / np.bincount(month),
        cells // GROUPS,
        centre,
        start,
        span,
    )


def _at_the_mode(scored: Scored) -> Cells:
    """The working observations around the present level and slope, found by Fisher scoring."""
    now = np.zeros(2)
    for _step in range(STEPS):
        cells = _observed(scored, *now)
        # Where scores are far off, a whole step would leap beyond the mode.
        step = np.clip(_state(cells, START).mean - now, -LARGEST_STEP, LARGEST_STEP)
        now += step
        if np.abs(step).max() < CLOSE:
            break
    return cells


def _observed(scored: Scored, level: float, slope: float) -> Cells:
    """The working observation of each cell: log-odds so far, and what was seen beyond them."""
    p = expit(scored.expected + level + slope * scored.x)
    information = scored.weight * p * (1 - p)
    # Scaled so that a month's information is the inverse of its score's sandwich variance.
    real = np.bincount(scored.month, information) / np.bincount(
        scored.month, scored.weight * information
    )
    scale = real[scored.month]

    def added(values: Floats) -> Floats:
        return np.bincount(scored.cell, scale * values).astype(np.float64)

    total = added(information)
    x = added(information * scored.x) / total
    seen = added(scored.weight * (scored.y - p)) / total
    time = scored.time[scored.month_of_cell]
    return Cells(time, x, level + slope * x + seen, 1 / total, scored.span)


def _covariance(cells: Cells, spread: Spread) -> Floats:
    """Of the working observations, shape (cells, cells)."""
    moved = spread.walk * np.minimum.outer(cells.time, cells.time)
    slope = (SLOPE_SPREAD**2 + SLOPE_WALK * moved) * np.multiply.outer(cells.x, cells.x)
    chance: Floats = np.diag(spread.between + cells.variance)
    same_month = np.equal.outer(cells.time, cells.time).astype(np.float64)
    return LEVEL_SPREAD**2 + moved + spread.monthly * same_month + slope + chance


def _state(cells: Cells, spread: Spread) -> State:
    """Level and slope at the newest case given the observations (Gaussian regression)."""
    factor = cho_factor(_covariance(cells, spread), lower=True)
    # Covariances of level and slope at the newest case with the observations, and their own.
    moved = spread.walk * cells.time
    level = LEVEL_SPREAD**2 + moved
    slope = (SLOPE_SPREAD**2 + SLOPE_WALK * moved) * cells.x
    shared = np.stack([level, slope])
    now = spread.walk * cells.span
    own = np.diag([LEVEL_SPREAD**2 + now, SLOPE_SPREAD**2 + SLOPE_WALK * now])
    weighed = cho_solve(factor, cells.beyond)
    likelihood = -0.5 * cells.beyond @ weighed - np.log(np.diag(factor[0])).sum()
    prior = -sum(np.sqrt(spread)) / USUAL_SPREAD
    covariance = own - shared @ cho_solve(factor, shared.T)
    return State(float(likelihood + prior), shared @ weighed, covariance, spread)


def _averaged(states: list[State]) -> State:
    """The mixture of all states, each as likely as its evidence says: its mean and covariance."""
    evidence = np.array([state.evidence for state in states])
    likely = np.exp(evidence - evidence.max())
    share = likely / likely.sum()
    mean = share @ np.array([state.mean for state in states])
    apart = np.array([state.mean for state in states]) - mean
    within = np.tensordot(share, [state.covariance for state in states], axes=1)
    spread = Spread(*(share @ np.array([state.spread for state in states])))
    return State(evidence.max(), mean, within + (share[:, None] * apart).T @ apart, spread)


def _newest(moment: pl.Series) -> datetime:
    newest = moment.max()
    if not isinstance(newest, datetime):
        raise ValueError("there is no case to calibrate on")
    return newest


def _years(moment: pl.Series, since: datetime) -> Floats:
    """Years from `since` to each moment."""
    passed = moment.to_numpy() - np.datetime64(since, "us")
    return np.asarray(passed / np.timedelta64(1, "us") / MICROSECONDS_A_YEAR, dtype=np.float64)
