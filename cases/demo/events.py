"""The event table: milestones, day-to-day work between them, and when each was recorded."""

from __future__ import annotations

import numpy as np
import polars as pl

from cases.demo.clock import LAST_DAY, in_hours, off_hours
from cases.demo.daily import draw_daily
from cases.demo.draws import Draws, col
from cases.demo.running.late_entries import LATE

CASE_MANAGEMENT, COURT = "C01", "K01"

# Column of the simulated case -> activity. The order settles events of the same second.
MILESTONES = {
    "opened": "accepted",
    "assigned": "assigned",
    "notified": "rights_notified",
    "moved": "reassigned",
    "plea_discussed": "plea_discussed",
    "extended_1": "extended",
    "extended_2": "extended",
    "extended_3": "extended",
    "returned_1": "returned",
    "resubmitted_1": "resubmitted",
    "returned_2": "returned",
    "resubmitted_2": "resubmitted",
    "charge_changed": "charge_changed",
    "opinion_asked": "opinion_asked",
    "opinion_received": "opinion_received",
    "committee": "committee_discussed",
    "approved": "approved",
    "decided": "decided",
    "court_accepted": "court_accepted",
    "tried": "trial_held",
    "protested": "protest_filed",
    "protest_withdrawn": "protest_withdrawn",
    "closed": "concluded",
    "archived": "archived",
    "later_not_prosecuted": "later_not_prosecuted",
    "later_withdrawn": "later_withdrawn",
    "later_acquitted": "later_acquitted",
    "petition_changed": "petition_changed",
    "compensated": "compensation_granted",
    "supervision_unsupported": "supervision_unsupported",
}
NAMED = {"served": "outcome", "ended": "ending"}  # whose activity is itself a column
AFTER = {"served": "decided", "ended": "tried"}  # their positions in that order
STEP_OF_DAILY = pl.lit(list(MILESTONES).index("plea_discussed"))
NOT_THE_HANDLER = {
    "accepted": CASE_MANAGEMENT,
    "assigned": CASE_MANAGEMENT,
    "reassigned": CASE_MANAGEMENT,
    "archived": CASE_MANAGEMENT,
    "court_accepted": COURT,
    "trial_held": COURT,
    "judged": COURT,
    "acquitted": COURT,
}
BY_HEAD = ("approved", "committee_discussed", "extended")
RECORDED = {column: f"{column}_recorded" for column in ("notified", *LATE)}
EVENT_TABLE = ("case_id", "at", "recorded_at", "activity", "actor")
LATE_SHARE, VERY_LATE_SHARE = 0.06, 0.01


def draw_events(
    rng: np.random.Generator, cases: pl.DataFrame, handlers: pl.DataFrame
) -> pl.DataFrame:
    """Every event of `cases` that was recorded by the end, ordered by case and time.

    Columns are those of the event table (`EVENT_TABLE`), and `closed_at` of the case.
    """
    daily = _recorded_late(rng, draw_daily(rng, cases)).with_columns(step=STEP_OF_DAILY)
    events = pl.concat([_milestones(cases), daily], how="diagonal")
    events = events.filter(col("recorded_day") < LAST_DAY)
    day = events["day"].to_numpy()
    at = np.where(events["off"].to_numpy(), off_hours(day), in_hours(day))
    events = events.with_columns(
        at=pl.Series(at), recorded_at=pl.Series(in_hours(events["recorded_day"].to_numpy()))
    ).with_columns(recorded_at=pl.max_horizontal("at", "recorded_at"))
    events = _with_actors(events, cases, handlers).sort("case", "at", "step", maintain_order=True)
    return events.select(*EVENT_TABLE, "closed_at")


def _milestones(cases: pl.DataFrame) -> pl.DataFrame:
    activities = {column: pl.lit(name) for column, name in MILESTONES.items()}
    activities |= {column: col(name) for column, name in NAMED.items()}
    steps = [*MILESTONES, *NAMED]
    return pl.concat(
        cases.filter(col(column).is_not_null()).select(
            "case",
            day=column,
            recorded_day=RECORDED.get(column, column),
            activity=activity,
            step=pl.lit(steps.index(AFTER.get(column, column))),
            off=pl.lit(value=False),
        )
        for column, activity in activities.items()
    )


def _recorded_late(rng: np.random.Generator, daily: pl.DataFrame) -> pl.DataFrame:
    """Day-to-day work is sometimes entered days later."""
    draw = Draws(rng, daily.height)
    lag = (
        pl.when(draw.happens(LATE_SHARE))
        .then(0.5 + 5 * draw.share())
        .when(draw.happens(VERY_LATE_SHARE))
        .then(10 + 30 * draw.share())
        .otherwise(0.0)
    )
    return daily.with_columns(recorded_day=col("day") + lag)


def _with_actors(events: pl.DataFrame, cases: pl.DataFrame, handlers: pl.DataFrame) -> pl.DataFrame:
    code = pl.Series(handlers["handler"])
    people = cases.select(
        "case",
        "case_id",
        "unit",
        "moved",
        "police_bureau",
        "approved_alone",
        closed_at=pl.Series(in_hours(cases["closed"].to_numpy())),
        before=code.gather(cases["first"]),
        after=code.gather(cases["handler"]),
    )
    events = events.join(people, on="case", how="left", maintain_order="left")
    handler = pl.when(col("day") < col("moved")).then(col("before")).otherwise(col("after"))
    other = col("activity").replace_strict(NOT_THE_HANDLER, default=None, return_dtype=pl.String)
    return events.with_columns(
        actor=pl.when(col("activity") == "resubmitted")
        .then("police_bureau")
        .when((col("activity") == "approved") & col("approved_alone"))
        .then(handler)
        .when(col("activity").is_in(BY_HEAD))
        .then("L-" + col("unit"))
        .otherwise(other.fill_null(handler))
    )
