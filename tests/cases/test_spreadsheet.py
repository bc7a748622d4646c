"""Tests of files that people open in a spreadsheet."""

from __future__ import annotations

import codecs
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from cases.spreadsheet import write_for_people


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_neutralised(cell: str, tmp_path: Path) -> None:
    """Text that a spreadsheet would run gets an apostrophe before it."""
    write_for_people(pl.DataFrame({"text": [cell, "a=1", None]}), tmp_path / "x.csv")
    assert pl.read_csv(tmp_path / "x.csv")["text"].to_list() == ["'" + cell, "a=1", None]


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    """A negative number is no formula."""
    write_for_people(pl.DataFrame({"number": [-1.5], "text": ["a"]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text("utf-8-sig") == "number,text\n-1.5,a\n"


def test_the_last_instant_of_a_day_is_a_date(tmp_path: Path) -> None:
    """What stands for a date without a time is written as one, other moments whole."""
    moments = [datetime(2024, 2, 1, 23, 59, 59, 999999), datetime(2024, 2, 1, 9, 30), None]
    write_for_people(pl.DataFrame({"at": moments}), tmp_path / "x.csv")
    lines = (tmp_path / "x.csv").read_text("utf-8-sig").splitlines()
    assert lines[1:] == ["2024-02-01", "2024-02-01T09:30:00.000000", ""]


def test_a_spreadsheet_sees_the_encoding(tmp_path: Path) -> None:
    """The file begins with a byte order mark, and is read back without it."""
    written = pl.DataFrame({"note": ["caf\u00e9", "\u6848\u4ef6"]})
    write_for_people(written, tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes().startswith(codecs.BOM_UTF8)
    assert pl.read_csv(tmp_path / "x.csv").equals(written)
