"""How often each step of a path, from one activity to the next, had been taken by a month."""

from __future__ import annotations

from datetime import timedelta

import narwhals as nw
import polars as pl

from cases.tables.tables import Frame, Tables, rows
from features.as_of import BEFORE_QUESTIONS, sweep
from features.blocks import in_blocks, sorted_by


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
        polars = tables.events.implementation.is_polars()
        tables.memo["steps"] = _steps_in_blocks(tables) if polars else steps_counted(tables)
    kept: Frame = tables.memo["steps"]
    return kept


def _steps_in_blocks(tables: Tables) -> Frame:
    """As `steps_counted`, on Polars: a block of cases at a time."""
    events = tables.event_rows.select("case_id", "recorded_at", "sequence", "activity")
    blocks = in_blocks(events["case_id"].unique().sort(), events)
    counted = pl.concat(_steps_of_block(block) for _start, _end, block in blocks)
    key = ["previous_activity", "activity", "time", "turn"]
    taken: Frame = nw.from_native(counted.group_by(key).agg(pl.col("taken").sum()).lazy())
    return taken


def _steps_of_block(events: pl.DataFrame) -> pl.DataFrame:
    """As `steps_counted`, of the events of a block."""
    ordered = sorted_by(events, "case", "recorded_at", "sequence")
    same = pl.col("case") == pl.col("case").shift(1)
    previous = pl.when(same).then(pl.col("activity").shift(1))
    taken = ordered.lazy().with_columns(previous_activity=previous)
    return rows(_counted(nw.from_native(taken)))


def steps_counted(tables: Tables) -> Frame:
    """As `steps_taken`, counted anew."""
    before = nw.col("activity").shift(1).over("case_id", order_by=["recorded_at", "sequence"])
    return _counted(tables.events.with_columns(previous_activity=before))


def _counted(events: Frame) -> Frame:
    """How often each step was taken per month, of events with the activity before each."""
    return (
        events.drop_nulls(subset=["previous_activity"])
        .with_columns(time=month_of(nw.col("recorded_at")))
        .group_by("previous_activity", "activity", "time")
        .agg(nw.len().alias("taken"))
        .with_columns(
            nw.col("taken").cast(nw.Float64()),
            time=month_of(nw.col("time") + timedelta(days=32)),
            turn=nw.lit(BEFORE_QUESTIONS),
        )
    )


def month_of(time: nw.Expr) -> nw.Expr:
    """The start of the month."""
    return time.dt.truncate("1mo")
