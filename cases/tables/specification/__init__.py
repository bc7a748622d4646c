"""The tables of an office file: one specification a table.

Whatever is done with tables is done with these: to add a table is to add its specification
here. A table stands after those whose rows it names, the case table first.
"""

from __future__ import annotations

from cases.tables.specification.cases import CASES
from cases.tables.specification.events import EVENTS
from cases.tables.specification.handlers import HANDLERS
from cases.tables.specification.overrides import OVERRIDES
from cases.tables.specification.parts import TableSpec
from cases.tables.specification.recusals import RECUSALS
from cases.tables.specification.reviews import REVIEWS

SPECIFICATIONS: dict[str, TableSpec] = {
    spec.name: spec for spec in (CASES, EVENTS, REVIEWS, HANDLERS, RECUSALS, OVERRIDES)
}
