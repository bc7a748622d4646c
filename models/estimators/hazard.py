"""How much of something a case takes (days, work), as a hazard: a discrete-time survival model.

The scale is cut into periods. Of a case that reached a period, the hazard is the probability
that it ends there (Cox 1972; Singer and Willett 1993, It's about time, Journal of Educational
Statistics 18). So every case that was watched in a period says something, whether it ended or
not, and a case still open counts for as far as it has come.

1. *Size.* Ridge regression of the logarithm on the facts (`linear.py`), of what ended, weighted to
   stand for all cases (`duration.py`). Its answer is a fact among the others.
2. *Usual.* The hazard of every period, all cases together: the life table.
3. *Facts.* Boosted trees on a row per case and period (`boosting.py`), from the log-odds of the
   usual hazard: they say what facts, size and period change.

A case watched in a part of a period counts for that part (the actuarial correction). The
probability of reaching the end of a period is the product of 1 - hazard up to it; inside a
period it falls evenly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from scipy.special import expit, logit

from cases.numeric import Flags, Floats, Ints
from features.online.features import FeatureRows
from models.estimators.boosting import Trees, fit_trees
from models.estimators.duration import Spells, weighted_quantile
from models.estimators.estimator import TrainingSample
from models.estimators.linear import Linear, fit_log_amount
from models.matrix import Columns

PERIODS = 20  # as many ends in each; the last is cut finer, for it is the longest
LAST_CUTS = (0.975, 0.99)
POINT = 1e-9  # of the largest amount: how wide the period of a single amount is
ROUNDS = 100
MOST_ROWS = 100_000  # of cases and periods; of more cases every second, third ... is taken
LEAST = 0.01  # of the mean: a smaller amount counts as this much, so that it has a logarithm
PERIOD, SIZE, RELATIVE = "period", "size", "relative"  # what a row has next to the case's facts


@dataclass(frozen=True)
class Curves:
    """How far cases will come: the share of each that reaches `grid`, falling from 1 to 0.

    `grid` has the shape (periods + 1,) and starts at 0, `reach` the shape (cases, periods + 1).
    `centre`, shape (periods,), is the mean of what ends within a period.
    """

    grid: Floats
    centre: Floats
    reach: Floats

    def expected(self) -> Floats:
        """The expectation per case, shape (cases,)."""
        return np.asarray(-np.diff(self.reach) @ self.centre)

    def rank(self, amount: Floats) -> Floats:
        """The probability that each case has ended by its `amount`; shapes (cases,).

        Where many end at one amount, the probability that is nearest to a half of those before
        and after it.
        """
        right = np.clip(np.searchsorted(self.grid, amount, side="right"), 1, len(self.grid) - 1)
        case, left = np.arange(len(amount)), right - 1
        part = np.clip((amount - self.grid[left]) / (self.grid[right] - self.grid[left]), 0, 1)
        before, after = 1 - self.reach[case, left], 1 - self.reach[case, right]
        within = before + part * (after - before)
        at_one = self._at_one[left] & (amount <= self.grid[right])
        return np.where(at_one, np.clip(0.5, before, after), within)

    def quantile(self, q: float) -> Floats:
        """The amount by which each case has ended with probability `q` (between 0 and 1)."""
        ended = 1 - self.reach
        right = np.maximum((ended < q).sum(axis=1), 1)
        case, left = np.arange(len(ended)), right - 1
        part = (q - ended[case, left]) / (ended[case, right] - ended[case, left])
        part = np.where(self._at_one[left], 0.0, part)
        return np.asarray(self.grid[left] + part * (self.grid[right] - self.grid[left]))

    @property
    def _at_one(self) -> Flags:
        """Whether a period is a single amount, shape (periods,)."""
        return np.asarray(np.diff(self.grid) < 2 * POINT * self.grid[-1])


@dataclass(frozen=True)
class HazardModel:
    """A fitted hazard. `usual` is the log-odds of each period, shape (periods,); see `Curves`."""

    size: Linear
    trees: Trees
    grid: Floats
    centre: Floats
    usual: Floats

    def curves(self, x: FeatureRows) -> Curves:
        """How far each case will come, by its facts in `x`."""
        periods = len(self.usual)
        case = np.repeat(np.arange(x.height), periods)
        period = np.tile(np.arange(periods), x.height)
        matrix = self.size.columns.matrix(x)
        facts = _facts(matrix, self.size.raw_of(matrix), self.grid, case, period)
        hazard = expit(self.trees.raw_of(facts).reshape(-1, periods) + self.usual)
        hazard[:, -1] = 1.0  # nothing goes beyond what was ever seen
        reach = np.cumprod(1 - hazard, axis=1)
        return Curves(self.grid, self.centre, np.column_stack([np.ones(x.height), reach]))

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads back, with `text`."""
        arrays = {name: getattr(self, name).tolist() for name in ARRAYS}
        return {"size": self.size.as_json(), "trees": self.trees.as_json()} | arrays

    def text(self) -> str:
        """The text of the trees."""
        return self.trees.text()

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], text: str) -> HazardModel:
        """The model that `as_json` and `text` described, to the bit.

        `ValueError`, `KeyError` or `TypeError` if they describe none.
        """
        size = Linear.from_json(saved["size"])
        trees = Trees.from_json(saved["trees"], text)
        if trees.columns != _with_periods(size.columns):
            raise ValueError("size and hazard read different facts")
        arrays = {name: np.array(saved[name], dtype=np.float64) for name in ARRAYS}
        model = cls(size, trees, **arrays)
        periods = len(model.usual)
        shapes = [array.shape for array in arrays.values()]
        if not periods or shapes != [(periods + 1,), (periods,), (periods,)]:
            raise ValueError("the periods do not stand by their ends")
        if not np.isfinite(np.concatenate(list(arrays.values()))).all():
            raise ValueError("a number of the hazard is not finite")
        if model.grid[0] != 0 or not (np.diff(model.grid) > 0).all():
            raise ValueError("the periods do not follow each other")
        return model


