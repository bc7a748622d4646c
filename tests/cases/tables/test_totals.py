"""Counts of closings and totals from elsewhere: every difference is named, and no more."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.errors import BadInput
from cases.tables import totals as module
from cases.tables.tables import CASES
from cases.tables.totals import TOTALS, closings, differences, read_totals
from tests.factories.office import rows

TABLE = """
case_id | opened_at  | closed_at        | unit
a       | 2026-03-01 | 2026-04-01       | U1
b       | 2026-03-01 | 2026-04-30T23:59 | U1
c       | 2026-03-01 | 2026-04-30       | U2
d       | 2026-03-01 | 2026-05-01       | U1
e       | 2026-03-01 | 2026-06-15       | -
f       | 2026-03-01 | 2026-07-01       | U1
g       | 2026-03-01 | -                | U1
"""
JUNE = datetime(2026, 6, 30, 23, 59)
RIGHT = "unit,month,closed\nU1,2026-04,2\nU2,2026-04,1\nU1,2026-05,1\n,2026-06,1\n"


def counted() -> pl.DataFrame:
    """The closings of the table by the end of June."""
    return closings(rows(TABLE, CASES), JUNE)


def read(folder: Path, text: str | bytes) -> pl.DataFrame:
    """The totals in a file of that text."""
    path = folder / "totals.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_totals(path)


def said(folder: Path, text: str, until: datetime = JUNE) -> list[str]:
    """The differences in English."""
    return [problem.say("en") for problem in differences(counted(), read(folder, text), until)]


def test_closings_are_counted_by_unit_and_month() -> None:
    """Open cases and later closings do not count; a case without a unit has an empty one."""
    assert counted().rows() == [
        ("U1", "2026-04", 2),
        ("U2", "2026-04", 1),
        ("U1", "2026-05", 1),
        ("", "2026-06", 1),
    ]
    assert counted().schema == TOTALS
    assert closings(rows(TABLE, CASES).head(0), JUNE).schema == TOTALS


def test_equal_totals_differ_in_nothing(tmp_path: Path) -> None:
    """In any order, with further columns, and as a spreadsheet saves them."""
    assert read(tmp_path, RIGHT).equals(counted())
    assert said(tmp_path, RIGHT) == []
    other = "\ufeffmonth,closed,unit,note\n2026-06,1,,\n2026-04, 2 ,U1,x\n2026-04,1,U2,\n"
    assert said(tmp_path, other + "2026-05,1,U1,\n") == []


def test_every_difference_is_named(tmp_path: Path) -> None:
    """More there, fewer there, only there, only here."""
    text = "unit,month,closed\nU1,2026-04,1200\nU3,2026-04,3\nU1,2026-05,0\n,2026-06,1\n"
    assert said(tmp_path, text) == [
        "Unit U1, month 2026-04: 2 cases in the tables, 1,200 in the totals.",
        "Unit U2, month 2026-04: 1 cases in the tables, 0 in the totals.",
        "Unit U3, month 2026-04: 0 cases in the tables, 3 in the totals.",
        "Unit U1, month 2026-05: 1 cases in the tables, 0 in the totals.",
    ]


def test_a_month_without_any_case_here_is_named(tmp_path: Path) -> None:
    """As if a whole month had been taken out."""
    assert said(tmp_path, "unit,month,closed\nU1,2026-02,5\nU1,2026-03,0\n") == [
        "Unit U1, month 2026-02: 0 cases in the tables, 5 in the totals."
    ]


def test_only_months_that_were_over_and_are_covered_are_compared(tmp_path: Path) -> None:
    """Of June nothing can be said before its last day; of April nothing is said there."""
    text = "unit,month,closed\nU1,2026-05,1\n,2026-06,9\n"
    assert said(tmp_path, text, datetime(2026, 6, 29, 23, 59)) == []
    assert said(tmp_path, text, datetime(2026, 6, 30, 8)) == [
        "Unit (none), month 2026-06: 1 cases in the tables, 9 in the totals."
    ]


def test_a_comparison_of_nothing_is_not_agreement(tmp_path: Path) -> None:
    """It says so."""
    for text in ("unit,month,closed\n", "unit,month,closed\nU1,2027-01,1\n"):
        assert said(tmp_path, text) == [
            "The totals speak of no month that was over on 30 June 2026: nothing is compared."
        ]


def test_every_fault_of_a_file_is_listed(tmp_path: Path) -> None:
    """With its row, its value and what to do."""
    text = "unit,month,closed\nU1,2026-13,1\nU1,2026-05,1.5\nU2,2026-05,-1\nU2,2026-05,\n,,2\n"
    with pytest.raises(BadInput) as caught:
        read(tmp_path, text)
    assert [(fault.row, fault.column, fault.value) for fault in caught.value.faults] == [
        (2, "month", "2026-13"),
        (6, "month", ""),
        (3, "closed", "1.5"),
        (4, "closed", "-1"),
        (5, "closed", ""),
        (4, "unit", "U2"),
        (5, "unit", "U2"),
    ]
    assert str(caught.value.faults[0]) == (
        'totals.csv, row 2, column month, value "2026-13": is not a month. Write it as 2026-06.'
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("unit,month\nU1,2026-05\n", "has no column closed"),
        ("unit,month,closed,closed\nU1,2026-05,1,2\n", "has two columns named `closed`"),
        ("unit,month,closed\nU1,2026-05,1,9\n", "this row has 4 cells"),
        (b"unit,month,closed\n\xff,2026-05,1\n", "is not UTF-8 text"),
        ("unit,month,closed\nU1,２０２６-05,1\n", "is not a month"),
        ("unit,month,closed\nU1,2026-05,9999999999\n", "is not a number of cases"),
    ],
)
def test_what_is_no_file_of_totals_is_refused(
    tmp_path: Path, text: str | bytes, sentence: str
) -> None:
    """In a sentence."""
    with pytest.raises(BadInput, match=sentence):
        read(tmp_path, text)


def test_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In kind, size and whether they are there at all."""
    with pytest.raises(BadInput, match="is not a CSV file"):
        read_totals(tmp_path / "totals.csv.gz")
    with pytest.raises(BadInput, match="is not there"):
        read_totals(tmp_path / "totals.csv")
    monkeypatch.setattr(module, "LARGEST_TOTALS", 10)
    with pytest.raises(BadInput, match="holds more than 10 bytes"):
        read(tmp_path, RIGHT)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100) | st.text(max_size=100).map("unit,month,closed\n{}".format))
def test_any_content_is_read_or_refused(tmp_path: Path, text: str | bytes) -> None:
    """Nothing else happens."""
    try:
        found = read(tmp_path, text if isinstance(text, bytes) else text.encode())
    except BadInput:
        return
    assert found.schema == TOTALS


@given(st.lists(st.tuples(st.sampled_from("UVW"), st.integers(1, 6)), max_size=30), st.data())
def test_a_case_taken_out_is_found(closed: list[tuple[str, int]], data: st.DataObject) -> None:
    """Whichever it is, the unit and the month of it are named, and nothing else."""
    cases = pl.DataFrame(
        {
            "unit": [unit for unit, _month in closed],
            "closed_at": [datetime(2026, month, 10) for _unit, month in closed],
        },
        schema={"unit": pl.String, "closed_at": pl.Datetime("us")},
    )
    totals = closings(cases, JUNE)
    if not closed:
        return
    out = data.draw(st.integers(0, len(closed) - 1))
    rest = closings(pl.concat([cases.head(out), cases.tail(len(closed) - out - 1)]), JUNE)
    (problem,) = differences(rest, totals, JUNE)
    unit, month = closed[out]
    assert problem.say("en").startswith(f"Unit {unit}, month 2026-0{month}: ")
