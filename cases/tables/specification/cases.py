"""The case table: one row per case, with what the office knows of it."""

from __future__ import annotations

import polars as pl

from cases.language.catalogues import SOURCE
from cases.language.messages import _
from cases.office.base import UNANSWERED
from cases.office.model import Attribute, Office
from cases.tables.specification.parts import TEXT, Check, Column, Frames, TableSpec
from cases.tables.values import TIME, before, whole_days

ATTRIBUTE_TYPES: dict[str, pl.DataType] = {
    "number": pl.Float64(),
    "flag": pl.Boolean(),
    "code": TEXT,
    "date": TIME,
}


def attribute_column(name: str, attribute: Attribute) -> Column:
    """The column of one of the office's own attributes."""
    meaning = attribute.meaning.say(SOURCE)
    kept = attribute.known != UNANSWERED
    return Column(name, ATTRIBUTE_TYPES[attribute.type], meaning, "column", kept=kept)


def _attributes(office: Office) -> tuple[Column, ...]:
    declared = {**office.attributes, **office.unanswered}
    shown = [name for name in office.spot_checks.columns if name not in declared]
    return (
        *(attribute_column(*one) for one in declared.items()),
        *(Column(name, TEXT, "shown in lists", "column", kept=False) for name in shown),
    )


def _finish(cases: pl.DataFrame, _finished: Frames, _office: Office) -> pl.DataFrame:
    """All of a day can be known at a closing that is dated by the day alone."""
    return cases.with_columns(whole_days(pl.col("closed_at")))


CASE_TABLE = TableSpec(
    name="cases",
    meaning="One row per case. Every declared attribute is a column of it too.",
    row=_("case"),
    unknown=_("is not a case of the case table."),
    went_aside=_("is a case that was set aside."),
    needed=True,
    one_row_each=True,
    columns=(
        Column("case_id", TEXT, "the case; no two rows have the same", "every row"),
        Column("opened_at", TIME, "when it came in", "every row", past=True),
        Column(
            "closed_at", TIME, "when it was closed; blank while it is open", "column", past=True
        ),
        Column("kind", TEXT, "its kind, by the office's code"),
        Column("unit", TEXT, "the unit that handles it"),
        Column("handler", TEXT, "who handles it, by a code"),
    ),
    own_columns=_attributes,
    checks=(
        Check(
            "case_id",
            _("is the id of more than one row."),
            _("Keep one row per case."),
            pl.col("case_id").is_not_null() & pl.col("case_id").is_duplicated(),
        ),
        Check(
            "closed_at",
            _("is before the case was opened."),
            _("Correct the opening or the closing date."),
            before("closed_at", "opened_at"),
        ),
    ),
    finish=_finish,
)
