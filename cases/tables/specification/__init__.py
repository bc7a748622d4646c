"""The tables of an office file: one specification a table.

Whatever is done with tables is done with these: to add a table is to add its specification
here. A table stands after those whose rows it names, the case table first.
"""

from __future__ import annotations

from cases.tables.specification.calendar import CALENDAR_TABLE
from cases.tables.specification.cases import CASE_TABLE
from cases.tables.specification.events import EVENT_TABLE
from cases.tables.specification.handlers import HANDLER_TABLE
from cases.tables.specification.overrides import OVERRIDE_TABLE
from cases.tables.specification.parts import TableSpec
from cases.tables.specification.recusals import RECUSAL_TABLE
from cases.tables.specification.reviewers import REVIEWER_TABLE
from cases.tables.specification.reviews import REVIEW_TABLE

TABLES = (
    CASE_TABLE,
    EVENT_TABLE,
    REVIEW_TABLE,
    HANDLER_TABLE,
    REVIEWER_TABLE,
    RECUSAL_TABLE,
    OVERRIDE_TABLE,
    CALENDAR_TABLE,
)
SPECIFICATIONS: dict[str, TableSpec] = {spec.name: spec for spec in TABLES}
