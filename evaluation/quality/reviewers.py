"""Do reviewers agree, and is one more severe than another: from cases that several graded.

Never a ranking: reviewers stand in the order of their codes, and those of whom too little
is known have no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.tables.tables import Tables
from evaluation.statistics.metrics import REPLICATES, SEED, Figure, percentile, wilson
from evaluation.statistics.ranking import draws
from training.readings import like_readings, shared_readings
from training.severity import Spread, severities

FEWEST_REVIEWERS = 5  # with fewer, how far reviewers differ is withheld
FEWEST = 20  # cases graded twice; with fewer, agreement is withheld


@dataclass(frozen=True)
class Agreement:
    """How far two reviewers of the same case agree, over `cases` cases with two grades or more.

    `raw` is the share of cases in which the first two, by reviewer, agree whether there is
    a defect; `kappa` is Cohen's on the same two; `alpha` is Krippendorff's over the ranks
    of all grades (ordinal).
    """

    cases: int
    raw: Figure
    kappa: Figure
    alpha: Figure


@dataclass(frozen=True)
class ReviewerSeverity:
    """By how much harder than the average a reviewer grades; see `training/severity.py`."""

    reviewer: str
    severity: Figure


@dataclass(frozen=True)
class Reviewers:
    """Agreement and severity; `separable`: whether severity can be separated from case mix.

    `spread` says how far reviewers differ (`training/severity.py`), withheld with fewer than
    `FEWEST_REVIEWERS`; `likeness` how alike readings of a case, and of a subject, are. `by_subject`
    says whether the office file tells which cases concern the same subject.
    """

    agreement: Agreement
    severities: tuple[ReviewerSeverity, ...]
    separable: bool
    spread: Figure
    likeness: dict[str, float]
    by_subject: bool


def review_reviewers(tables: Tables, until: datetime) -> Reviewers:
    """Agreement and severity from the grades that were final by `until`."""
    found = severities(like_readings(tables, until))
    reviewers = tuple(
        ReviewerSeverity(line["reviewer"], _figure(line)) for line in found.by_reviewer.to_dicts()
    )
    known = any(reviewer.severity.value is not None for reviewer in reviewers)
    reviews = tables.office.reviews
    return Reviewers(
        agreement(shared_readings(tables, until)),
        reviewers,
        known,
        _spread(found.spread),
        found.likeness,
        reviews is not None and reviews.same_subject is not None,
    )


def agreement(readings: pl.DataFrame) -> Agreement:
    """The agreement of `readings` (see `training.readings.shared_readings`).

    Intervals of kappa and alpha are percentiles of a bootstrap over cases (Efron and
    Tibshirani 1993).
    """
    two = readings.group_by("case_id", maintain_order=True).agg(
        first=pl.col("y").first(), second=pl.col("y").get(1)
    )
    if two.height < FEWEST:
        withheld = Figure.of_few(two.height)
        return Agreement(two.height, withheld, withheld, withheld)
    # Share and kappa are of the first two readings of a case, alpha is of all its grades.
    first, second = two["first"].to_numpy(), two["second"].to_numpy()
    graded = _graded(readings)
    # One set of draws serves both bootstraps: how often each case counts in each replicate.
    times = np.hstack(list(draws(two.height, REPLICATES, SEED))).T
    once = np.ones((1, two.height))
    return Agreement(
        two.height,
        wilson(first == second),
        _bootstrapped(kappa(first, second, once)[0], kappa(first, second, times), two.height),
        _bootstrapped(
            ordinal_alpha(graded),
            np.array([ordinal_alpha(graded, drawn) for drawn in times]),
            two.height,
        ),
    )


def kappa(first: Floats, second: Floats, times: Floats) -> Floats:
    """Cohen's kappa (1960) of two yes-or-no readings, each of shape (cases,).

    `times` says how often each case counts, shape (replicates, cases); the result has shape
    (replicates,) and is NaN where all readings are the same.

    >>> yes = np.array([1, 1, 0, 0])
    >>> kappa(yes, np.array([1, 0, 0, 0]), np.ones((1, 4))).tolist()
    [0.5]
    """
    # kappa = (share agreed - share by chance) / (1 - share by chance)
    cases = times.sum(axis=1)
    both, yes, other_yes = (times @ part / cases for part in (first == second, first, second))
    chance = yes * other_yes + (1 - yes) * (1 - other_yes)
    return np.where(chance < 1, (both - chance) / np.where(chance < 1, 1 - chance, 1), np.nan)


def ordinal_alpha(graded: Floats, times: Floats | None = None) -> float:
    """Krippendorff's alpha for ordinal values (Krippendorff 2011, Computing alpha-reliability).

    `graded` says how many readers gave each case each grade, best first, shape (cases,
    grades), at least two to a case; `times` how often each case counts. NaN if all grades
    are the same.

    >>> ordinal_alpha(np.array([[2, 0], [0, 2], [1, 1]])).__round__(3)
    0.444
    """
    times = np.ones(len(graded)) if times is None else times
    # Coincidences: every pair of readings of a case, weighted by 1 / (its readings - 1).
    shares = graded * (times / (graded.sum(axis=1) - 1))[:, None]
    together = shares.T @ graded - np.diag(shares.sum(axis=0))
    # Ordinal distance of two grades: (readings between their middles)^2.
    total = together.sum(axis=0)
    ahead = np.cumsum(total) - total / 2  # readings up to the middle of each grade
    apart = (ahead[:, None] - ahead) ** 2
    # alpha = 1 - distance observed / distance expected if grades were paired at random
    expected = total @ apart @ total / (total.sum() - 1)
    return float(1 - (together * apart).sum() / expected) if expected else float("nan")


def _graded(readings: pl.DataFrame) -> Floats:
    """How many readers gave each case each grade, shape (cases, grades)."""
    case = readings["case_id"].rle_id().to_numpy()
    rank = readings["rank"].to_numpy()
    graded = np.zeros((case[-1] + 1, rank.max() + 1))
    np.add.at(graded, (case, rank), 1)
    return graded


def _bootstrapped(value: float, drawn: Floats, cases: int) -> Figure:
    """The figure with its interval, or why there is none."""
    if np.isnan(value):
        return Figure.withheld(cases, "one_class")
    return percentile(float(value), drawn, cases)


def _spread(spread: Spread | None) -> Figure:
    if spread is None or spread.reviewers < FEWEST_REVIEWERS:
        return Figure.withheld(spread.reviewers if spread else 0)
    return Figure(spread.value, spread.low, spread.high, spread.reviewers)


def _figure(line: dict[str, Any]) -> Figure:
    if line["severity"] is None:
        return Figure.withheld(line["shared"])
    return Figure(line["severity"], line["low"], line["high"], line["shared"])
