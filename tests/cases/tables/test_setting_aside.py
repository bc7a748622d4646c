"""Rows at fault go into a file of their own; nothing is lost."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cases.errors import BadInput
from tests.factories.files import FILES, load, write


def test_rows_at_fault_and_what_depends_on_them_are_set_aside(tmp_path: Path) -> None:
    """A bad case goes with its events and reviews; every row is in the tables or in the file."""
    folder = write(tmp_path, **{"cases.csv": FILES["cases.csv"].replace(",1,yes", ",one,maybe")})
    tables = load(folder, set_aside=tmp_path / "aside.csv")
    assert tables.case_rows["case_id"].to_list() == ["b"]
    assert tables.event_rows["case_id"].to_list() == ["b"]
    assert tables.review_rows.is_empty()
    aside = pl.read_csv(tmp_path / "aside.csv", infer_schema=False)
    assert aside.select("file", "row", "column", "value", "problem").rows() == [
        ("cases.csv", "2", "suspects", "one", "is not a number."),
        ("cases.csv", "2", "detained", "maybe", "is not a flag."),
        ("events.csv", "2", "case_id", "a", "is a case that was set aside."),
        ("reviews.csv", "2", "case_id", "a", "is a case that was set aside."),
    ]
    assert aside["row_as_read"][0] == (
        '{"case_id":"a","opened_at":"2024-01-01","closed_at":"2024-02-01","kind":"x",'
        '"suspects":"one","detained":"maybe"}'
    )


def test_what_is_wrong_is_written_in_the_language_asked_for(tmp_path: Path) -> None:
    """Also where it is not the office's; by default it is the office's."""
    folder = write(tmp_path, **{"cases.csv": FILES["cases.csv"].replace(",1,yes", ",one,yes")})
    load(folder, tmp_path / "aside.zh.csv", language="zh")
    load(folder, tmp_path / "aside.csv")
    for name, problem in (("aside.zh.csv", "不是数字。"), ("aside.csv", "is not a number.")):
        assert pl.read_csv(tmp_path / name)["problem"][0] == problem


def test_recusals_of_a_handler_go_with_the_handler(tmp_path: Path) -> None:
    """A recusal of somebody who was set aside would stand in the way of every new case."""
    folder = write(tmp_path, **{"handlers.csv": FILES["handlers.csv"].replace("h1,10", "h1,lots")})
    tables = load(folder, set_aside=tmp_path / "aside.csv")
    assert (tables.handler_rows.height, tables.recusal_rows.height) == (0, 0)
    problems = pl.read_csv(tmp_path / "aside.csv")["problem"].to_list()
    assert problems == ["is not a number.", *["is a handler that was set aside."] * 2]


WITH_REVIEWERS = FILES["office.toml"] + '[tables.reviewers]\npath = "reviewers.csv"\n'


def test_recusals_of_a_reviewer_stay_where_only_the_handler_was_set_aside(tmp_path: Path) -> None:
    """Else somebody could review a case that they may not review."""
    files = {
        "office.toml": WITH_REVIEWERS,
        "handlers.csv": "handler,capacity\nh1,lots\nh2,lots\n",
        "reviewers.csv": "reviewer\nh1\n",
        "recusals.csv": "handler,case_id\nh1,a\nh2,a\n",
    }
    tables = load(write(tmp_path, **files), set_aside=tmp_path / "aside.csv")
    assert tables.recusal_rows["handler"].to_list() == ["h1"]


@pytest.mark.parametrize("value", ["=1+1", "+1 one", "-x", "@SUM(1)"])
def test_formulas_are_neutralised(value: str, tmp_path: Path) -> None:
    """A cell that a spreadsheet would run is written as text."""
    folder = write(tmp_path, **{"cases.csv": FILES["cases.csv"].replace(",1,yes", f",{value},yes")})
    load(folder, set_aside=tmp_path / "aside.csv")
    assert pl.read_csv(tmp_path / "aside.csv")["value"][0] == "'" + value


def test_sound_tables_leave_an_empty_list(tmp_path: Path) -> None:
    """With nothing to set aside the file has its header and the tables are whole."""
    tables = load(write(tmp_path), set_aside=tmp_path / "aside.csv")
    assert tables.case_rows.height == 2
    assert pl.read_csv(tmp_path / "aside.csv").is_empty()


@pytest.mark.parametrize("content", [b"", b"\xff", b"handler\nh1,2\n", b"name\nh1\n"])
def test_faults_that_are_not_of_a_row_still_raise(content: bytes, tmp_path: Path) -> None:
    """A file that cannot be read or lacks a column cannot be set aside."""
    with pytest.raises(BadInput):
        load(write(tmp_path, **{"handlers.csv": content}), set_aside=tmp_path / "aside.csv")
    assert not (tmp_path / "aside.csv").exists()


def test_when_no_case_is_left_it_says_so(tmp_path: Path) -> None:
    """An office all of whose cases are at fault is refused, and the file says why."""
    folder = write(tmp_path, **{"cases.csv": FILES["cases.csv"].replace("2024-0", "2024-1")})
    cases = FILES["cases.csv"].replace("2024-01-0", "2024-01-4")
    write(folder, **{"cases.csv": cases})
    with pytest.raises(BadInput, match=r"cases\.csv: has a fault in every row\. See aside\.csv\."):
        load(folder, set_aside=tmp_path / "aside.csv")


def test_a_place_that_cannot_be_written_is_a_fault(tmp_path: Path) -> None:
    """A folder that does not exist is said, not thrown."""
    with pytest.raises(BadInput, match=r"aside\.csv: cannot be written"):
        load(write(tmp_path), set_aside=tmp_path / "nowhere" / "aside.csv")


@pytest.mark.parametrize("name", ["cases.csv", "folder", "notes.txt"])
def test_nothing_is_written_over(name: str, tmp_path: Path) -> None:
    """A target that is there already, a table of the office above all, is refused and kept."""
    folder = write(tmp_path, **{"cases.csv": FILES["cases.csv"].replace(",1,yes", ",one,yes")})
    (folder / "notes.txt").write_text("the only copy")
    (folder / "folder").mkdir()
    before = {path.name: path.read_bytes() for path in folder.glob("*.*")}
    with pytest.raises(BadInput, match=r"is there already\. Name a new file\."):
        load(folder, set_aside=folder / name)
    assert {path.name: path.read_bytes() for path in folder.glob("*.*")} == before


def test_several_commands_can_name_the_same_file(tmp_path: Path) -> None:
    """Rows set aside again from the same tables leave the file as it is; from others refuse."""
    folder = write(tmp_path, **{"cases.csv": FILES["cases.csv"].replace(",1,yes", ",one,yes")})
    for _ in range(2):
        assert load(folder, set_aside=folder / "aside.csv").case_rows.height == 1
    with pytest.raises(BadInput, match=r"aside\.csv: is there already"):
        load(write(folder), set_aside=folder / "aside.csv")
