"""The cases of a request laid over the office's tables, so that one `build` serves both."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cases.tables.tables import EVENTS, Tables, case_columns
from cases.tables.values import whole_day
from serving.http.payloads import CaseIn


def with_cases(tables: Tables, cases: Sequence[CaseIn]) -> Tables:
    """`tables` with `cases` as further rows; a case that is already there is replaced.

    A replaced case loses its rows and its events, so the request's version is all that
    is known of it; reviews stay.
    """
    ids = [case.case_id for case in cases]
    new_cases = pl.DataFrame([_row(case) for case in cases], schema=case_columns(tables.office))
    new_events = _events(cases, first=tables.event_rows.height)
    replaced = pl.col("case_id").is_in(ids)
    if tables.case_rows.filter(replaced).height:
        tables = Tables.of(
            tables.office,
            tables.case_rows.filter(~replaced),
            events=tables.event_rows.filter(~replaced),
            reviews=tables.review_rows,
            handlers=tables.handler_rows,
            recusals=tables.recusal_rows,
            overrides=tables.override_rows,
        )
    return tables.plus(new_cases, events=new_events)


def _row(case: CaseIn) -> dict[str, object]:
    own = case.attributes.model_dump(by_alias=True)
    return case.model_dump(exclude={"attributes", "events"}) | own


def _events(cases: Sequence[CaseIn], first: int) -> pl.DataFrame:
    rows = [
        (
            case.case_id,
            event.at,
            event.recorded_at or whole_day(event.at),
            event.activity,
            event.actor,
        )
        for case in cases
        for event in case.events
    ]
    schema = {name: kind for name, kind in EVENTS.items() if name != "sequence"}
    events = pl.DataFrame(rows, schema=schema, orient="row")
    return events.with_columns(sequence=pl.int_range(first, first + pl.len(), dtype=pl.Int64))
