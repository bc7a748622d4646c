"""The reading report says how many rows became what, and shows some as they were understood."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from cases.language.messages import say
from cases.tables.report import SAMPLED, TableRead
from evaluation.pages import reading
from tests.factories.files import FILES, load, write

CASES = """case_id,opened_at,closed_at,kind,suspects,detained
a,2024-01-01,2024-02-01,x,1,yes
,,,,,
b,2024/1/2 9:30,/,x,2,
c,2024-01-x,,x,2,
Ｄ,2024-01-03,,x,１２,no
"""


def read(folder: Path) -> TableRead:
    """How the case table of the small office is read, rows at fault set aside."""
    office = FILES["office.toml"].replace("[office]", '[office]\nblank = ["/"]')
    write(folder, **{"office.toml": office, "cases.csv": CASES})
    report = load(folder, set_aside=folder / "aside.csv").report
    assert report is not None
    assert [table.name for table in report.tables] == [
        *("cases", "events", "reviews", "handlers", "recusals")
    ]
    return report.tables[0]


def test_every_row_of_the_file_is_accounted_for(tmp_path: Path) -> None:
    """Blank, set aside or read."""
    table = read(tmp_path)
    assert (table.rows_in_file, table.blank, table.set_aside, table.read) == (5, 1, 1, 3)
    assert table.where == "cases.csv"


def test_blank_rows_count_alike_in_every_kind_of_file(tmp_path: Path) -> None:
    """A row of nulls in Parquet is a blank row of a CSV."""
    frame = pl.read_csv(CASES.encode(), infer_schema=False)
    frame = frame.filter(pl.col("opened_at").ne_missing("2024-01-x"))
    office = FILES["office.toml"].replace("[office]", '[office]\nblank = ["/"]')
    write(tmp_path, **{"office.toml": office.replace("cases.csv", "cases.parquet")})
    frame.write_parquet(tmp_path / "cases.parquet")
    report = load(tmp_path).report
    assert report is not None
    table = report.tables[0]
    assert (table.rows_in_file, table.blank, table.set_aside, table.read) == (4, 1, 0, 3)


def test_rows_of_a_query_have_no_number(tmp_path: Path) -> None:
    """A number of its result is none that a spreadsheet shows."""
    query = 'sql = "SELECT * FROM c"\nfiles = { c = "cases.csv" }'
    office = FILES["office.toml"].replace('path = "cases.csv"', query)
    report = load(write(tmp_path, **{"office.toml": office})).report
    assert report is not None
    cases, events = (reading.sample(table, 3) for table in report.tables[:2])
    assert [say(cell, "en") for cell in cases.head] == ["case_id", "opened_at"]
    assert "row numbers" not in say(cases.says, "en")
    assert say(events.head[0], "en") == "row"


def test_what_was_done_to_each_column_is_counted(tmp_path: Path) -> None:
    """Values, blanks and words for it, letters folded, ways of writing dates."""
    columns = {column.name: column for column in read(tmp_path).columns}
    assert "unit" not in columns
    closed, opened = columns["closed_at"], columns["opened_at"]
    assert (closed.filled, closed.blank, closed.done.blank_words) == (1, 2, 1)
    assert opened.done.forms == (("2024-01-01", 2), ("2024/1/2 9:30", 1))
    assert columns["case_id"].done.folded == columns["suspects"].done.folded == 1


def test_rows_are_shown_as_they_were_understood(tmp_path: Path) -> None:
    """With their number in the file; a date without a time has none."""
    sample = read(tmp_path).sample
    assert sample["row"].to_list() == ["2", "4", "6"]
    assert sample["case_id"].to_list() == ["a", "b", "D"]
    assert sample["opened_at"].to_list() == ["2024-01-01", "2024-01-02 09:30", "2024-01-03"]
    assert sample["suspects"].to_list() == ["1", "2", "12"]


def test_the_sample_is_small_and_goes_to_the_last_row(tmp_path: Path) -> None:
    """A tail that was read wrongly is seen too."""
    rows = "".join(f"a,2024-01-01T{hour:02}:00,accepted\n" for hour in range(20))
    report = load(write(tmp_path, **{"events.csv": "case_id,at,activity\n" + rows})).report
    assert report is not None
    shown = report.tables[1].sample["row"].to_list()
    assert len(shown) == SAMPLED
    assert (shown[0], shown[-1]) == ("2", "21")
