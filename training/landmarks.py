"""Moments at which running cases are looked at, to learn what will become of them.

A model of running cases learns from cases as they were at such *landmarks* (van Houwelingen
2007, Scandinavian Journal of Statistics 34): what was known then, and what followed. Every case
has landmarks at random ages, wider apart the longer it has run, so that they are few and yet dense
where most happens. Where they lie follows from a number of the case, and from the median duration
and the number of all cases by the day of training: rows of later days move none of them, another
day of training does. Each stands for a stretch of its case's
run; weighted by its share of the run, each case counts once in the mean, however long it ran
(Horvitz and Thompson 1952).
"""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl

from cases.numeric import Floats
from cases.tables.values import TIME

MOST = 20_000  # landmarks; of more cases only some have one
OF_USUAL = 4.0  # landmarks of a case that runs as long as the median
EARLY = 0.1  # of the median duration: from about this age on they lie wider apart
MOST_OFTEN = 10.0  # that a landmark counts: very short cases have one rarely
DAY = 86_400_000_000  # microseconds


def landmarks(cases: pl.DataFrame) -> pl.DataFrame:
    """`case_id, moment` and `stands` (days) of landmarks of running cases, sorted by the first two.

    `cases` has a row per case: `case_id`, `moment` (its opening) and `ran`, the days it ran so
    far. `stands` is how long a stretch of the run each stands for.
    """
    ran = np.maximum(cases["ran"].to_numpy(), 0.0)
    early = _early(ran)
    # A process whose intensity at an age is `rate / (age + early)`: expected up to an age are
    # `rate * log(1 + age / early)`. Taken at equal steps of it from a random start.
    expected = np.log1p(ran / early)
    rate = min(OF_USUAL / np.log1p(1 / EARLY), MOST / max(float(expected.sum()), 1.0))
    first = drawn_by(cases["case_id"])
    count = np.floor(rate * expected + 1 - first).astype(np.int64)
    case = np.repeat(np.arange(len(ran)), count)
    number = np.arange(len(case)) - np.repeat(np.cumsum(count) - count, count)
    age = early * np.expm1((number + first[case]) / rate)
    found = cases[case].select("case_id", _after(age))
    return found.with_columns(stands=pl.Series((age + early) / rate)).sort("case_id", "moment")


def once_each(stands: pl.Series, ran: pl.Series) -> Floats:
    """How often each landmark counts, shape (rows,), so that each case counts once in the mean.

    By how long a part of the run it stands for; `ran` is the days its case ran so far.
    """
    return (stands / ran).fill_nan(0.0).clip(0.0, MOST_OFTEN).to_numpy()


def one_landmark(cases: pl.DataFrame) -> pl.DataFrame:
    """`case_id, moment` of one landmark of each of `cases` that ran, sorted by both.

    `cases` as for `landmarks`. Its age has the density of all landmarks of a run.
    """
    ran = np.maximum(cases["ran"].to_numpy(), 0.0)
    early = _early(ran)
    age = early * np.expm1(drawn_by(cases["case_id"], "one") * np.log1p(ran / early))
    return cases.select("case_id", _after(age)).filter(pl.Series(ran > 0)).sort("case_id", "moment")


def _early(ran: Floats) -> float:
    return EARLY * float(np.median(ran[ran > 0])) if (ran > 0).any() else 1.0


def _after(age: Floats) -> pl.Expr:
    """The moment of each row so many days later."""
    since = pl.Series((age * DAY).astype(np.int64)).cast(pl.Duration("us"))
    return (pl.col("moment") + since).cast(TIME)


def drawn_by(case_ids: pl.Series, what: str = "landmark") -> Floats:
    """A number in (0, 1] for each case, as if drawn at random, and the same every time.

    Independent of those for anything else, `what` it is for.
    """
    digests = (hashlib.sha256(f"{what}:{name}".encode()).digest() for name in case_ids)
    return np.array([(int.from_bytes(each[:6]) + 1) / 2**48 for each in digests])
