"""How severe each reviewer is, estimated from cases that several of them graded.

Different reviewers see different cases, so their grades alone cannot tell a severe reviewer
from a reviewer of worse cases. On a case that two of them graded they can: the case is the
same. The model is additive,

    rank of the grade = case + reviewer + noise,

with the case effects eliminated by looking at differences within a case only, and the
reviewer effects shrunk towards zero by a normal prior (best linear unbiased prediction,
Henderson 1975; Robinson 1991, Statistical Science 6). Ranks are then turned into log-odds
of finding a defect, averaged over cases, which is the scale risks are learnt on.

Two things are assumed: a case is not read again because of its first grade, and a reviewer is
as severe at every step between two grades (proportional odds, McCullagh 1980).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cases.numeric import Floats, Z
from cases.tables.tables import Tables, rows
from features.as_of import final_reviews

FEWEST_SHARED = 20  # shared cases of a reviewer; with fewer, no severity is given
PRIOR_SPREAD = 0.5  # log-odds; how far reviewers are expected to differ before any case says so
FIGURES = ("severity", "low", "high")


def shared_readings(tables: Tables, until: datetime) -> pl.DataFrame:
    """The grades that are final by `until` of cases with grades of two reviewers or more.

    Columns `case_id`, `reviewer`, `rank` (of the grade, 0 the best) and `y` (1 for a
    defect), sorted by the first two; of several reviews of a case by one reviewer the first.
    """
    office = tables.office
    graded = pl.col("grade").is_in(list(office.grade_ranks))  # none in an office without grades
    known = rows(final_reviews(tables, until)).filter(graded, pl.col("reviewer").is_not_null())
    known = known.sort("known_at", "grade")
    readings = known.unique(["case_id", "reviewer"], keep="first", maintain_order=True)
    return (
        readings.filter(pl.len().over("case_id") > 1)
        .sort("case_id", "reviewer")
        .select(
            "case_id",
            "reviewer",
            rank=pl.col("grade").replace(office.grade_ranks).cast(pl.Int64),
            y=pl.col("grade").is_in(sorted(office.defect_grades)).cast(pl.Int8),
        )
    )


def severities(readings: pl.DataFrame) -> pl.DataFrame:
    """What `readings` (see `shared_readings`) say about each reviewer in them, sorted by reviewer.

    Columns `reviewer`, `shared` (cases), and `severity, low, high`: by how much harder than
    the average reviewer they grade, in log-odds of a defect, with the 95% interval. The
    three are null where too little is known: fewer than `FEWEST_SHARED` shared cases, outside
    the largest group of reviewers linked by shared cases, or if nobody in that group ever
    disagreed about a defect.
    """
    shared = readings.group_by("reviewer").len("shared").sort("reviewer")
    # Only reviewers who are linked by shared cases can be compared with each other.
    gaps = _gaps(readings, shared["reviewer"])
    linked = _linked(gaps, shared.height)
    gaps = gaps.filter(pl.col("first").is_in(linked))
    if not (gaps["y"] != 0).any():
        return shared.with_columns(pl.lit(None, pl.Float64).alias(name) for name in FIGURES)
    # Effects are estimated in ranks, with the prior of log-odds put into ranks, and turned into
    # log-odds, with the 95% interval of the posterior.
    per_rank = _log_odds_per_rank(gaps, readings["y"])
    ranks, spread = _effects(gaps, linked, PRIOR_SPREAD / per_rank)
    severity, margin = per_rank * ranks, Z * per_rank * spread
    figures = pl.DataFrame(
        dict(zip(FIGURES, (severity, severity - margin, severity + margin), strict=True))
    )
    estimated = figures.with_columns(reviewer=shared["reviewer"].gather(linked))
    return shared.join(estimated, on="reviewer", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("shared") >= FEWEST_SHARED).then(name).alias(name) for name in FIGURES
    )


def _gaps(readings: pl.DataFrame, reviewers: pl.Series) -> pl.DataFrame:
    """Every two readings of a case: `first`, `second` (positions in `reviewers`), their difference.

    `rank` and `y` are those of the first less those of the second; `weight` is 1 over the
    number of readings of the case, which makes sums over gaps sums within cases.
    """
    position = pl.col("reviewer").replace_strict(
        {code: position for position, code in enumerate(reviewers)}, return_dtype=pl.Int64
    )
    numbered = readings.with_columns(first=position, weight=1 / pl.len().over("case_id"))
    pairs = numbered.join(numbered, on="case_id", suffix="_second")
    return pairs.filter(pl.col("first") < pl.col("first_second")).select(
        "first",
        pl.col("rank") - pl.col("rank_second"),
        pl.col("y") - pl.col("y_second"),
        "weight",
        second="first_second",
    )


def _linked(gaps: pl.DataFrame, reviewers: int) -> list[int]:
    """The largest set of reviewers who are linked by shared cases, directly or through others."""
    links = coo_array(
        (np.ones(gaps.height), (gaps["first"].to_numpy(), gaps["second"].to_numpy())),
        shape=(reviewers, reviewers),
    )
    group = connected_components(links, directed=False)[1]
    return np.flatnonzero(group == np.bincount(group).argmax()).tolist() if reviewers else []


def _log_odds_per_rank(gaps: pl.DataFrame, y: pl.Series) -> float:
    """Log-odds of a defect that one rank of the grade is worth, averaged over cases.

    A severity moves the probability p that a case lies beyond a step between two grades by
    p (1 - p) times itself. Two readings of a case, independent given the case, differ at a step
    with probability 2 p (1 - p): so gaps about defects divided by gaps in ranks are the share
    of defects that a rank is worth. The log-odds of the share among all cases change by
    1 / (rate (1 - rate)) times as much.
    """
    rate = y.to_numpy().mean()
    rank, defect, weight = (gaps[name].to_numpy() for name in ("rank", "y", "weight"))
    defects_per_rank = (weight * abs(defect)).sum() / (weight * abs(rank)).sum()
    return float(defects_per_rank / (rate * (1 - rate)))


def _effects(gaps: pl.DataFrame, reviewers: list[int], prior: float) -> tuple[Floats, Floats]:
    """Each reviewer's effect on the rank less the mean effect, and its posterior deviation.

    `prior` is the standard deviation of an effect, in ranks. Henderson's mixed model equations
    for differences d = B u + e: (B' W B / s2 + I / prior^2) u = B' W d / s2.
    """
    weight, difference = gaps["weight"].to_numpy(), gaps["rank"].to_numpy()
    # B: a row a gap, +1 for its first reviewer, -1 for its second.
    between = (gaps["first"].to_numpy()[:, None] == reviewers).astype(np.float64)
    between -= gaps["second"].to_numpy()[:, None] == reviewers
    # s2: the variance of one reading, as if there were no effects, which errs on the wide side.
    readings_less_cases = weight.sum() * 2
    noise = (weight * difference**2).sum() / readings_less_cases
    # The left side is the posterior precision; effects are taken against their mean.
    precision = (between.T * weight) @ between / noise + np.eye(len(reviewers)) / prior**2
    centre = np.eye(len(reviewers)) - 1 / len(reviewers)
    covariance = centre @ np.linalg.inv(precision) @ centre
    effects = covariance @ (between.T @ (weight * difference)) / noise
    return effects, np.sqrt(np.diag(covariance))
