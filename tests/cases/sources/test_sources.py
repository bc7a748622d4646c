"""Every source keeps one contract."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import quoteattr

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.progress import silent
from cases.sources import SOURCES, base, source_of
from cases.sources.base import Unreadable

Rows = list[dict[str, str]]

ROWS: Rows = [
    {"case_id": "a", "activity": "=1+1", "place": ""},
    {"case_id": "b", "activity": '受理, "twice"\nand again', "place": "<here> & there"},
]


def as_csv(rows: Rows) -> bytes:
    """The rows as CSV, every cell in quotation marks."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: Rows) -> bytes:
    """The rows as Parquet."""
    file = io.BytesIO()
    pl.DataFrame(rows).write_parquet(file)
    return file.getvalue()


def as_xes(rows: Rows) -> bytes:
    """The rows as the events of one trace."""
    events = "".join(
        "<event>"
        + "".join(f"<string key={quoteattr(k)} value={quoteattr(v)}/>" for k, v in row.items())
        + "</event>"
        for row in rows
    )
    return f'<log xmlns="http://www.xes-standard.org/"><trace>{events}</trace></log>'.encode()


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    ".csv": as_csv,
    ".csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    ".parquet": as_parquet,
    ".xes": as_xes,
    ".xes.gz": lambda rows: gzip.compress(as_xes(rows)),
}
ENDINGS = [ending for source in SOURCES for ending in source.endings]
every_ending = pytest.mark.parametrize("ending", ENDINGS)


def read(path: Path) -> pl.DataFrame:
    """The file, by the source its ending chooses."""
    return source_of(path).read(path, silent)


@every_ending
def test_rows_come_back_in_order_with_blanks_as_null(ending: str, tmp_path: Path) -> None:
    """What was written is read: names, order, quotes, line breaks, any script; blank is null."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS))
    expected = [{k: v or None for k, v in row.items()} for row in ROWS]
    assert read(path).to_dicts() == expected


@every_ending
def test_progress_ends_at_one(ending: str, tmp_path: Path) -> None:
    """Progress names the file, never falls, and ends at 1."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS))
    told: list[tuple[str, float]] = []
    source_of(path).read(path, lambda what, done: told.append((what, done)))
    assert {what for what, _ in told} == {path.name}
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1][1] == 1.0


@every_ending
def test_an_absent_file_is_said_to_be_absent(ending: str, tmp_path: Path) -> None:
    """A file that is not there is a fault with a remedy."""
    with pytest.raises(Unreadable, match="is not there"):
        read(tmp_path / f"table{ending}")


@every_ending
def test_a_folder_is_no_file(ending: str, tmp_path: Path) -> None:
    """A folder with a table's name is a fault, not a traceback."""
    path = tmp_path / f"table{ending}"
    path.mkdir()
    with pytest.raises(Unreadable, match="cannot be opened"):
        read(path)


