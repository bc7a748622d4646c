"""Checked tables have one shape, whatever they were read from."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, time
from pathlib import Path

import polars as pl
import pytest

from cases.errors import BadInput
from cases.office.loading import load_office
from cases.tables.reading import read_tables
from cases.tables.tables import EVENTS, HANDLERS, REVIEWS, case_columns
from features.as_of import closing_moments, cut
from features.build import build
from tests.cases.sources.workbooks import Rows, xlsx
from tests.factories.files import FILES, load, write


def end_of(year: int, month: int, day: int) -> datetime:
    """The last instant of a day, which stands for the whole of it."""
    return datetime.combine(datetime(year, month, day), time.max)


def test_tables_have_their_columns_and_types(tmp_path: Path) -> None:
    """Each table has exactly the columns of the vocabulary, absent ones null."""
    tables = load(write(tmp_path))
    assert dict(tables.case_rows.schema) == case_columns(tables.office)
    assert dict(tables.event_rows.schema) == EVENTS
    assert dict(tables.review_rows.schema) == REVIEWS
    assert dict(tables.handler_rows.schema) == HANDLERS
    assert tables.case_rows["handler"].null_count() == 2


def test_only_the_case_table_is_needed(tmp_path: Path) -> None:
    """Tables the office does not have are empty, with their columns."""
    office = FILES["office.toml"]
    for name in ("events", "reviews", "handlers"):
        office = office.replace(f'[tables.{name}]\npath = "{name}.csv"\n', "")
    tables = load(write(tmp_path, **{"office.toml": office, "reviews.csv": None}))
    assert dict(tables.event_rows.schema) == EVENTS
    assert tables.review_rows.is_empty()


def test_events_are_recorded_when_they_happen_unless_said(tmp_path: Path) -> None:
    """A blank `recorded_at` is `at`, and some time of the day where that is dated only."""
    assert load(write(tmp_path)).event_rows["recorded_at"].to_list() == [
        end_of(2024, 1, 3),
        end_of(2024, 1, 2),
    ]


def test_a_date_without_time_stands_for_its_whole_day(tmp_path: Path) -> None:
    """On one day opening precedes closing, closing the review, and the event its record."""
    tables = load(
        write(
            tmp_path,
            **{
                "cases.csv": "case_id,opened_at,closed_at,suspects,detained\n"
                "a,2024-01-01T10:00,2024-01-01,1,yes\n",
                "events.csv": "case_id,at,recorded_at,activity\n"
                "a,2024-01-01T11:00,2024-01-01,accepted\n",
                "reviews.csv": "case_id,reviewed_at,grade\na,2024-01-01T14:00,good\n",
            },
        )
    )
    assert tables.case_rows["closed_at"].item() == end_of(2024, 1, 1)
    assert tables.review_rows["reviewed_at"].item() == end_of(2024, 1, 1)
    assert tables.event_rows["recorded_at"].item() == end_of(2024, 1, 1)


def test_a_dated_closing_knows_what_happened_that_day(tmp_path: Path) -> None:
    """A closing that is dated only does not hide the timed events of its day."""
    events = "case_id,at,activity\na,2024-02-01T16:00,accepted\na,2024-02-02T09:00,accepted\n"
    tables = load(write(tmp_path, **{"events.csv": events}))
    known = cut(tables, closing_moments(tables, after=None, until=datetime(2025, 1, 1)))
    assert known.events.collect("polars").to_native()["at"].to_list() == [datetime(2024, 2, 1, 16)]


def test_a_dated_review_is_not_known_in_the_morning(tmp_path: Path) -> None:
    """A review of the day of another case's closing may have been after it."""
    tables = load(
        write(
            tmp_path,
            **{
                "cases.csv": "case_id,opened_at,closed_at,suspects,detained\n"
                "a,2024-01-01,2024-01-20,1,yes\nb,2024-01-01,2024-02-01T09:00,1,yes\n"
                "c,2024-01-01,2024-02-02T09:00,1,yes\n",
                "reviews.csv": "case_id,reviewed_at,grade\na,2024-02-01,bad\n",
            },
        )
    )
    moments = closing_moments(tables, after=datetime(2024, 2, 1), until=datetime(2025, 1, 1))
    (name,) = names = ("history.office_defect_rate",)
    rates = build(tables, moments, names).collect("polars").to_native().sort("case_id")[name]
    assert rates.to_list() == [None, 1.0]


@pytest.mark.parametrize(("opened", "days"), [("2024-01-01", 31), ("2024-01-01T10:00", 31)])
def test_a_duration_to_a_date_is_of_whole_days(tmp_path: Path, opened: str, days: int) -> None:
    """From date to date: the end of the day is no hours of work."""
    cases = f"case_id,opened_at,closed_at,suspects,detained\na,{opened},2024-02-01,1,yes\n"
    events = "case_id,at,activity\na,2024-01-02,accepted\n"
    tables = load(write(tmp_path, **{"cases.csv": cases, "events.csv": events}))
    moments = closing_moments(tables, after=None, until=datetime(2025, 1, 1))
    names = ("process.days_open", "process.days_since_last_event")
    (row,) = build(tables, moments, names).collect("polars").to_native().drop("case_id").rows()
    assert row == (end_of(2024, 2, 1), days, 30)


