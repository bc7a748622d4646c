"""The override table: where people decided other than was suggested, and why."""

from __future__ import annotations

import polars as pl

from cases.language.messages import Sayable, _
from cases.language.messages import listed as list_of
from cases.tables.specification.parts import TEXT, Check, Column, Link, TableSpec, linked
from cases.tables.values import TIME, before

# What a suggestion can be about, and what can be suggested and decided; a handler is any code.
OVERRIDDEN: dict[str, tuple[str, ...]] = {
    "track": ("simple", "complex", "person"),
    "handler": (),
    "spot_check": ("listed", "left_out"),
}
CANNOT_BE: dict[tuple[str, str], Sayable] = {
    ("suggested", "track"): _("is not a track that can be suggested."),
    ("decided", "track"): _("is not a track that can be decided."),
    ("suggested", "spot_check"): _("is not what can be suggested about a spot check."),
    ("decided", "spot_check"): _("is not what can be decided about a spot check."),
}


def _choice(column: str, about: str) -> Check:
    """What is suggested and decided about a track or a spot check is one of its codes."""
    codes = OVERRIDDEN[about]
    return Check(
        column,
        CANNOT_BE[column, about],
        _("Write one of: {codes}.", codes=list_of(codes)),
        (pl.col("about") == about) & ~pl.col(column).is_in(codes),
    )


OVERRIDE_TABLE = TableSpec(
    name="overrides",
    meaning="One row for each decision other than was suggested.",
    row=_("override"),
    columns=(
        Column("case_id", TEXT, "the case", "every row"),
        Column("at", TIME, "when it was decided", "every row", past=True),
        Column("about", TEXT, "`track`, `handler` or `spot_check`", "every row"),
        Column("suggested", TEXT, "what was suggested", "every row"),
        Column("decided", TEXT, "what was decided", "every row"),
        Column(
            "reason",
            TEXT,
            "why; for the office's own file, never in reports",
            "every row",
            free_text=True,
        ),
    ),
    checks=(
        Check(
            "about",
            _("is not something that is suggested."),
            _(
                "Write one of: {codes}. It says what the suggestion was about.",
                codes=list_of(OVERRIDDEN),
            ),
            ~pl.col("about").is_in(list(OVERRIDDEN)),
        ),
        *(_choice(column, about) for column, about in CANNOT_BE),
        Check(
            "decided",
            _("is what was suggested, so nothing was overridden."),
            _("Correct one of the two, or remove the row."),
            pl.col("decided") == pl.col("suggested"),
        ),
    ),
    links=(
        Link(
            "case_id",
            "cases",
            (
                Check(
                    "at",
                    _("is before the case was opened."),
                    _("Correct the date of the override or the case's opening date."),
                    before("at", linked("cases", "opened_at")),
                ),
            ),
        ),
    ),
)
