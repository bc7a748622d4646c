"""Outcomes to learn from: only cases whose outcome is known, and only once it is final.

A case without a review is unknown, never good; it gets no label.
"""

from __future__ import annotations

from datetime import datetime

import narwhals as nw
import polars as pl

from cases.office.model import CLOSING
from cases.tables.tables import Frame, Tables, rows
from cases.tables.values import TIME
from features.as_of import (
    closing_moments,
    column_of,
    final_reviews,
    intake_moments,
    risk_moments,
)
from features.conditions import reviewable, satisfying
from features.feature import days, lasting
from features.grades import counting, of_last_closing
from training.delay import quick_weights
from training.landmarks import DAY, landmarks
from training.readings import like_readings
from training.severity import severities
from training.weights import review_weights

# Of closed cases, how many had been closed in the time that a case is given to be closed.
# A higher share would leave fewer labels out of time; an office whose slowest cases take many
# years would lose most of its labels, above all the recent ones.
SETTLED = 0.95
COVERED = 0.9  # share of all cases that reviews made with certainty must be, to speak for all


def risk_labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """What reviews that are final by `until` found in cases of the risk model's kind.

    Columns `case_id`, `moment` (that of `risk.at`), `known_at`, `y` (1 for a defect), `weight`
    (for the draw and for quick outcomes, see `training/delay.py`; cases too recent to learn from
    are left out), `surveyed` (whether the inclusion probability is known, and `speak_for_all`
    holds), `grade` (the present one) and `severity` (of its reviewer as far as known by `until`, in
    log-odds; 0 where it cannot be estimated, or several reviewers agreed on the grade); sorted by
    `moment` and `case_id`. Of several reviews of the last closing of a case
    one counts (`features.grades`). It is no label if it was made before the moment.
    """
    asked = rows(reviewed_moments(tables, until))
    final = of_last_closing(rows(final_reviews(tables, until)), tables.case_rows)
    counted = counting(final)
    severity = severities(like_readings(tables, until)).by_reviewer.select("reviewer", "severity")
    labels = asked.join(counted, on="case_id").join(severity, on="reviewer", how="left")
    labels = labels.filter(pl.col("reviewed_at") >= pl.col("moment")).sort("moment", "case_id")
    probability = labels["inclusion_probability"]
    found = labels.select(
        "case_id",
        "moment",
        "known_at",
        pl.col("grade").is_in(sorted(tables.office.defect_grades)).cast(pl.Int8).alias("y"),
        review_weights(probability),
        (probability.is_not_null() & speak_for_all(tables, labels, until)).alias("surveyed"),
        pl.col("grade").replace(tables.office.present_grades),
        pl.col("severity").fill_null(0.0),
    )
    known = found.with_columns(pl.col("weight") * quick_weights(found, until))
    return known.drop_nulls("weight")


def speak_for_all(tables: Tables, reviewed: pl.DataFrame, until: datetime) -> bool:
    """Whether `reviewed` cases with a known inclusion probability speak for all of their time.

    `reviewed` has `moment, known_at` and `inclusion_probability`. All are the cases of the risk
    model's kind that came to its moment from the first to the last of them; of recent ones only
    those for which the review would have been known by `until` (`settled`).
    """
    known = reviewed.drop_nulls("inclusion_probability")
    if known.is_empty() or (known["inclusion_probability"] < 1).any():
        return not known.is_empty()
    old = settled(known, until)
    moment = rows(reviewable(tables, after=None, until=until).select("moment"))["moment"]
    meanwhile = moment.filter(moment.is_between(old["moment"].min(), old["moment"].max()))
    return representative(old["inclusion_probability"], len(meanwhile))


def representative(probabilities: pl.Series, cases: int) -> bool:
    """Whether reviews with these inclusion probabilities (null: unknown) speak for all `cases`.

    Those drawn at random do. Cases reviewed with certainty were chosen for what they are, and
    speak for themselves alone unless they are nearly all, as in a census.
    """
    drawn = bool((probabilities < 1).any())
    return drawn or probabilities.count() >= max(1, COVERED * cases)


def reviewed_moments(tables: Tables, until: datetime) -> Frame:
    """`case_id, moment` of the cases of the risk model's kind reviewed by `until`.

    Those of `risk_labels`: the review is final by `until`.
    """
    reviewed = final_reviews(tables, until).select("case_id").unique()
    asked = risk_moments(tables, after=None, until=until)
    reviewed_asked = asked.join(reviewed, on="case_id", how="semi")
    return satisfying(tables, reviewed_asked, tables.office.risk.among).select("case_id", "moment")


def finished_moments(tables: Tables, until: datetime) -> Frame:
    """`case_id, moment` at the intake of the cases closed by `until`."""
    closed = closing_moments(tables, after=None, until=until).select("case_id")
    return intake_moments(tables, after=None, until=until).join(closed, on="case_id", how="semi")


def complexity_labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """What to learn complexity from: the `settled` part of `complexity_outcomes`.

    With `weight` 1: of closed cases every outcome is known, and counts alike.
    """
    return settled(complexity_outcomes(tables, until), until).with_columns(weight=pl.lit(1.0))