@every_ending
def test_a_file_beyond_the_limit_is_refused(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The size on disk is bounded before anything is read."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS))
    monkeypatch.setattr(base, "LARGEST_FILE", 10)
    with pytest.raises(Unreadable, match="holds more than"):
        read(path)


@every_ending
def test_a_file_that_unpacks_beyond_the_limit_is_refused(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that unpacks to a large one stops at the limit."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS * 1000))
    monkeypatch.setattr(base, "LARGEST_CONTENT", 3000)
    with pytest.raises(Unreadable, match="holds more than"):
        read(path)


@every_ending
def test_columns_are_bounded(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with more columns than any table needs is refused."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS))
    monkeypatch.setattr(base, "MOST_COLUMNS", 2)
    with pytest.raises(Unreadable, match="more than 2 columns"):
        read(path)


@every_ending
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(ending: str, content: bytes, tmp_path: Path) -> None:
    """Whatever stands in a file, reading it ends with a frame or with a fault."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(content)
    with suppress(Unreadable):
        assert isinstance(read(path), pl.DataFrame)


@every_ending
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(at=st.integers(min_value=0, max_value=10_000), byte=st.integers(0, 255))
def test_a_damaged_file_is_a_table_or_a_fault(
    ending: str, at: int, byte: int, tmp_path: Path
) -> None:
    """One wrong byte anywhere never ends in a traceback."""
    content = bytearray(WRITERS[ending](ROWS))
    content[at % len(content)] = byte
    path = tmp_path / f"table{ending}"
    path.write_bytes(content)
    with suppress(Unreadable):
        read(path)


def test_an_unknown_ending_lists_the_known_ones() -> None:
    """A spreadsheet is refused with the endings that are read."""
    with pytest.raises(Unreadable) as refused:
        source_of(Path("cases.xlsx"))
    assert all(ending in str(refused.value.remedy) for ending in ENDINGS)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8))
def test_csv_round_trip(cells: list[tuple[str, str]], tmp_path: Path) -> None:
    """Quotes, commas, line breaks, formulas and every script survive CSV."""
    path = tmp_path / "table.csv"
    path.write_bytes(as_csv([{"one": one, "two": two} for one, two in cells]))
    assert read(path).rows() == [(one or None, two or None) for one, two in cells]


@pytest.mark.parametrize(
    ("content", "problem", "row"),
    [
        (b"", "is empty.", None),
        (b" \n\n", "is empty.", None),
        (b"\xef\xbb\xbf", "is empty.", None),
        (b"\xef", "is not UTF-8 text.", 1),
        (b"a,b\n1,2\n3,4,5\n", "this row has 3 cells, the header has 2.", 3),
        (b'a,b\n1,2\n3,"4\n', "has a value whose quotation marks do not match.", 3),
        ("a,b\n1,刑\n".encode("gb18030"), "is not UTF-8 text.", 2),
        ("a,b\n1,2\n".encode("utf-16"), "is not UTF-8 text.", 1),
        (b"a,b,a\n1,2,3\n", "has two columns named `a`.", None),
    ],
)
def test_csv_faults_name_the_row(
    content: bytes, problem: str, row: int | None, tmp_path: Path
) -> None:
    """What is wrong with a CSV is said with the row it is in."""
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as fault:
        read(path)
    assert (str(fault.value.problem), fault.value.row) == (problem, row)


def test_csv_with_a_byte_order_mark(tmp_path: Path) -> None:
    """The mark that Excel puts first is not part of the first column's name."""
    path = tmp_path / "table.csv"
    path.write_bytes("case_id , \n1,2\n".encode("utf-8-sig"))
    assert read(path).columns == ["case_id", "column 2"]


EVENT = '<event><string key="a" value="1"/></event>'


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/hostname">]><log/>', "document type"),
        ('<!DOCTYPE log SYSTEM "http://localhost/log.dtd"><log/>', "document type"),
        ('<!DOCTYPE log [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><log x="&b;"/>', "document type"),
        ("<log><trace>", "not well-formed"),
        ("<log/>", "holds no event"),
        (f"<log>{EVENT}</log>", "outside any trace"),
        (f'<log><trace>{EVENT}<int key="b" value="2"/></trace></log>', "after its events"),
        ("<log>" * 300, "not well-formed"),
    ],
)
def test_xes_faults(content: str, problem: str, tmp_path: Path) -> None:
    """XML that is broken, names other files or nests without end is refused."""
    path = tmp_path / "log.xes"
    path.write_text(content)
    with pytest.raises(Unreadable, match=problem):
        read(path)


def test_xes_traces_lend_their_attributes_to_their_events(tmp_path: Path) -> None:
    """Attributes of a trace are columns `case:<key>` of its events, and of no others."""
    path = tmp_path / "log.xes"
    path.write_text(
        f'<log><int key="x" value="0"><int key="y" value="0"/></int>'
        f'<trace><string key="id" value="t1"/>{EVENT}{EVENT}</trace><trace>{EVENT}</trace></log>'
    )
    assert read(path).to_dicts() == [
        {"a": "1", "case:id": "t1"},
        {"a": "1", "case:id": "t1"},
        {"a": "1", "case:id": None},
    ]


def test_xes_chunks_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log longer than one chunk comes back whole, whichever chunk first names a column."""
    monkeypatch.setattr("cases.sources.xes.CHUNK", 1)
    monkeypatch.setattr(base, "PIECE", 64)
    path = tmp_path / "log.xes"
    path.write_text(
        "<log><trace>" + EVENT * 20 + '<event><int key="b" value="2"/></event></trace></log>'
    )
    frame = read(path)
    assert frame["a"].to_list() == ["1"] * 20 + [None]
    assert frame["b"].to_list() == [None] * 20 + ["2"]
