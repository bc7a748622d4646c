"""The office's own checks: colleagues who look at a case before it is filed, and are lenient.

A check never changes the case; it notices some of its defects. `docs/demo_office.md` prints how
likely each kind of defect is noticed.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit, logit

from cases.demo.clock import LAST_DAY, day_of, in_hours
from cases.demo.draws import Draws, col
from cases.demo.model import SELF_CHECK
from cases.demo.reviews.drawn import GRADES, NEW_GRADE
from cases.numeric import Floats, Ints

# How likely a colleague of usual leniency notices a defect, by the dimension it is in.
NOTICED = {
    "evidence": 0.20,
    "facts": 0.20,
    "application_of_law": 0.15,
    "procedure": 0.40,
    "documents": 0.40,
    "explanation": 0.30,
    "effect": 0.15,
    "responsibility": 0.10,
    "business_system": 0.40,
}
LENIENCY_SPREAD = 0.5  # standard deviation, in log-odds of noticing a defect
FALSE_ALARM = 0.02  # of the cases without a defect
IN_TIME = 0.8  # share of the checks that are made before the closing; the others before filing
VERIFIED = 0.3  # share of the checked cases that another person verifies


def draw_leniency(rng: np.random.Generator, handlers: pl.DataFrame) -> Floats:
    """How much less than usual each handler notices, in log-odds; the mean is zero."""
    leniency = rng.normal(0, LENIENCY_SPREAD, handlers.height)
    return np.asarray(leniency - leniency.mean())


def draw_own_checks(
    rng: np.random.Generator, cases: pl.DataFrame, handlers: pl.DataFrame, leniency: Floats
) -> pl.DataFrame:
    """Rows of the review table: checks by a colleague of the unit, verifications by anyone.

    `cases` have their true `badness` and, if that is above zero, the `dimensions` of the defect.
    Nobody looks at their own case. A check fails a case in which it notices a defect.
    """
    checked = cases.filter(col("closed") >= day_of(SELF_CHECK))
    draw, own = Draws(rng, checked.height), checked["handler"].to_numpy()
    before = col("closed") - 0.05 - 0.3 * draw.share()
    after = col("closed") + draw.share() * (col("archived") - col("closed"))
    checked = checked.with_columns(day=pl.when(draw.happens(IN_TIME)).then(before).otherwise(after))
    later = col("day") + draw.share() * (col("archived") - col("day"))
    verified = draw.happens(VERIFIED)
    office = np.zeros(handlers.height, np.int64)
    unit = handlers["unit"].rank("dense").to_numpy().astype(np.int64)
    check = _made(rng, checked, _another(rng, own, unit), leniency, "check")
    verification = _made(
        rng, checked.with_columns(day=later), _another(rng, own, office), leniency, "verification"
    ).filter(checked.select(verified).to_series())
    made = pl.concat([check, verification]).filter(col("day") < LAST_DAY)
    return made.select(
        "case_id",
        pl.Series("reviewed_at", in_hours(made["day"].to_numpy())),
        pl.Series("reviewer", handlers["handler"].gather(made["colleague"])),
        "kind",
        "grade",
        pl.lit(None, pl.Float64).alias("inclusion_probability"),
        "dimensions",
    )


def _another(rng: np.random.Generator, own: Ints, group: Ints) -> Ints:
    """For each row number in `own` another one of the same group; the groups stand in order."""
    first = np.searchsorted(group, group[own])
    size = np.searchsorted(group, group[own], side="right") - first
    further = 1 + np.floor(rng.random(len(own)) * (size - 1)).astype(np.int64)
    return first + (own - first + further) % size


def _made(
    rng: np.random.Generator, cases: pl.DataFrame, colleague: Ints, leniency: Floats, kind: str
) -> pl.DataFrame:
    """`case_id, day, colleague, kind, grade, dimensions` of one look at each case."""
    names = np.array(list(NOTICED))
    chance = expit(logit(np.array(list(NOTICED.values()))) - leniency[colleague, None])
    listed = cases["dimensions"].str.split(";")
    has = np.column_stack([listed.list.contains(name).to_numpy() for name in NOTICED])
    bad = (cases["badness"] > 0).to_numpy()
    noticed = has & bad[:, None] & (rng.random(has.shape) < chance)
    # A false alarm names all that a defect of the case would be in.
    noticed |= has & (~bad & (rng.random(len(bad)) < FALSE_ALARM))[:, None]
    cells = [";".join(names[row]) or None for row in noticed]
    fails = noticed.any(axis=1)
    return cases.select("case_id", "day").with_columns(
        colleague=pl.Series(colleague),
        kind=pl.lit(kind),
        grade=pl.Series(np.where(fails, NEW_GRADE, GRADES[1]), dtype=pl.String),
        dimensions=pl.Series(cells, dtype=pl.String),
    )