ARRAYS = ("grid", "centre", "usual")


def fit_hazard(
    names: Sequence[str], x: pl.DataFrame, spells: Spells, rounds: int = ROUNDS
) -> HazardModel:
    """The hazard by the facts called `names` in `x`, from the `spells` of its cases.

    Some of them must have ended, with more than 0.
    """
    share = spells.shares()
    ended = share > 0
    amount, share = spells.last[ended], share[ended] / share.sum()
    # Step 1: the size.
    least = max(LEAST * float(np.average(amount, weights=share)), np.finfo(float).tiny)
    of_those = x.filter(pl.Series(ended))
    columns = Columns.learn(x, names)
    size = fit_log_amount(columns, of_those, np.maximum(amount, least), share)
    grid = _grid(amount, share)
    # Step 2: the life table.
    case, period, y, weight = person_periods(spells, grid)
    periods = len(grid) - 1
    counted = np.bincount(period, weight, minlength=periods)
    ends = np.bincount(period, weight * y, minlength=periods)
    usual = logit((ends + 0.5) / (counted + 1))
    # Step 3: trees, from its log-odds.
    matrix = columns.matrix(x)
    facts = _facts(matrix, size.raw_of(matrix), grid, case, period)
    every = np.ones(len(y), dtype=bool)
    sample = TrainingSample(x[case], y.astype(np.float64), weight, every, read=facts)
    sample = replace(sample, offset=usual[period] - sample.level)
    trees = fit_trees(_with_periods(columns), sample, rounds, {})
    return HazardModel(size, trees, grid, _centre(amount, share, grid), usual - sample.level)


def person_periods(spells: Spells, grid: Floats) -> tuple[Ints, Ints, Flags, Floats]:
    """A row per case and period in which it was watched: case, period, whether it ended, weight.

    At most about `MOST_ROWS`.
    """
    low, high = grid[:-1], grid[1:]
    case = np.flatnonzero((spells.weight > 0) & (spells.last > spells.start))
    reached = np.searchsorted(low, spells.last[case], side="right")
    passed = np.searchsorted(high, spells.start[case], side="right")
    case = case[:: max(1, -(-int((reached - passed).sum()) // MOST_ROWS))]
    start, last = spells.start[case, None], spells.last[case, None]
    first = np.maximum(start, low)
    watched = (np.minimum(last, high) - first) / (high - low)
    ended = spells.ended[case, None] & (last >= first) & (last < high)
    row, period = np.nonzero((watched > 0) | ended)
    # What ended in a period counts once; what did not, for the part in which it was watched.
    y = ended[row, period]
    weight = spells.weight[case[row]] * np.where(y, 1.0, watched[row, period])
    return case[row], period, y, weight


def _grid(amount: Floats, share: Floats) -> Floats:
    """The ends of the periods, shape (periods + 1,).

    An amount at which many end, such as 0 days, has a period to itself.
    """
    cuts = [*np.arange(1, PERIODS) / PERIODS, *LAST_CUTS]
    inner, times = np.unique(
        [weighted_quantile(amount, share, cut) for cut in cuts], return_counts=True
    )
    point = POINT * amount.max()
    return np.unique([0.0, *inner, *(inner[times > 1] + point), amount.max() + point])


def _centre(amount: Floats, share: Floats, grid: Floats) -> Floats:
    """The mean of what ended in every period; its middle where nothing did."""
    period = np.searchsorted(grid, amount, side="right") - 1
    count = len(grid) - 1
    total = np.bincount(period, share, minlength=count)
    found = np.bincount(period, share * amount, minlength=count)
    middle = (grid[:-1] + grid[1:]) / 2
    return np.divide(found, total, out=middle, where=total > 0)


def _with_periods(columns: Columns) -> Columns:
    """The columns of the trees: those of the facts, and what a row has next to them."""
    return Columns((*columns.names, PERIOD, SIZE, RELATIVE), columns.levels)


def _facts(matrix: Floats, size: Floats, grid: Floats, case: Ints, period: Ints) -> Floats:
    """The matrix of the trees, a row per `case` and `period`, from that of the cases."""
    middle = np.log((grid[:-1] + grid[1:]) / 2)
    own = size[case]
    return np.column_stack([matrix[case], period, own, middle[period] - own])
