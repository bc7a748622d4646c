"""Sheets as offices keep them: titles, merged headers, totals, dates, long numbers."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from cases.progress import silent
from cases.sources import workbook
from cases.sources.apart import sheets
from cases.sources.base import Layout, Reading, Unreadable
from tests.cases.sources.workbooks import Cell, Raw, Rows, ods, xls, xlsx

FOUND = Layout()
HEADER = ["案号", "立案日期", "金额"]
MERGED_TWICE = (
    "has merged cells in 2 places, first in row 2: only the first cell of each holds the value."
)
ROW: list[Cell] = ["C1", date(2024, 3, 31), 1234.5]


def read(content: bytes, folder: Path, layout: Layout = FOUND, ending: str = ".xlsx") -> Reading:
    """The workbook, written to a file and read."""
    path = folder / f"book{ending}"
    path.write_bytes(content)
    return workbook.read(path, layout, silent)


def fault(
    content: bytes, folder: Path, layout: Layout = FOUND, ending: str = ".xlsx"
) -> tuple[str, int | None, str | None]:
    """What is wrong and what to do, the row and the column."""
    with pytest.raises(Unreadable) as unreadable:
        read(content, folder, layout, ending)
    error = unreadable.value
    return f"{error.problem} {error.remedy}", error.row, error.column


def notes(reading: Reading) -> str:
    """What a reading says of itself."""
    return " ".join(map(str, reading.notes))


CELLS: list[tuple[Cell, str | None]] = [
    ("京检1号", "京检1号"),
    (" =1+1", " =1+1"),
    ("two\nlines", "two\nlines"),
    (date(2024, 3, 31), "2024-03-31"),
    (datetime(2024, 3, 31, 9, 35, 59), "2024-03-31T09:35:59"),
    (20240105001, "20240105001"),
    (123456789012345, "123456789012345"),
    (320123199001011000, "3.20123199001011e+17"),
    (1234567890123456, "1.234567890123456e+15"),
    (0.1, "0.1"),
    (1234.5, "1234.5"),
    (-3, "-3"),
    (True, "true"),
    (None, None),
]


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ".xls"])
def test_every_kind_of_cell_comes_back(ending: str, tmp_path: Path) -> None:
    """Dates as ISO texts, all digits of a whole number as far as they are kept, none made up."""
    write = {".xlsx": xlsx, ".ods": ods, ".xls": xls}[ending]
    rows: Rows = [["kept", "cell"], *(["x", cell] for cell, _ in CELLS)]
    reading = read(write({"S": rows}), tmp_path, ending=ending)
    assert reading.frame["cell"].to_list() == [text for _, text in CELLS]
    assert reading.rows.to_list() == list(range(2, len(CELLS) + 2))


def test_decimals_are_written_as_the_office_writes_them(tmp_path: Path) -> None:
    """So that numbers and texts of one column are read alike."""
    content = xlsx({"S": [["id", "sum"], ["a", 1.5], ["b", "2,5"], ["c", 3]]})
    reading = read(content, tmp_path, Layout(decimal=","))
    assert reading.frame["sum"].to_list() == ["1,5", "2,5", "3"]


def test_a_title_a_merged_header_and_a_total_are_seen(tmp_path: Path) -> None:
    """And said; rows are counted as the sheet shows them."""
    rows: Rows = [
        ["2024年案件台账"],
        ["案号", "立案", None, "金额"],
        [None, "日期", "部门", None],
        ["C1", date(2024, 1, 1), "一部", 3],
        [],
        ["C2", date(2024, 1, 2), "二部", 4],
        ["合 计", None, None, 7],
    ]
    reading = read(xlsx({"S": rows}, merged=["A1:D1", "A2:A3", "B2:C2", "D2:D3"]), tmp_path)
    assert reading.frame.columns == ["案号", "立案 日期", "立案 部门", "金额"]
    assert reading.frame["案号"].to_list() == ["C1", None, "C2"]
    assert reading.rows.to_list() == [4, 5, 6]
    assert sum(any(row) for row in reading.frame.rows()) == 2
    assert notes(reading) == (
        "Sheet S; its header is rows 2 to 3. Row 7 is a total of the rows above and was left out."
    )


@pytest.mark.parametrize("header_row", [None, 2, 3])
def test_any_row_of_a_merged_header_may_be_named(header_row: int | None, tmp_path: Path) -> None:
    """The rest of it is found by what is merged."""
    rows: Rows = [["台账"], ["案号", "立案", None], [None, "日期", "部门"], ["C1", "x", "y"]]
    content = xlsx({"S": rows}, merged=["A2:A3", "B2:C2"])
    reading = read(content, tmp_path, Layout(header_row=header_row))
    assert reading.frame.columns == ["案号", "立案 日期", "立案 部门"]
    assert reading.layout.header_row == 3


def test_columns_without_a_name_and_a_value_are_no_columns(tmp_path: Path) -> None:
    """As formatted cells to the right leave them; one with values gets its number."""
    reading = read(xlsx({"S": [["a", None, "b", None], ["1", None, "2", "3"]]}), tmp_path)
    assert reading.frame.columns == ["a", "b", "column 3"]


def test_the_only_shown_sheet_with_cells_is_meant(tmp_path: Path) -> None:
    """Blank and hidden ones do not count; of several one must be named."""
    rows: Rows = [HEADER, ROW]
    content = xlsx({"说明": [], "台账": rows, "旧": rows}, hidden=["旧"])
    assert read(content, tmp_path).layout.sheet == "台账"
    two = xlsx({"一": rows, "二": rows})
    assert fault(two, tmp_path)[0] == (
        "has several sheets: 一, 二. Say which with `sheet` in the office file."
    )
    assert read(two, tmp_path, Layout(sheet="二")).layout.sheet == "二"
    assert "Its sheets are: 一, 二." in fault(two, tmp_path, Layout(sheet="三"))[0]


def test_errors_of_a_spreadsheet_are_not_blank(tmp_path: Path) -> None:
    """They stand as their text, and are counted."""
    error = Raw("e", "<f>A9</f><v>#REF!</v>")
    reading = read(xlsx({"S": [["id", "sum"], ["a", error]]}), tmp_path)
    assert reading.frame["sum"].to_list() == ["#REF!"]
    assert "1 cell holds an error" in notes(reading)


@pytest.mark.parametrize("value", ["", "<v/>", "<v></v>"])
def test_a_formula_without_a_value_is_a_fault(value: str, tmp_path: Path) -> None:
    """Programs that do not compute write such; read as blank it would be silent."""
    uncomputed = Raw("n", f"<f>A1+1</f>{value}")
    said = fault(xlsx({"S": [["id", "sum"], ["a", uncomputed]]}), tmp_path)
    assert said[0].startswith("has a formula in S whose value was never computed.")
    assert said[1:] == (2, "B")
    blank = Raw("str", "<f>A1</f><v></v>")
    assert read(xlsx({"S": [["id", "sum"], ["a", blank]]}), tmp_path).frame.height == 1


REF = Raw("e", "<f>A9</f><v>#REF!</v>")
UNCOMPUTED = Raw("n", "<f>A1+1</f>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"<(/?)(worksheet|sheetData|row|c|f|v|is|t)\b", r"<\1x:\2"),  # as the SDK of Office writes
        (r' r="[A-Z0-9]+"', ""),  # rows and cells need no number
        (r' t="(\w+)"', r" t='\1'"),
    ],
)
def test_no_spelling_of_a_sheet_hides_errors_and_formulas(
    before: str, after: str, tmp_path: Path
) -> None:
    """The XML of a sheet may be written in several ways that mean the same."""
    rows: Rows = [["id", "sum"], ["a", REF]]
    error, formula = (
        _rewritten(xlsx({"S": [*rows, ["b", last]]}), before, after) for last in (1, UNCOMPUTED)
    )
    reading = read(error, tmp_path)
    assert reading.frame["sum"].to_list() == ["#REF!", "1"]
    assert "1 cell holds an error" in notes(reading)
    said = fault(formula, tmp_path)
    assert said[0].startswith("has a formula in S whose value was never computed.")
    assert said[1:] == (3, "B")


def _rewritten(content: bytes, before: str, after: str) -> bytes:
    """The workbook with its first sheet's XML changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.namelist():
            xml = old.read(part).decode()
            if part.endswith("sheet1.xml"):
                xml = re.sub(before, after, xml).replace("worksheet xmlns=", "worksheet xmlns:x=")
                xml = xml if "<x:" in xml else xml.replace("xmlns:x=", "xmlns=")
            new.writestr(part, xml)
    return changed.getvalue()


