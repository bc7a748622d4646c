"""The handler table: who can take which cases, and how many."""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.tables.specification.parts import (
    ABSENCE,
    ABSENCE_ENDS_BEFORE,
    NUMBER,
    TEXT,
    Check,
    Column,
    TableSpec,
)

HANDLER_TABLE = TableSpec(
    name="handlers",
    meaning="One row per handler.",
    row=_("handler"),
    one_row_each=True,
    unknown=_("is not a handler of the handler table."),
    went_aside=_("is a handler that was set aside."),
    columns=(
        Column("handler", TEXT, "the handler, by a code; no two rows have the same", "every row"),
        Column("unit", TEXT, "the unit the handler belongs to"),
        Column("kinds", TEXT, "kinds of case they may take, separated by `;`; blank for all"),
        Column(
            "capacity",
            NUMBER,
            "how much they can bear compared with the others; 0: no case; blank: as usual",
        ),
        Column("most_open", NUMBER, "cases they can have open at once; blank: no limit"),
        Column("skills", TEXT, "their skills, separated by `;`"),
        *ABSENCE,
    ),
    checks=(
        Check(
            "handler",
            _("is the handler of more than one row."),
            _("Keep one row per handler; separate several kinds by `;`."),
            pl.col("handler").is_not_null() & pl.col("handler").is_duplicated(),
        ),
        Check(
            "capacity",
            _("is below zero."),
            _("Say how much the handler can bear compared with the others, 0 if nothing."),
            pl.col("capacity") < 0,
        ),
        Check(
            "most_open",
            _("is below zero."),
            _("Give the most cases the handler can have open at once, or leave it blank."),
            pl.col("most_open") < 0,
        ),
        ABSENCE_ENDS_BEFORE,
    ),
)
