"""What was known of cases on a day: the facts and the course that a reviewer finds in the files."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import EVENTS, Tables, case_columns, moments_of, rows
from cases.tables.values import TIME
from evaluation.pages.plan.sheets import CaseFiles
from features.as_of import column_of
from features.build import known_at

OF_EVENTS = {name: EVENTS[name] for name in ("case_id", "at", "activity")}


def case_files(tables: Tables, case_ids: pl.Series, as_of: datetime) -> CaseFiles:
    """The files of these cases as they were on `as_of`; events in the order they happened."""
    office = tables.office
    known = known_at(
        tables,
        moments_of(
            pl.DataFrame({"case_id": case_ids, "moment": as_of}, schema_overrides={"moment": TIME})
        ),
    )
    columns = {column_of(office, name): name for name in case_columns(office)}
    cases = rows(known.cases).select(*columns).rename(columns).sort("case_id")
    events = rows(known.events).sort("case_id", "at", "sequence").select(*OF_EVENTS)
    return CaseFiles(cases, events)