def test_errors_at_the_edge_of_a_sheet_are_kept(tmp_path: Path) -> None:
    """A last row and a last column that hold nothing else."""
    reading = read(xlsx({"S": [["id", "sum"], ["a", 1], [None, None, REF]]}), tmp_path)
    assert reading.frame.rows() == [("a", "1", None), (None, None, "#REF!")]


def test_errors_and_formulas_of_an_open_document(tmp_path: Path) -> None:
    """As in other workbooks; one cell may stand for several."""
    error = Raw(
        'table:number-columns-repeated="2" office:value-type="string" office:string-value=""',
        "<text:p>#N/A</text:p>",
    )
    blank = Raw('office:value-type="string" office:string-value=""', "<text:p/>")
    rows: Rows = [["id", "sum", "rest"], ["a", error], ["b", blank]]
    reading = read(ods({"T": [["x", Raw("", "")]], "S": rows}), tmp_path, Layout(sheet="S"), ".ods")
    assert reading.frame.rows() == [("a", "#N/A", "#N/A"), ("b", None, None)]
    assert "2 cells hold an error" in notes(reading)
    said = fault(ods({"S": [*rows, [], ["c", Raw("", "")]]}), tmp_path, ending=".ods")
    assert said[0].startswith("has a formula in S whose value was never computed.")
    assert said[1:] == (5, "B")


