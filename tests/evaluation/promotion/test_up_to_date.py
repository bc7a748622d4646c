"""Tests of whether tables reach as far as a training says."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import pytest

from cases.tables.tables import Tables
from evaluation.backtests.backtest import Backtest
from evaluation.promotion import gate
from evaluation.promotion.gate import Before, decide
from evaluation.promotion.up_to_date import behind
from models.bundle.bundle import Bundle
from tests.factories.small_office import small_office

OFFICE = small_office(700)  # a case every six hours, until 24 June 2024


def with_events(every: int, last: datetime) -> Tables:
    """The office with one event every so many days, none after `last`."""
    days = pl.datetime_range(datetime(2024, 1, 1), last, timedelta(days=every), eager=True)
    events = OFFICE.event_rows[: len(days)].with_columns(at=days, recorded_at=days)
    return OFFICE.with_rows(events=events)


@pytest.mark.parametrize(
    ("tables", "until", "words"),
    [
        (OFFICE, datetime(2024, 6, 30), None),
        (OFFICE, datetime(2024, 8, 20), None),
        (OFFICE, datetime(2025, 6, 30), "The last record is of"),
        (with_events(1, datetime(2024, 6, 1)), datetime(2024, 6, 30), None),
        (with_events(1, datetime(2024, 5, 1)), datetime(2024, 6, 30), "The last event is of 1 May"),
        (with_events(30, datetime(2024, 5, 1)), datetime(2024, 6, 30), None),
        (OFFICE.with_rows(events=OFFICE.event_rows[:0]), datetime(2024, 6, 30), None),
    ],
)
def test_a_table_that_ended_is_seen(tables: Tables, until: datetime, words: str | None) -> None:
    """By a gap longer than a month and twice any before it; an office may have no events."""
    found = behind(tables, until)
    assert (found is None) if words is None else (words in str(found))


def test_a_candidate_of_tables_that_ended_is_refused(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before it is asked what it is worth, which the same tables would say."""
    monkeypatch.delattr(gate, "judge")
    verdict = decide(with_events(1, datetime(2024, 4, 1)), bundle, Backtest(*[None] * 7), Before())
    assert not verdict.promoted
    assert "the event table is not up to date. What to try:" in str(verdict.reason)
