"""The reviewer table: who can review which cases, and how many."""

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

REVIEWER_TABLE = TableSpec(
    name="reviewers",
    meaning="One row per reviewer, for the draw of who reviews which case.",
    row=_("reviewer"),
    one_row_each=True,
    unknown=_("is not a reviewer of the reviewer table."),
    went_aside=_("is a reviewer that was set aside."),
    columns=(
        Column(
            "reviewer",
            TEXT,
            "the reviewer, by the code that the review table has; who handles cases too has the "
            "same code there; no two rows have the same",
            "every row",
        ),
        Column("unit", TEXT, "the unit the reviewer belongs to; blank: none"),
        Column("kinds", TEXT, "kinds of case they may review, separated by `;`; blank for all"),
        Column(
            "capacity",
            NUMBER,
            "how much they can review compared with the others; 0: no case; blank: as usual",
        ),
        Column("most_open", NUMBER, "cases they can have to review at once; blank: no limit"),
        *ABSENCE,
    ),
    checks=(
        Check(
            "reviewer",
            _("is the reviewer of more than one row."),
            _("Keep one row per reviewer; separate several kinds by `;`."),
            pl.col("reviewer").is_not_null() & pl.col("reviewer").is_duplicated(),
        ),
        Check(
            "capacity",
            _("is below zero."),
            _("Say how much the reviewer can review compared with the others, 0 if nothing."),
            pl.col("capacity") < 0,
        ),
        Check(
            "most_open",
            _("is below zero."),
            _("Give the most cases the reviewer can have to review at once, or leave it blank."),
            pl.col("most_open") < 0,
        ),
        ABSENCE_ENDS_BEFORE,
    ),
)
