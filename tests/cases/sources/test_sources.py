"""Every source keeps one contract."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import quoteattr

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.progress import silent
from cases.sources import SOURCES, base, source_of, workbook
from cases.sources.base import Layout, Unreadable
from tests.cases.sources.workbooks import ods, xls, xlsx

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


def _cells(rows: Rows) -> list[list[str | None]]:
    """The rows below their header, as a sheet has them."""
    return [list(rows[0]), *([value or None for value in row.values()] for row in rows)]


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    ".csv": as_csv,
    ".csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    ".xlsx": lambda rows: xlsx({"cases": _cells(rows)}),
    ".xlsm": lambda rows: xlsx({"cases": _cells(rows)}),
    ".xls": lambda rows: xls({"cases": _cells(rows)}),
    ".ods": lambda rows: ods({"cases": _cells(rows)}),
    ".parquet": as_parquet,
    ".xes": as_xes,
    ".xes.gz": lambda rows: gzip.compress(as_xes(rows)),
}
ENDINGS = [ending for source in SOURCES for ending in source.endings]
IN_PROCESS = [ending for ending in ENDINGS if ending not in workbook.SOURCE.endings]
every_ending = pytest.mark.parametrize("ending", ENDINGS)


def read(path: Path) -> pl.DataFrame:
    """The file, by the source its ending chooses."""
    return source_of(path).read(path, Layout(), silent).frame


@every_ending
def test_rows_come_back_in_order_with_blanks_as_null(ending: str, tmp_path: Path) -> None:
    """What was written is read: names, order, quotes, line breaks, any script; blank is null."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS))
    expected = [{k: v or None for k, v in row.items()} for row in ROWS]
    assert read(path).to_dicts() == expected


@every_ending
def test_a_name_that_is_a_pattern_is_a_name(ending: str, tmp_path: Path) -> None:
    """Also where a library would take it for several columns; a guarded cell beside it."""
    rows: Rows = [{"case_id": "a", "*": "x", "^.*$": "y"}, {"case_id": "b", "*": "", "^.*$": "z"}]
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](rows))
    assert read(path).to_dicts() == [{k: v or None for k, v in row.items()} for row in rows]


@every_ending
def test_progress_ends_at_one(ending: str, tmp_path: Path) -> None:
    """Progress names the file, never falls, and ends at 1."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(WRITERS[ending](ROWS))
    told: list[tuple[str, float]] = []
    source_of(path).read(path, Layout(), lambda what, done: told.append((what, done)))
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
    with pytest.raises(Unreadable, match="is not a file but a folder"):
        read(path)


@every_ending
def test_a_pipe_is_no_file(ending: str, tmp_path: Path) -> None:
    """A pipe that nobody writes to is a fault at once."""
    path = tmp_path / f"table{ending}"
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="is not a file"):
        read(path)


@every_ending
def test_a_device_is_no_file(ending: str, tmp_path: Path) -> None:
    """A link to a source of endless zeros is a fault at once."""
    path = tmp_path / f"table{ending}"
    path.symlink_to("/dev/zero")
    with pytest.raises(Unreadable, match="is not a file"):
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


@pytest.mark.parametrize("ending", IN_PROCESS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_fault(ending: str, content: bytes, tmp_path: Path) -> None:
    """Whatever stands in a file, reading it ends with a frame or with a fault."""
    path = tmp_path / f"table{ending}"
    path.write_bytes(content)
    with suppress(Unreadable):
        assert isinstance(read(path), pl.DataFrame)


@pytest.mark.parametrize("ending", IN_PROCESS)
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


@pytest.mark.parametrize("ending", workbook.SOURCE.endings)
@pytest.mark.parametrize("at", [3, 40, 700])
def test_a_damaged_workbook_is_a_table_or_a_fault(ending: str, at: int, tmp_path: Path) -> None:
    """As for other files; each is read in a process of its own, so these are few."""
    content = bytearray(WRITERS[ending](ROWS))
    content[at % len(content)] ^= 0xFF
    path = tmp_path / f"table{ending}"
    path.write_bytes(content)
    with suppress(Unreadable):
        read(path)


def test_an_unknown_ending_lists_the_known_ones() -> None:
    """A document is refused with the endings that are read."""
    with pytest.raises(Unreadable) as refused:
        source_of(Path("cases.docx"))
    assert all(ending in str(refused.value.remedy) for ending in ENDINGS)
