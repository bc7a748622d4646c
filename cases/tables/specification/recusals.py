"""The recusal table: who may not handle which case, or cases of which party."""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.tables.specification.parts import TEXT, Check, Column, Link, TableSpec

RECUSAL_TABLE = TableSpec(
    name="recusals",
    meaning="One row for each case, or party, whose cases a handler may not take.",
    row=_("recusal"),
    columns=(
        Column("handler", TEXT, "the handler", "every row"),
        Column("case_id", TEXT, "the case; or else"),
        Column("party", TEXT, "the party whose cases the handler may not take"),
    ),
    checks=(
        Check(
            "handler",
            _("is recused from nothing."),
            _("Give a case_id or a party, or remove the row."),
            pl.all_horizontal(
                pl.col("handler").is_not_null(), pl.col("case_id", "party").is_null()
            ),
        ),
    ),
    links=(Link("handler", "handlers"),),
)
