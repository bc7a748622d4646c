"""How well a column alone distinguishes two groups of cases, with bounds that hold for all columns.

A column becomes bins: the levels of a code, twentieths of a number, and one bin for blank, so
that it may rank in any direction and by being blank. How often each bin belongs to the group is
learnt on some cases and tried on others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import brentq
from scipy.special import logit
from scipy.stats import norm
from sklearn.preprocessing import TargetEncoder

from cases.numeric import Flags, Floats

FALSE_ALARM = 0.05  # probability that the lower bound of any column of a check is wrong
BINS = 20
BLANK = -1.0
PRIOR_CASES = 10.0  # a bin's rate is drawn towards that of all as if by so many cases
NEXT_TO_ONE = 1 - 1e-9


@dataclass(frozen=True)
class Area:
    """An AUC with bounds, from cases in the group (`inside`) and others (`outside`)."""

    value: float
    low: float
    high: float
    inside: int
    outside: int


def binned(x: pl.DataFrame, learnt: Flags) -> Floats:
    """The columns as bin numbers, shape (rows, columns); numbers in twentieths of `learnt` rows."""
    columns = [_bins(column, learnt) for column in x.get_columns()]
    return np.column_stack(columns) if columns else np.empty((x.height, 0))


def _bins(column: pl.Series, learnt: Flags) -> Floats:
    if column.dtype == pl.String:
        return column.rank("dense").cast(pl.Float64).fill_null(BLANK).to_numpy()
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    known = values[learnt & np.isfinite(values)]
    shares = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = np.unique(np.quantile(known, shares)) if known.size else np.empty(0)
    bins = np.searchsorted(edges, values, side="left")
    return np.where(np.isfinite(values), bins, BLANK)


def tried_on(x: pl.DataFrame, group: Flags, learnt: Flags, tried: Flags) -> pl.DataFrame:
    """Log-odds of the group by each column alone: learnt on `learnt` rows, for `tried` rows.

    All zero where there are no columns or rows, or the learnt rows are all of one group.
    """
    bins = binned(x, learnt)
    if not x.width or not tried.any() or group[learnt].all() or not group[learnt].any():
        return pl.DataFrame(np.zeros((int(tried.sum()), x.width)), schema=list(x.columns))
    encoder = TargetEncoder(target_type="binary", smooth=PRIOR_CASES)
    encoder.fit(bins[learnt], group[learnt])
    rates = np.clip(encoder.transform(bins[tried]), 1e-6, 1 - 1e-6)
    return pl.DataFrame(logit(rates), schema=list(x.columns))


def cross_tried(x: pl.DataFrame, group: Flags, half: Flags) -> pl.DataFrame:
    """As `tried_on`, for every row: learnt on the half of the rows that it is not in.

    Compare rows of one half only.
    """
    rows = np.concatenate([np.flatnonzero(half), np.flatnonzero(~half)])
    parts = [tried_on(x, group, ~own, own) for own in (half, ~half)]
    return pl.concat(parts)[np.argsort(rows)]


def areas(
    scores: pl.DataFrame, group: Flags, stratum: pl.Series | None = None, *, among: int
) -> dict[str, Area]:
    """The AUC of every column of `scores` for `group`, cases compared within their stratum only.

    Strata of a and b cases count by a b / (a + b) (van Elteren 1960). All lower bounds of
    `among` columns hold at once but for a probability of `FALSE_ALARM` (Bonferroni), and so do
    all upper bounds. Nothing if no stratum has cases of both groups.
    """
    sums = _rank_sums(scores, group, stratum)
    if sums.is_empty():
        return {}
    a, b = sums["::a"].to_numpy(), sums["::b"].to_numpy()
    m, n, pairs = a.sum(), b.sum(), (a * b / (a + b)).sum()
    worth = pairs / (m * n / (m + n))  # uneven strata are worth fewer cases
    z = float(norm.isf(FALSE_ALARM / among))
    found = {}
    for name in scores.columns:
        # Mann and Whitney: a stratum's rank sum less its smallest possible value is the number
        # of pairs won; divided by a + b and added up it is weighted by a b / (a + b).
        won = sums[name].to_numpy() - a * (a + 1) / 2
        value = min(1.0, float((won / (a + b)).sum() / pairs))
        low = lower_bound(value, m * worth, n * worth, z)
        high = 1 - lower_bound(1 - value, m * worth, n * worth, z)
        found[name] = Area(value, low, high, int(m), int(n))
    return found


def _rank_sums(scores: pl.DataFrame, group: Flags, stratum: pl.Series | None) -> pl.DataFrame:
    """Per stratum with both groups: cases of either (`::a`, `::b`), the group's ranks added up."""
    within = pl.Series(np.zeros(group.size)) if stratum is None else stratum
    inside = pl.col("::group")
    return (
        scores.select(pl.col(scores.columns).rank("average").over(within))
        .with_columns(within.alias("::stratum"), pl.Series("::group", group))
        .group_by("::stratum", maintain_order=True)
        .agg(
            inside.sum().cast(pl.Float64).alias("::a"),
            (~inside).sum().cast(pl.Float64).alias("::b"),
            pl.col(scores.columns).filter(inside).sum(),
        )
        .filter(pl.col("::a") > 0, pl.col("::b") > 0)
    )


def lower_bound(value: float, m: float, n: float, z: float) -> float:
    """The AUC of which `value`, seen on m and n cases, lies z standard errors above.

    The standard error is Hanley and McNeil's (1982) at the bound itself, not at `value`, so that
    it does not vanish at 1 (Newcombe 2006, Statistics in Medicine 25, method 5).

    >>> round(lower_bound(1.0, 10, 10, 1.96), 2)
    0.8
    """
    more = (m + n) / 2 - 1

    def beyond(theta: float) -> float:
        spread = 1 + more * (1 - theta) / (2 - theta) + more * theta / (1 + theta)
        return value - theta - z * float(np.sqrt(theta * (1 - theta) * spread / (m * n)))

    return float(brentq(beyond, 0.0, min(value, NEXT_TO_ONE))) if value > 0 else 0.0
