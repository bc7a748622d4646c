"""How a case runs through the office up to the decision, in days from the start.

Milestones are columns; they are null where they never come.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.draws import Draws, Term, chance, col, number, total

ARREST_LIMIT, REVIEW_LIMIT, EXTENSION, INVESTIGATION_LIMIT = 7.0, 30.0, 15.0, 30.0
RETURNS = 2  # the law allows no more
LEGS = range(1, RETURNS + 2)

arrest = col("kind") == "arrest_review"

# ln(person-days), but for noise
EFFORT = {
    "always": Term(0.35, "every case"),
    "arrest_review": Term(-0.70, "an arrest review", number(arrest)),
    "work": Term(1.0, "ln(work), by charge", col("work").log()),
    "evidence_volumes": Term(0.35, "ln(evidence volumes)", col("evidence_volumes").log()),
    "suspects": Term(0.30, "ln(suspects)", col("suspects").log()),
    "juvenile": Term(0.25, "a juvenile suspect", number(col("juvenile"))),
    "cross_region": Term(0.25, "several regions", number(col("cross_region"))),
}
EFFORT_NOISE = 0.30
# Log-odds that a prosecution review is returned to the police; once more, and it is likelier.
RETURN = {
    "always": Term(-2.3, "every prosecution review"),
    "weakness": Term(0.7, "hidden weakness of the evidence (standard normal)", col("weakness")),
    "evidence_volumes": Term(0.35, "ln(evidence volumes)", col("evidence_volumes").log()),
    "suspects": Term(0.25, "ln(suspects)", col("suspects").log()),
    "weak_bureau": Term(0.6, "from a police bureau with weak files", number(col("weak_bureau"))),
}
AGAIN = 0.8


def run(rng: np.random.Generator, cases: pl.DataFrame) -> pl.DataFrame:
    """`cases` with true effort and every milestone up to the decision."""
    draw = Draws(rng, cases.height)
    cases = _returns(draw, _beginning(draw, _effort(draw, cases)))
    for leg in LEGS:
        cases = _leg(draw, cases, leg)
    return _within(draw, _decision(draw, cases))


def _effort(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """True effort in person-days, and how pressed the handler is for time."""
    log_effort = total(EFFORT) + EFFORT_NOISE * draw.normal()
    usual = pl.when(arrest).then(0.1).otherwise(0.8)
    return cases.with_columns(effort=log_effort.exp()).with_columns(
        pressure=0.30 * (col("effort").log() - usual) + 0.35 * col("overload")
    )


def _beginning(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    hours = pl.when(arrest).then(0.25).otherwise(0.5)
    cases = cases.with_columns(
        limit=pl.when(arrest).then(ARREST_LIMIT).otherwise(REVIEW_LIMIT),
        assigned=col("opened") + draw.share() * hours,
    )
    return cases.with_columns(
        notified=col("assigned") + draw.share() * hours,
        guilty_plea=~arrest & draw.happens(chance(1.2 - 0.5 * col("weakness"))),
    )


def _returns(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """How often the case goes back to the police for supplementary investigation."""
    log_odds = total(RETURN)
    once, twice = draw.happens(chance(log_odds)), draw.happens(chance(log_odds + AGAIN))
    returns = pl.when(arrest | ~once).then(0).when(twice).then(RETURNS).otherwise(1)
    return cases.with_columns(returns=returns)


def _leg(draw: Draws, cases: pl.DataFrame, leg: int) -> pl.DataFrame:
    """The office's `leg`-th stretch of work: `start_n`, `end_n`, `allowed_n`, `extended_n`.

    It ends with a return to the police or, if it is the last, with the decision. The
    clock starts again when a case comes back.
    """
    if leg == 1:
        start, usual = col("assigned"), pl.when(arrest).then(0.75).otherwise(0.66)
    else:
        away = INVESTIGATION_LIMIT * draw.late_share()
        back = pl.when(col("returns") >= leg - 1).then(col(f"end_{leg - 1}") + away)
        cases = cases.with_columns(back.alias(f"resubmitted_{leg - 1}"))
        start, usual = col(f"resubmitted_{leg - 1}"), pl.lit(0.55)
    share = usual * (col("pressure") + 0.28 * draw.normal()).exp()
    extended = ~arrest & (share > 1)
    allowed = col("limit") + EXTENSION * extended
    longest = 0.995 * allowed - pl.when(leg == 1).then(1.0 * ~arrest + 0.4 * arrest).otherwise(0)
    worked = pl.min_horizontal(share * col("limit"), longest)
    exists = col("returns") >= leg - 1
    cases = cases.with_columns(
        pl.when(exists).then(start).alias(f"start_{leg}"),
        pl.when(exists).then(start + worked).alias(f"end_{leg}"),
        pl.when(exists).then(allowed).alias(f"allowed_{leg}"),
    )
    extended_at = col(f"start_{leg}") + 0.85 * col("limit") + 0.1 * col("limit") * draw.share()
    return cases.with_columns(pl.when(exists & extended).then(extended_at).alias(f"extended_{leg}"))


def _decision(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """The returns, the decision, how long was worked for it and how hasty it was."""
    returned = {
        f"returned_{leg}": pl.when(col("returns") >= leg).then(f"end_{leg}") for leg in LEGS[:-1]
    }
    worked = [(col(f"end_{leg}") - col(f"start_{leg}")).fill_null(0) for leg in LEGS]
    used = (col("decided") - col("start")) / _last("allowed")
    discussed = chance(
        -3.9 + 1.1 * col("effort").log() + 0.5 * col("weakness") + 0.7 * col("returns")
    )
    return cases.with_columns(
        **returned,
        decided=_last("end"),
        start=_last("start"),
        days_worked=pl.sum_horizontal(worked),
        extensions=pl.sum_horizontal(number(col(f"extended_{leg}").is_not_null()) for leg in LEGS),
        discussed=draw.happens(discussed),
    ).with_columns(haste=((used - 0.75) / 0.25).clip(0, 1))


def _within(draw: Draws, cases: pl.DataFrame) -> pl.DataFrame:
    """Milestones within the first or before the end of the last stretch of work."""
    first, last = col("end_1") - col("start_1"), col("decided") - col("start")
    early, middle = 0.1 + 0.5 * draw.share(), 0.2 + 0.6 * draw.share()
    before = 0.05 + 0.1 * draw.share()
    return cases.with_columns(
        moved=pl.when("reassigned").then(col("start_1") + first * early),
        plea_discussed=pl.when(~arrest).then(col("start_1") + first * middle),
        committee=pl.when("discussed").then(col("decided") - last * before),
        approved=col("decided") - last * 0.03,
    )


def _last(name: str) -> pl.Expr:
    """`name_n` of the last leg the case had."""
    return pl.coalesce(f"{name}_{leg}" for leg in reversed(LEGS))
