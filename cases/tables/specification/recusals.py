"""The recusal table: who may not handle or review which case, or cases of which party."""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.tables.specification.parts import TEXT, Check, Column, Link, TableSpec

RECUSAL_TABLE = TableSpec(
    name="recusals",
    meaning="One row for each case, or party, whose cases a handler or reviewer may not take.",
    row=_("recusal"),
    columns=(
        Column("handler", TEXT, "the handler, or the reviewer", "every row"),
        Column("case_id", TEXT, "the case; or else"),
        Column(
            "party",
            TEXT,
            "the party whose cases they may not take; parties are known of new cases only, so for "
            "a review name the case",
        ),
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
    links=(
        Link(
            "handler",
            "handlers",
            or_to="reviewers",
            unknown=_("is neither a handler of the handler table nor a reviewer."),
        ),
    ),
)
