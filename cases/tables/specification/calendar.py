"""The calendar table: holidays, and weekends on which the office works."""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.tables.specification.parts import FLAG, Check, Column, TableSpec
from cases.tables.values import TIME

CALENDAR_TABLE = TableSpec(
    name="calendar",
    meaning="One row for each day that is not as its weekday: holidays, and weekends on which work "
    "is made up. Every other day is a working day if `working_hours.days` has its weekday.",
    row=_("day"),
    columns=(
        Column("day", TIME, "the day; no two rows have the same", "every row"),
        Column("working", FLAG, "whether it is a working day", "every row"),
    ),
    checks=(
        Check(
            "day",
            _("stands in more than one row."),
            _("Keep one row per day."),
            pl.col("day").is_not_null() & pl.col("day").dt.date().is_duplicated(),
        ),
    ),
)
