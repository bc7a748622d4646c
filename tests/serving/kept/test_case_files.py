"""What a reviewer finds in the files of a case."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from cases.tables.tables import case_columns
from serving.kept.case_files import case_files
from tests.factories.fakes import context


def test_files_are_as_they_were_on_the_day() -> None:
    """Facts by when they became known, events by when they were recorded; the rest is not there."""
    tables = context().tables
    files = case_files(tables, pl.Series(["d", "a", "e"]), datetime(2026, 2, 2))
    assert files.cases.columns == list(case_columns(tables.office))
    assert files.cases["case_id"].to_list() == ["a", "d", "e"]
    assert files.cases["closed_at"].is_null().to_list() == [False, True, True]
    assert files.cases["appealed"].to_list() == [False, None, None]
    assert files.cases["suspects"].to_list() == [1.0, 2.0, 2.0]
    assert files.events.rows() == [
        ("a", datetime(2026, 1, 1), "accepted"),
        ("a", datetime(2026, 1, 20), "returned"),
    ]
