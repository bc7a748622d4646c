"""How often each step of a path, from one activity to the next, had been taken by a month."""

from __future__ import annotations

from datetime import timedelta

import narwhals as nw

from cases.tables.tables import Frame, Tables
from features.as_of import BEFORE_QUESTIONS, computed_once, sweep


def steps_before(tables: Tables, steps: Frame) -> Frame:
    """How often each step of a path had been taken by the end of the previous month.

    `steps` holds `previous_activity`, `activity` and `moment`. Returns these two, `month`
    (the start of the moment's month), `followed` (how often the second came next after the
    first) and `left` (how often anything did). Counted in the order of recording, the only
    order in which later records never come between earlier ones.
    """
    pair = ["previous_activity", "activity"]
    taken = steps_taken(tables)
    questions = (
        steps.drop_nulls(subset=["previous_activity"])
        .select(*pair, time=month_of(nw.col("moment")))
        .unique()
        .with_row_index("row", order_by=[*pair, "time"])
    )
    followed = sweep(taken.rename({"taken": "followed"}), questions, pair, ["followed"])
    by_first = taken.rename({"taken": "left"}).drop("activity")
    left = sweep(by_first, questions.drop("activity"), pair[:1], ["left"])
    return (
        questions.join(followed, on="row")
        .join(left, on="row")
        .rename({"time": "month"})
        .drop("row")
    )


def steps_taken(tables: Tables) -> Frame:
    """How often each step was taken per month, as marks at the start of the next.

    `previous_activity, activity, time, turn, taken`. The same for every moment, so it is kept
    with the tables.
    """
    if tables.parts:
        signed = ((steps_taken(part), sign) for part, sign in tables.parts.signed)
        return nw.concat([taken.with_columns(nw.col("taken") * sign) for taken, sign in signed])
    if "steps" not in tables.memo:
        tables.memo["steps"] = computed_once(steps_counted(tables))
    kept: Frame = tables.memo["steps"]
    return kept


def steps_counted(tables: Tables) -> Frame:
    """As `steps_taken`, counted anew."""
    before = nw.col("activity").shift(1).over("case_id", order_by=["recorded_at", "sequence"])
    return (
        tables.events.with_columns(previous_activity=before)
        .drop_nulls(subset=["previous_activity"])
        .with_columns(time=month_of(month_of(nw.col("recorded_at")) + timedelta(days=32)))
        .group_by("previous_activity", "activity", "time")
        .agg(nw.len().alias("taken"))
        .with_columns(nw.col("taken").cast(nw.Float64()), turn=nw.lit(BEFORE_QUESTIONS))
    )


def month_of(time: nw.Expr) -> nw.Expr:
    """The start of the month."""
    return time.dt.truncate("1mo")