def judged_labels(tables: Tables, judged: str | None, until: datetime) -> pl.DataFrame:
    """What a bundle is judged by (`Bundle.judged`): `risk_labels`, else `complexity_labels`."""
    return (risk_labels if judged == "risk" else complexity_labels)(tables, until)


def judging_labels(tables: Tables, judged: str | None, until: datetime) -> pl.DataFrame:
    """Those of `judged_labels` that can judge a model by all cases of their time.

    Before its closing a case has first to end: of recent cases the known outcomes are those of
    quick ones. There, only the `settled` part is taken.
    """
    labels = judged_labels(tables, judged, until)
    waits = judged == "risk" and tables.office.risk.at != CLOSING
    return settled(labels, until) if waits else labels


def settled(outcomes: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """The outcomes of cases old enough at `until` for nearly all of them to have been closed.

    Of cases opened shortly before, those that are closed were quick, and so more often simple
    than cases of their time. Long enough is the time in which `SETTLED` of the closed cases
    were closed; the older half is kept in any case.
    """
    moment = pl.col("moment")
    needed = (pl.col("known_at") - moment).quantile(SETTLED, "higher")
    return outcomes.filter((moment + needed <= until) | (moment <= moment.quantile(0.5, "lower")))


def complexity_outcomes(tables: Tables, until: datetime) -> pl.DataFrame:
    """Whether each case closed by `until` proved complex, as the office file defines it.

    Columns `case_id`, `moment` (its opening), `known_at` (its closing), `y` (1 for
    complex); sorted by `moment` and `case_id`. Empty if the office states no complexity.
    """
    complexity = tables.office.complexity
    if complexity is None:
        times = dict.fromkeys(("moment", "known_at"), TIME)
        return pl.DataFrame(schema={"case_id": pl.String(), **times, "y": pl.Int8()})
    closed = closing_moments(tables, after=None, until=until)
    eligible = satisfying(tables, closed, complexity.among).select(
        "case_id", known_at="moment", moment="opened_at"
    )
    proved = nw.concat(
        [satisfying(tables, closed, (test,)).select("case_id") for test in complexity.any_of]
    ).unique()
    y = pl.col("case_id").is_in(rows(proved)["case_id"].implode()).cast(pl.Int8)
    labels = rows(eligible).select("case_id", "moment", "known_at", y=y)
    return labels.sort("moment", "case_id")


def effort_labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """What each case opened by `until` took, and of those still open how long they have been.

    Columns `case_id`, `moment` (its opening), `known_at` (its closing, null while it is open),
    `lasted` (days from opening to closing) and `effort`, in the office's unit (see `Effort` in
    `cases/office/model.py`; null where none was recorded, or a negative one); sorted by `moment`
    and `case_id`.
    """
    office = tables.office
    opened = intake_moments(tables, after=None, until=until)
    closed = satisfying(tables, closing_moments(tables, after=None, until=until), ())
    lasted = days(lasting(nw.col("opened_at"), nw.col("closed_at")))
    attribute = office.effort.attribute
    effort = lasted if attribute is None else nw.col(column_of(office, attribute))
    ended = closed.select("case_id", known_at="closed_at", lasted=lasted, effort=effort)
    labels = rows(opened.join(ended, on="case_id", how="left")).sort("moment", "case_id")
    return labels.with_columns(effort=pl.when(pl.col("effort") >= 0).then("effort"))


def remaining_labels(tables: Tables, until: datetime) -> pl.DataFrame:
    """What became by `until` of cases at their landmarks (`training/landmarks.py`).

    Columns `case_id`, `moment` (the landmark), `opened`, `stands`, `known_at` (the closing, null
    while it is open), and as `lasted` and `effort` the days from the landmark to the closing;
    sorted by `moment` and `case_id`.
    """
    cases = runs(tables, until)
    at = landmarks(cases.with_columns(ran=ran()))
    of_case = cases.select("case_id", "known_at", opened="moment")
    found: Frame = nw.from_native(at.join(of_case, on="case_id").lazy())
    left = days(lasting(nw.col("moment"), nw.col("known_at")))
    labels = rows(found.with_columns(lasted=left, effort=left))
    return labels.sort("moment", "case_id")


def runs(tables: Tables, until: datetime) -> pl.DataFrame:
    """`case_id`, `moment` (its opening), `known_at` (its closing) and `end` of each case's run.

    `end` is the last record by `until` while it is open.
    """
    cases = effort_labels(tables, until).select("case_id", "moment", "known_at")
    last = pl.max_horizontal(pl.col("moment").max(), pl.col("known_at").max())
    return cases.with_columns(end=pl.coalesce("known_at", last))


def ran() -> pl.Expr:
    """The days from `moment` to `end`."""
    return (pl.col("end") - pl.col("moment")).dt.total_microseconds() / DAY


def efforts_by(labels: pl.DataFrame, when: datetime) -> pl.DataFrame:
    """`effort_labels` of a later time as they were at `when`, whatever other columns they have."""
    later = pl.col("known_at") > when
    hidden = [pl.when(~later).then(name).alias(name) for name in ("known_at", "lasted", "effort")]
    return labels.filter(pl.col("moment") <= when).with_columns(hidden)