def test_a_workbook_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Where its errors and formulas stand is not known."""
    content = ods({"S": [HEADER, ROW]})
    with zipfile.ZipFile(io.BytesIO(content)) as archive, pytest.raises(sheets.Problem):
        sheets._errors_of_xml(_without(archive, "content.xml"), "S")


def _without(archive: zipfile.ZipFile, part: str) -> bytes:
    rest = io.BytesIO()
    with zipfile.ZipFile(rest, "w") as new:
        for name in archive.namelist():
            if name != part:
                new.writestr(name, archive.read(name))
    return rest.getvalue()


@pytest.mark.parametrize("day", [(1900, 1, 1), (1900, 2, 28), (1900, 3, 1)])
def test_the_first_days_of_old_workbooks_are_read(
    day: tuple[int, int, int], tmp_path: Path
) -> None:
    """Excel counts a 29 February 1900; 1900-01-01 often stands for a date that is not known."""
    reading = read(xls({"S": [HEADER, ["C1", date(*day), 1]]}), tmp_path, ending=".xls")
    assert reading.frame[HEADER[1]].to_list() == [date(*day).isoformat()]


def test_the_day_that_never_was_is_a_fault(tmp_path: Path) -> None:
    """What was meant by 29 February 1900 is not known."""
    content = xls({"S": [HEADER, ["C1", date(1900, 3, 1), 1]]})
    changed = content.replace(struct.pack("<d", 61), struct.pack("<d", 60))
    assert fault(changed, tmp_path, ending=".xls")[1:] == (2, "B")


def test_what_a_reader_leaves_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read: shared texts unpack to more than the workbook."""
    monkeypatch.setattr(workbook, "most_content", lambda _layout: 10_000)
    assert fault(xlsx({"S": [HEADER, *[["x" * 90] * 3] * 90]}), tmp_path)[0].startswith(
        "holds more"
    )


def test_readers_of_old_workbooks_must_agree(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One of them has been wrong before; the first cell in doubt is named."""
    content = xls({"S": [HEADER, ROW]})
    monkeypatch.setattr(sheets, "_agree", lambda one, *_: one != 1234.5)
    task = {"sheet": None, "most": 10**9, "decimal": "."}
    with pytest.raises(sheets.Problem) as differ:
        sheets._read(content, task, tmp_path / "sheet.arrow")
    assert differ.value.answer == {
        "problem": "readers differ",
        "sheet": "S",
        "row": 2,
        "column": "C",
    }


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<html><table></table></html>", "is a web page with the ending of a workbook."),
        (b"a,b\n1,2\n", "is not a whole workbook."),
        (b"PK\x03\x04", "is not a whole workbook."),
        (xls({"S": [HEADER]})[:1500], "is not a whole workbook."),
        (xlsx({"S": []}), "is empty."),
        (xlsx({"S": [HEADER]}), ""),
    ],
)
def test_what_is_no_workbook_is_said(content: bytes, problem: str, tmp_path: Path) -> None:
    """Whatever its ending says."""
    if problem:
        assert fault(content, tmp_path, ending=".xls")[0].startswith(problem)
    else:
        assert read(content, tmp_path).frame.columns == HEADER


def test_a_header_row_beyond_the_sheet_is_a_fault(tmp_path: Path) -> None:
    """With the row that the office file gives."""
    said = fault(xlsx({"S": [HEADER, ROW]}), tmp_path, Layout(header_row=5))
    assert said[0].startswith("has no row 5")


def test_merged_cells_below_the_header_are_a_doubt(tmp_path: Path) -> None:
    """Only their first cell has the value; those of header and total are not meant."""
    rows: Rows = [
        [*HEADER, "unit"],
        ["C1", date(2024, 1, 1), 3, "one"],
        ["C2", date(2024, 1, 2), 4, None],
        ["C3", date(2024, 1, 3), None, None],
        ["\u5408\u8ba1", None, None, None],
    ]
    merged = ["C1:D1", "B2:B3", "D2:D4", "C4:D4", "A5:C5"]
    reading = read(xlsx({"S": rows}, merged=merged[1:]), tmp_path)
    assert [doubt.column for doubt in reading.doubts] == [HEADER[1], "unit"]
    assert [str(doubt.problem) for doubt in reading.doubts] == [
        "has merged cells in row 2: only the first of them holds the value.",
        MERGED_TWICE,
    ]
    assert read(xlsx({"S": rows[:2]}, merged=merged[:1]), tmp_path).doubts == ()
