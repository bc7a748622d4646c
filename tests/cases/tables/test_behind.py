"""A fault in the result of a query names the case, and the row of a file where one is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.errors import BadInput
from tests.cases.sources.workbooks import xlsx
from tests.factories.files import FILES, load, write

A = "no,opened,suspects\nC1,2024-01-01,1\nC2,2024-01-x,2\nC3,2024-01-01,many\n"
B = "no,closed,detained\n\nC3,2024-02-30,\nC2,2024-02-01,yes\nC2,2024-02-01,yes\nC1,2024-02-01,\n"
SQL = """files = { a = "a.csv", b = "b.csv" }
sql = '''SELECT DISTINCT a.no AS case_id, opened AS opened_at, closed AS closed_at, suspects,
detained FROM a JOIN b ON a.no = b.no ORDER BY case_id DESC'''"""
EMPTY = {
    "events.csv": "case_id,at,activity\n",
    "reviews.csv": "case_id,reviewed_at,grade\n",
    "recusals.csv": "handler,party\n",
}


def faults(folder: Path, **files: str) -> str:
    """The faults of an office whose cases come from a query."""
    office = FILES["office.toml"].replace('path = "cases.csv"', SQL)
    write(folder, **{"office.toml": office, "a.csv": A, "b.csv": B, **EMPTY, **files})
    with pytest.raises(BadInput) as refused:
        load(folder)
    return str(refused.value)


def test_the_row_of_the_file_behind_is_named(tmp_path: Path) -> None:
    """It is the one row that holds the case and the value, blank rows counted."""
    said = faults(tmp_path)
    start = "tables.cases.sql, row 2, which comes from"
    assert f'{start} a.csv, row 4, case "C3", column suspects, value "many"' in said
    assert f'{start} b.csv, row 3, case "C3", column closed_at, value "2024-02-30"' in said
    assert 'row 3, which comes from a.csv, row 3, case "C2", column opened_at' in said


def test_two_sheets_of_a_workbook_are_two_tables(tmp_path: Path) -> None:
    """The row behind is looked for in both."""
    tables = [[line.split(",") for line in text.split()] for text in (A, B.replace(",\n", ",-\n"))]
    book = xlsx(dict(zip("ab", tables, strict=True)))
    files = '{ a = { path = "x.xlsx", sheet = "a" }, b = { path = "x.xlsx", sheet = "b" } }'
    sql = SQL.replace('{ a = "a.csv", b = "b.csv" }', files)
    office = FILES["office.toml"].replace('path = "cases.csv"', sql)
    (tmp_path / "x.xlsx").write_bytes(book)
    said = faults(tmp_path, **{"office.toml": office})
    assert 'which comes from x.xlsx, row 4, case "C3", column suspects, value "many"' in said
    assert 'which comes from x.xlsx, row 2, case "C3", column closed_at' in said


def test_where_two_rows_can_be_meant_only_the_case_is_named(tmp_path: Path) -> None:
    """A guess would send somebody to the wrong row."""
    said = faults(tmp_path, **{"b.csv": B.replace("C2,2024-02-01", "C2,2024-02-31")})
    assert 'tables.cases.sql, row 3, case "C2", column closed_at, value "2024-02-31"' in said