def test_an_earlier_time_of_the_same_day_is_before(tmp_path: Path) -> None:
    """With both times given, the order within a day counts."""
    cases = FILES["cases.csv"].replace("2024-01-01,2024-02-01", "2024-01-01T10:00,2024-01-01T09:00")
    with pytest.raises(BadInput, match="is before the case was opened"):
        load(write(tmp_path, **{"cases.csv": cases}))


def test_rows_of_blanks_are_skipped_and_keep_their_number(tmp_path: Path) -> None:
    """What spreadsheets leave at the end is no row; rows after a blank one count as shown."""
    cases = FILES["cases.csv"].replace("b,2024", "\n , ,,,,\nb,2024") + "\n"
    assert load(write(tmp_path, **{"cases.csv": cases})).case_rows.height == 2
    with pytest.raises(BadInput, match=r"cases\.csv, row 5, column suspects"):
        load(write(tmp_path, **{"cases.csv": cases.replace("x,2", "x,two")}))


def test_columns_are_mapped_and_dates_read_by_their_format(tmp_path: Path) -> None:
    """`columns` and `date_format` say how the file differs."""
    office = FILES["office.toml"].replace(
        'path = "reviews.csv"',
        'path = "reviews.csv"\ndate_format = "%d.%m.%Y"\n'
        'columns = { reviewed_at = "Datum", grade = "Note" }',
    )
    reviews = "case_id,Datum,Note\na,05.02.2024,bad\n"
    tables = load(write(tmp_path, **{"office.toml": office, "reviews.csv": reviews}))
    assert tables.review_rows.select("reviewed_at", "grade").row(0) == (
        end_of(2024, 2, 5),
        "bad",
    )


def test_the_hash_tells_other_data_and_other_queries_apart(tmp_path: Path) -> None:
    """Equal files give an equal hash; one changed byte or column mapping another."""
    first = load(write(tmp_path)).data_hash
    assert load(write(tmp_path)).data_hash == first
    other = FILES["handlers.csv"].replace("10", "11")
    assert load(write(tmp_path, **{"handlers.csv": other})).data_hash != first
    mapped = FILES["office.toml"].replace(
        '"handlers.csv"', '"handlers.csv"\ncolumns = { capacity = "capacity" }'
    )
    assert load(write(tmp_path, **{"office.toml": mapped})).data_hash != first
    clock = FILES["office.toml"].replace("[office]", '[office]\ntime_zone = "Asia/Shanghai"')
    assert load(write(tmp_path, **{"office.toml": clock})).data_hash != first


@pytest.mark.parametrize(("filled", "open_cases", "fault"), [(100, 2, True), (10, 9, False)])
def test_a_blank_column_is_a_fault_only_beyond_chance(
    filled: int, open_cases: int, fault: bool, tmp_path: Path
) -> None:
    """A column that is rarely filled in may well be blank for the few open cases."""
    closed = [f"c{i},2024-01-01,2024-02-01,{'1' if i < filled else ''},no" for i in range(100)]
    still_open = [f"o{i},2024-01-01,,," for i in range(open_cases)]
    cases = "\n".join(["case_id,opened_at,closed_at,suspects,detained", *closed, *still_open])
    write(tmp_path, **{"cases.csv": cases, "events.csv": "case_id,at,activity\n"})
    (tmp_path / "reviews.csv").write_text("case_id,reviewed_at,grade\n")
    if fault:
        with pytest.raises(BadInput, match="is blank for all 2 open cases"):
            load(tmp_path)
    else:
        assert load(tmp_path).case_rows.height == 100 + open_cases


TABLE_ORDER = ["cases.csv", "events.csv", "reviews.csv", "handlers.csv", "recusals.csv"]


def test_progress_names_each_file(tmp_path: Path) -> None:
    """Reading tells which file it is at, then which table's values, then that it checks."""
    folder = write(tmp_path)
    shown: list[str] = []
    read_tables(
        load_office(folder / "office.toml"),
        folder,
        progress=lambda what, _done: shown.append(str(what)),
    )
    files = ["cases.csv", "events.csv", "handlers.csv", "recusals.csv", "reviews.csv"]
    values = [f"{file}: values" for file in sorted(files, key=TABLE_ORDER.index)]
    assert list(dict.fromkeys(shown)) == [*files, *values, "checking"]


