"""A file of new cases: as the case table, with what is known at intake and no more.

It also has the codes of the parties and, where a chief has named the handler, whom and why.
"""

from __future__ import annotations

import polars as pl

from cases.language.messages import _
from cases.office.model import Office
from cases.tables.cells.text import BLANK_WORDS
from cases.tables.specification.cases import attribute_column
from cases.tables.specification.parts import TEXT, Check, Column, TableSpec
from cases.tables.values import TIME, listed

PARTIES_AND_DESIGNATION = (
    Column("parties", TEXT, "codes of the parties, separated by `;`"),
    Column("designated_handler", TEXT, "whom a chief has named to handle it"),
    Column("designation_reason", TEXT, "why", free_text=True),
)


def _known_at_intake(office: Office) -> tuple[Column, ...]:
    attributes = (
        attribute_column(name, attribute)
        for name, attribute in office.attributes.items()
        if name in office.intake_facts
    )
    return (*attributes, *PARTIES_AND_DESIGNATION)


NEW_CASE_TABLE = TableSpec(
    name="new_cases",
    meaning="One row per new case.",
    row=_("new case"),
    columns=(
        Column("case_id", TEXT, "the case; no two rows have the same", "every row"),
        Column("opened_at", TIME, "when it came in", "every row", past=True),
        Column("kind", TEXT, "its kind, by the office's code"),
        Column("unit", TEXT, "the unit that is to handle it"),
    ),
    own_columns=_known_at_intake,
    checks=(
        Check(
            "parties",
            _("names a party that looks like a word for blank."),
            _("Leave it out: whoever is recused from one such party would be from all."),
            listed(pl.col("parties").str.to_lowercase())
            .list.eval(pl.element().is_in(BLANK_WORDS))
            .list.any(),
        ),
    ),
    in_office_file=False,
    one_row_each=True,
)
