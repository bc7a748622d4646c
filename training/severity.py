"""How severe each reviewer is, told from cases that several of them graded.

Different reviewers see different cases, so their grades alone cannot tell a severe reviewer
from one who got the worse cases. On a case that two of them graded they can: the case is
the same. The model is additive,

    place of the grade = case + reviewer + chance,

with the case effects eliminated by looking at differences within a case only, and the
reviewer effects drawn towards nought by a normal prior (best linear unbiased prediction,
Henderson 1975; Robinson 1991, Statistical Science 6). Places are then turned into log-odds
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

    Columns `case_id`, `reviewer`, `place` (of the grade, 0 the best) and `y` (1 for a
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
            place=pl.col("grade").replace(office.grade_ranks).cast(pl.Int64),
            y=pl.col("grade").is_in(sorted(office.defect_grades)).cast(pl.Int8),
        )
    )


def severities(readings: pl.DataFrame) -> pl.DataFrame:
    """What `readings` (see `shared_readings`) tell of each reviewer in them, sorted by reviewer.

    Columns `reviewer`, `shared` (cases), and `severity, low, high`: by how much harder than
    the average reviewer they grade, in log-odds of a defect, with the 95 % interval. The
    three are null where too little is known: fewer than `FEWEST_SHARED` shared cases, outside
    the largest group of reviewers linked by shared cases, or if nobody in that group ever
    disagreed about a defect.
    """
    shared = readings.group_by("reviewer").len("shared").sort("reviewer")
    gaps = _gaps(readings, shared["reviewer"])
    linked = _linked(gaps, shared.height)
    gaps = gaps.filter(pl.col("one").is_in(linked))
    if not (gaps["y"] != 0).any():
        return shared.with_columns(pl.lit(None, pl.Float64).alias(name) for name in FIGURES)
    per_place = _log_odds_per_place(gaps, readings["y"])
    places, spread = _effects(gaps, linked, PRIOR_SPREAD / per_place)
    severity, margin = per_place * places, Z * per_place * spread
    figures = pl.DataFrame(
        dict(zip(FIGURES, (severity, severity - margin, severity + margin), strict=True))
    )
    told = figures.with_columns(reviewer=shared["reviewer"].gather(linked))
    return shared.join(told, on="reviewer", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("shared") >= FEWEST_SHARED).then(name).alias(name) for name in FIGURES
    )


def _gaps(readings: pl.DataFrame, reviewers: pl.Series) -> pl.DataFrame:
    """Every two readings of a case: `one`, `other` (places in `reviewers`), what they differ by.

    `place` and `y` are those of the one less those of the other; `weight` is one over the
    number of readings of the case, which makes sums over gaps sums within cases.
    """
    number = pl.col("reviewer").replace_strict(
        {code: place for place, code in enumerate(reviewers)}, return_dtype=pl.Int64
    )
    numbered = readings.with_columns(one=number, weight=1 / pl.len().over("case_id"))
    both = numbered.join(numbered, on="case_id", suffix="_other")
    return both.filter(pl.col("one") < pl.col("one_other")).select(
        "one",
        pl.col("place") - pl.col("place_other"),
        pl.col("y") - pl.col("y_other"),
        "weight",
        other="one_other",
    )


def _linked(gaps: pl.DataFrame, reviewers: int) -> list[int]:
    """The largest set of reviewers who are linked by shared cases, directly or through others."""
    links = coo_array(
        (np.ones(gaps.height), (gaps["one"].to_numpy(), gaps["other"].to_numpy())),
        shape=(reviewers, reviewers),
    )
    _, group = connected_components(links, directed=False)
    return np.flatnonzero(group == np.bincount(group).argmax()).tolist() if reviewers else []


def _log_odds_per_place(gaps: pl.DataFrame, y: pl.Series) -> float:
    """Log-odds of a defect that one place of the grade is worth, averaged over cases.

    A severity moves each share p of cases beyond a step between two grades by p (1 - p) times
    itself, where p is the chance in one case. Two readings of a case, independent given the
    case, differ at a step with probability 2 p (1 - p): so gaps about defects by gaps in
    places are the share of defects that a place is worth. The log-odds of all cases' share
    change by 1 / (rate (1 - rate)) times as much.
    """
    rate = y.to_numpy().mean()
    place, defect, weight = (gaps[name].to_numpy() for name in ("place", "y", "weight"))
    defects_per_place = (weight * abs(defect)).sum() / (weight * abs(place)).sum()
    return float(defects_per_place / (rate * (1 - rate)))


def _effects(gaps: pl.DataFrame, reviewers: list[int], prior: float) -> tuple[Floats, Floats]:
    """Each reviewer's effect on the place less the mean effect, and its posterior deviation.

    Chance is estimated as if there were no effects, which errs on the wide side.
    """
    weight, place = gaps["weight"].to_numpy(), gaps["place"].to_numpy()
    between = (gaps["one"].to_numpy()[:, None] == reviewers).astype(np.float64)
    between -= gaps["other"].to_numpy()[:, None] == reviewers
    readings_less_cases = weight.sum() * 2
    chance = (weight * place**2).sum() / readings_less_cases
    precision = (between.T * weight) @ between / chance + np.eye(len(reviewers)) / prior**2
    centre = np.eye(len(reviewers)) - 1 / len(reviewers)
    covariance = centre @ np.linalg.inv(precision) @ centre
    return covariance @ (between.T @ (weight * place)) / chance, np.sqrt(np.diag(covariance))
