"""The event table: what happened to each case, and when the office could know it."""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.office.model import Office
from cases.tables.specification.parts import TEXT, Check, Column, Frames, Link, TableSpec
from cases.tables.values import TIME, before, whole_days


def _declared(office: Office) -> tuple[Check, ...]:
    """An activity must be declared, if any are."""
    if not office.activities:
        return ()
    return (
        Check(
            "activity",
            _("is not an activity of the office file."),
            _("Correct it, or declare it under [activities]."),
            ~pl.col("activity").is_in(list(office.activities)),
        ),
    )


def _finish(events: pl.DataFrame, _finished: Frames, _office: Office) -> pl.DataFrame:
    """Nothing is known before it can have been; rows are numbered as they were read."""
    return events.with_columns(
        whole_days(pl.coalesce("recorded_at", "at")).alias("recorded_at"),
        pl.int_range(pl.len(), dtype=pl.Int64).alias("sequence"),
    )


EVENT_TABLE = TableSpec(
    name="events",
    meaning="One row for each thing that happened to a case.",
    row=_("event"),
    columns=(
        Column("case_id", TEXT, "the case", "every row"),
        Column("at", TIME, "when it happened", "every row", past=True),
        Column("recorded_at", TIME, "when the office could know it; as `at` if blank", past=True),
        Column("activity", TEXT, "what happened", "every row"),
        Column("actor", TEXT, "who did it, by a code"),
        Column(
            "sequence",
            pl.Int64(),
            "the number of the row, which orders events of the same instant",
            in_file=False,
        ),
    ),
    checks=(
        Check(
            "recorded_at",
            _("is before the event happened."),
            _(
                "Correct the date; something planned for later is an activity of its own, "
                "which happens on the day of the planning."
            ),
            before("recorded_at", "at"),
        ),
    ),
    own_checks=_declared,
    links=(Link("case_id", "cases"),),
    finish=_finish,
)
