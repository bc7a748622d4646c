"""Which closed cases were reviewed, by whom, and how they were graded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl
from scipy.special import expit, logit, ndtr, ndtri

from cases.demo.clock import END, LAST_DAY, day_of, in_hours
from cases.demo.draws import Draws, col, number
from cases.demo.intake import CAMPAIGN
from cases.demo.people import REVIEWER_CODES
from cases.demo.process import RETURNS
from cases.numeric import Floats

GRADES = ("excellent", "qualified", "basically_qualified", "unqualified")
# Log-odds above which a case is no longer of that grade; a defect begins at zero.
STEPS = (-2.8, 0.0, 1.3)
DEFECT_GRADES = GRADES[2:]
NEW_GRADE, OLD_GRADE = "basically_qualified", "flawed"  # its code before the new rules

NEW_RULES = datetime(2026, 2, 1)
RANDOM_SHARES = {"arrest_review": 0.12, "prosecution_review": 0.15}
JUVENILE_SHARE = 0.20
DOUBLE_SHARE = 0.25  # of the reviewed cases, read once more
SHARED_NOISE = 0.8  # correlation of what two readers find that the log-odds do not show
MANY_SUSPECTS = 4
ALWAYS = (
    "not_prosecuted_absolute",
    "not_prosecuted_doubt",
    "withdrawn_indictment",
    "acquitted",
)
# What may come to light after closing and then calls for a key review.
NEWS = (
    "later_not_prosecuted",
    "later_withdrawn",
    "later_acquitted",
    "petition_changed",
    "compensated",
    "supervision_unsupported",
)


def realise(rng: np.random.Generator, log_odds: Floats) -> Floats:
    """How bad each case really is: above zero, a defect, with the probability of its log-odds."""
    return np.asarray(log_odds + rng.logistic(size=len(log_odds)))


def realise_again(rng: np.random.Generator, log_odds: Floats, badness: Floats) -> Floats:
    """How bad another reader judges the same cases: partly as the first did.

    The two logistic noises are joined by a normal copula of correlation `SHARED_NOISE`, so
    that each reading by itself has the probability of its log-odds.
    """
    first = ndtri(expit(badness - log_odds))
    independent = rng.standard_normal(len(badness))
    again = SHARED_NOISE * first + np.sqrt(1 - SHARED_NOISE**2) * independent
    return np.asarray(log_odds + logit(ndtr(again)))


def draw_reviews(
    rng: np.random.Generator, cases: pl.DataFrame, badness: Floats, severity: Floats
) -> pl.DataFrame:
    """The review table: a minority of the closed cases, reviewed some weeks after closing.

    A reviewer's severity shifts the grade, never `badness`.
    """
    reviewer = rng.integers(0, len(severity), cases.height)
    reviews = _chosen(rng, cases).with_columns(
        reviewer=_coded(REVIEWER_CODES, reviewer),
        grade=grades_of(badness + severity[reviewer]),
        day=col("called") + 8 + pl.Series(rng.gamma(2.0, 9.0, cases.height)),
    )
    reviews = reviews.filter(col("day") < LAST_DAY).sort("day", maintain_order=True)
    return reviews.select(
        "case_id",
        pl.Series("reviewed_at", in_hours(reviews["day"].to_numpy())),
        "reviewer",
        kind="why",
        grade="grade",
        inclusion_probability="probability",
    )


def draw_double_reviews(
    rng: np.random.Generator,
    reviews: pl.DataFrame,
    cases: pl.DataFrame,
    badness: Floats,
    severity: Floats,
) -> pl.DataFrame:
    """Second reviews of a random part of the cases in `reviews`, blind to the first.

    Another reviewer reads the case some days later (`realise_again`). The inclusion
    probability stays what it was.
    """
    known = cases.select("case_id", "log_odds", badness=pl.Series(badness))
    twice = reviews.filter(pl.Series(rng.random(reviews.height) < DOUBLE_SHARE))
    again = twice.join(known, on="case_id", how="left", maintain_order="left")
    first = again["reviewer"].replace_strict({c: i for i, c in enumerate(REVIEWER_CODES)})
    other = (first.to_numpy() + rng.integers(1, len(severity), again.height)) % len(severity)
    badness_again = realise_again(rng, again["log_odds"].to_numpy(), again["badness"].to_numpy())
    later = pl.Series(rng.integers(1, 11, again.height))
    return (
        again.with_columns(
            col("reviewed_at").dt.add_business_days(later),
            reviewer=_coded(REVIEWER_CODES, other),
            kind=pl.lit("double"),
            grade=grades_of(badness_again + severity[other]),
        )
        .select(reviews.columns)
        .filter(col("reviewed_at") < END)
    )


def with_readings(reviews: pl.DataFrame) -> pl.DataFrame:
    """`reviews` with which `reading` each is; no risk was shown, since the office had none."""
    return reviews.with_columns(
        reading=pl.when(col("kind") == "double").then(pl.lit("second")).otherwise(pl.lit("first")),
        risk_shown=pl.lit("no"),
    )


def in_codes_of_their_day(reviews: pl.DataFrame) -> pl.DataFrame:
    """`reviews` with the old code of a grade where they were made before the new rules."""
    old = (col("reviewed_at") < NEW_RULES) & (col("grade") == NEW_GRADE)
    return reviews.with_columns(grade=pl.when(old).then(pl.lit(OLD_GRADE)).otherwise("grade"))


def grades_of(seen: Floats) -> pl.Series:
    """The grade for what a reviewer sees in each case, in log-odds."""
    return _coded(GRADES, np.searchsorted(STEPS, seen))


def _coded(codes: Sequence[str], positions: np.ndarray) -> pl.Series:
    return pl.Series(codes, dtype=pl.String).gather(positions)


def _chosen(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`why`, `probability` and `called` (the day that called for the review), null for most.

    A key review is certain, a random one has the probability of its draw, and for a
    special one, picked by hand, it is not known.
    """
    draw = Draws(rng, cases.height)
    share = col("kind").replace_strict(RANDOM_SHARES, return_dtype=pl.Float64)
    share = pl.when("juvenile").then(JUVENILE_SHARE).otherwise(share)
    news = pl.min_horizontal(NEWS)
    key, late = _key_at_closing(), news < LAST_DAY
    random, special = draw.happens(share), draw.happens(_picked_by_hand())
    return cases.with_columns(
        why=_first_true({"key": key, "random": random, "late": late, "special": special})
    ).select(
        "case_id",
        why=col("why").replace("late", "key"),
        probability=pl.when(col("why").is_in(["key", "late"]))
        .then(1.0)
        .when(col("why") == "random")
        .then(share),
        called=pl.when(col("why") == "late")
        .then(news)
        .when(col("why").is_not_null())
        .then("closed"),
    )


def _first_true(tests: dict[str, pl.Expr]) -> pl.Expr:
    return pl.coalesce(pl.when(test).then(pl.lit(name)) for name, test in tests.items())


def _key_at_closing() -> pl.Expr:
    """The mandatory rules that can be applied at closing, as the office file states them."""
    new = col("closed") >= day_of(NEW_RULES)
    return (
        col("outcome").is_in(ALWAYS)
        | col("ending").is_in(ALWAYS).fill_null(value=False)
        | (col("protest_withdrawn").is_not_null() & (new | ~col("juvenile")))
        | ((col("outcome") == "not_prosecuted_relative") & new)
    )


def _picked_by_hand() -> pl.Expr:
    """How likely somebody asks for a special review."""
    campaign = col("closed").is_between(day_of(CAMPAIGN[0]), day_of(CAMPAIGN[1]))
    return (
        0.01
        + 0.10 * number(col("returns") == RETURNS)
        + 0.06 * number(col("suspects") >= MANY_SUSPECTS)
        + 0.06 * number(col("charge") == "telecom_fraud")
        + 0.06 * number((col("charge") == "drug_dealing") & campaign)
    )
