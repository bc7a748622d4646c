"""A whole valid small office for tests; each test says only what matters to it."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from cases.office.loading import parse_office
from cases.office.model import Office
from cases.tables.specification import SPECIFICATIONS
from cases.tables.tables import Tables, case_columns

OFFICE: dict[str, Any] = {
    "office": {"name": {"en": "Test office", "zh": "测试院"}},
    "tables": {"cases": {"path": "cases.csv"}},
    "attributes": {
        "suspects": {
            "type": "number",
            "known": "intake",
            "meaning": {"en": "number of suspects", "zh": "嫌疑人人数"},
        },
        "charge": {
            "type": "code",
            "known": "intake",
            "meaning": {"en": "charge", "zh": "罪名"},
        },
        "appealed": {
            "type": "flag",
            "known": "closing",
            "meaning": {"en": "was appealed", "zh": "上诉"},
        },
    },
    "activities": {
        "accepted": {"meaning": {"en": "accepted", "zh": "受理"}},
        "returned": {
            "meaning": {"en": "returned for supplementary investigation", "zh": "退回补充侦查"},
            "family": "investigation",
            "rework": True,
        },
        "decided": {"meaning": {"en": "decided", "zh": "作出决定"}},
    },
    "reviews": {
        "grades": [
            {"code": "good", "defect": False, "meaning": {"en": "good", "zh": "合格"}},
            {"code": "bad", "defect": True, "meaning": {"en": "bad", "zh": "不合格"}},
        ]
    },
}


def office(**changes: Any) -> Office:
    """The test office, with whole top-level parts of its file replaced."""
    return parse_office(copy.deepcopy(OFFICE) | changes, "office.toml")


def rows(text: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """A frame from an ASCII table; `-` is null, columns left out are null.

    case_id | opened_at  | closed_at
    a       | 2024-01-01 | -
    """
    lines = [
        [cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()
    ]
    header, body = lines[0], lines[1:]
    records = [
        {
            name: _value(cell, schema[name])
            for name, cell in zip(header, line, strict=True)
            if cell != "-"
        }
        for line in body
    ]
    return pl.DataFrame(records, schema=schema)


def tables(
    cases: str,
    events: str = "",
    reviews: str = "",
    handlers: str = "",
    recusals: str = "",
    overrides: str = "",
    reviewers: str = "",
    **changes: Any,
) -> Tables:
    """Tables of the test office from ASCII tables; events are recorded when they happen."""
    description = office(**changes)
    texts = {
        "events": events,
        "reviews": reviews,
        "handlers": handlers,
        "recusals": recusals,
        "overrides": overrides,
        "reviewers": reviewers,
    }
    frames = {name: rows(text, SPECIFICATIONS[name].schema) for name, text in texts.items() if text}
    if "events" in frames:
        frames["events"] = frames["events"].with_columns(
            pl.col("recorded_at").fill_null(pl.col("at")),
            sequence=pl.int_range(pl.len(), dtype=pl.Int64),
        )
    return Tables.of(description, rows(cases, case_columns(description)), **frames)


ENGINES = ("polars", "pandas", "duckdb")


def on_engine(tables: Tables, engine: str) -> Tables:
    """The same tables as frames of another engine."""
    frames = (tables.case_rows, tables.event_rows, tables.review_rows, tables.handler_rows)
    if engine == "pandas":
        cases, events, reviews, handlers = (frame.to_pandas() for frame in frames)
    elif engine == "duckdb":
        cases, events, reviews, handlers = (duckdb.from_arrow(frame.to_arrow()) for frame in frames)
    else:
        cases, events, reviews, handlers = frames
    return Tables.of(tables.office, cases, events=events, reviews=reviews, handlers=handlers)


def _value(cell: str, kind: pl.DataType) -> Any:
    if isinstance(kind, pl.Datetime):
        return datetime.fromisoformat(cell)
    if kind == pl.Boolean():
        return cell == "true"
    return float(cell) if kind.is_numeric() else cell