def test_parquet_and_queries_mix_with_csv(tmp_path: Path) -> None:
    """Each table chooses its own source, and a query may join several."""
    write(tmp_path)
    pl.DataFrame({"id": ["a"], "n": [3]}).write_parquet(tmp_path / "extra.parquet")
    office = FILES["office.toml"].replace(
        'path = "cases.csv"',
        'files = { c = "cases.csv", x = "extra.parquet" }\n'
        'sql = "SELECT c.*, COALESCE(x.n, 1) AS n FROM c LEFT JOIN x ON c.case_id = x.id '
        'ORDER BY c.case_id"\ncolumns = { suspects = "n" }',
    )
    tables = load(write(tmp_path, **{"office.toml": office}))
    assert tables.case_rows["suspects"].to_list() == [3.0, 1.0]


def test_a_table_comes_from_a_database_and_its_rows_are_its_fingerprint(tmp_path: Path) -> None:
    """The same rows in another order are the same data; another row is not."""
    database = tmp_path / "register.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE cases (number TEXT, opened TEXT, closed TEXT)")
        connection.execute("INSERT INTO cases VALUES ('a', '2024-01-01', '2024-02-01')")
        connection.execute("INSERT INTO cases VALUES ('b', '2024-01-02', NULL)")
    (tmp_path / "office.toml").write_text(
        '[office]\nname = { en = "Test" }\n[tables.cases]\ndatabase = "sqlite:///register.db"\n'
        'sql = "SELECT number AS case_id, opened AS opened_at, closed AS closed_at FROM cases"\n'
    )
    first = load(tmp_path)
    assert first.case_rows["case_id"].to_list() == ["a", "b"]
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM cases WHERE number = 'a'")
        connection.execute("INSERT INTO cases VALUES ('a', '2024-01-01', '2024-02-01')")
    assert load(tmp_path).data_hash == first.data_hash
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO cases VALUES ('c', '2024-01-03', NULL)")
    assert load(tmp_path).data_hash != first.data_hash


def test_a_column_whose_type_is_not_read_is_not_blank(tmp_path: Path) -> None:
    """One cell of bytes leaves a column of a database out, so it is a fault where it is used."""
    with sqlite3.connect(tmp_path / "register.db") as connection:
        connection.execute("CREATE TABLE cases (case_id, opened_at, closed_at, kind, scan)")
        row = ("a", "2024-01-01", "2024-01-09", b"\xff", b"\xff")
        connection.execute("INSERT INTO cases VALUES (?, ?, ?, ?, ?)", row)
    (tmp_path / "office.toml").write_text(
        '[office]\nname = { en = "Test" }\n[tables.cases]\ndatabase = "sqlite:///register.db"\n'
        'sql = "SELECT * FROM cases"\n'
    )
    with pytest.raises(BadInput) as refused:
        read_tables(load_office(tmp_path / "office.toml"), tmp_path)
    (fault,) = refused.value.faults
    assert (fault.column, str(fault.problem)) == ("kind", "has a type that is not read (bytes).")


def test_a_doubt_about_a_column_is_a_fault_where_it_is_used(tmp_path: Path) -> None:
    """And nothing where it is not; one about the whole file is a warning."""
    merged = ["D2:D3", "E2:E3"]
    rows: Rows = [
        ["case_id", "opened_at", "closed_at", "kind", "remark"],
        ["a", date(2024, 1, 1), date(2024, 1, 9), "x", "y"],
        ["b", date(2024, 1, 1), date(2024, 1, 9), None, None],
    ]
    (tmp_path / "cases.xlsx").write_bytes(xlsx({"S": rows}, merged=merged))
    office = '[office]\nname = { en = "Test" }\n[tables.cases]\npath = "cases.xlsx"\n'
    (tmp_path / "office.toml").write_text(office)
    with pytest.raises(BadInput) as refused:
        read_tables(load_office(tmp_path / "office.toml"), tmp_path)
    assert [fault.column for fault in refused.value.faults] == ["kind"]
    content = "case_id,opened_at,closed_at,kind\na,2024-01-01,2024-01-09,\u5211\u4e8b\u6848\u4ef6\n"
    (tmp_path / "cases.csv").write_bytes(content.encode("gb18030"))
    (tmp_path / "office.toml").write_text(office.replace("xlsx", "csv"))
    warnings = read_tables(load_office(tmp_path / "office.toml"), tmp_path).report.warnings
    assert "which is a guess" in str(warnings[0].problem)


def test_a_shortened_case_number_in_a_workbook_is_a_fault(tmp_path: Path) -> None:
    """A spreadsheet keeps 15 digits; none are made up."""
    rows: Rows = [
        ["case_id", "opened_at", "closed_at"],
        [320123199001011000.0, date(2024, 1, 1), date(2024, 1, 9)],
    ]
    (tmp_path / "cases.xlsx").write_bytes(xlsx({"S": rows}))
    (tmp_path / "office.toml").write_text(
        '[office]\nname = { en = "Test" }\n[tables.cases]\npath = "cases.xlsx"\n'
    )
    with pytest.raises(BadInput, match="is a number that a spreadsheet has shortened"):
        read_tables(load_office(tmp_path / "office.toml"), tmp_path)
