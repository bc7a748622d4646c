"""Reads one sheet of a workbook into an Arrow file of texts: `python sheets.py FOLDER < FILE`.

`task.json` names the sheet (or null), the most bytes it may unpack to, and what stands before
decimals. The
answer holds the sheet's name, its merged cells as rows and columns from 0, how many cells were
errors, or a `problem` with the place it was found at. `.xls` is read by two readers, which
must agree: single ones have been wrong about whole columns.
"""

from __future__ import annotations

import io
import json
import math
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import polars as pl
import python_calamine as calamine
import xlrd
from lxml import etree

ROWS_AT_ONCE = 20_000
EXACT = 10**15  # up to here spreadsheets keep all digits of a whole number
MOST_PARTS = 10_000  # of a packed workbook
SLACK = 5_000  # microseconds that a moment kept as a fraction of a day may be off
FIRST_DAYS = {0: datetime(1899, 12, 30), 1: datetime(1904, 1, 1)}  # by the workbook's mode
FALSE_LEAP_DAY = datetime(1900, 3, 1)  # Excel counts a 29 February 1900 before it
DAY = timedelta(days=1)
WHOLE_SECOND = timedelta(seconds=1)
OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, TEXT = (f"{{{OPEN_DOCUMENT}{name}:1.0}}" for name in ("table", "office", "text"))
SHOWS_ERROR = re.compile(r"#(N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DIV/0!)|Err:[0-9]+")
# What a part with a formula or an error holds, and few others do: looking in full takes longer.
MARKS = {"xlsx": (b"<f", b":f", b'"e"', b"'e'"), "ods": (b"formula", b'"error"', b"'error'")}
# The cells of a row that are errors, or formulas without a value.
DOUBTFUL = etree.XPath(
    "*[local-name()='c'][@t='e' or *[local-name()='f'] and not(@t='str')"
    " and not(*[local-name()='is']) and not(normalize-space(*[local-name()='v']))]"
)

Errors = dict[int, dict[int, str]]  # their texts by row and column, from 0


class Problem(Exception):
    """Why a workbook is not read, for the process that asked."""

    def __init__(self, problem: str, **about: object) -> None:
        super().__init__(problem)
        self.answer = {"problem": problem, **about}


def main(folder: Path) -> None:
    """Write the texts of the sheet, and print the answer."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    try:
        answer = _read(sys.stdin.buffer.read(), task, folder / "sheet.arrow")
    except Problem as problem:
        answer = problem.answer
    except calamine.PasswordError:
        answer = {"problem": "password"}
    except (calamine.CalamineError, xlrd.XLRDError, zipfile.BadZipFile, etree.XMLSyntaxError):
        answer = {"problem": "damaged"}
    json.dump(answer, sys.stdout)


def _read(content: bytes, task: dict[str, Any], target: Path) -> dict[str, Any]:
    packed = content.startswith(b"PK")
    if not packed and not content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem("web page" if content.lstrip()[:1] == b"<" else "damaged")
    if len(content) > task["most"]:
        raise Problem("too big")
    if packed:
        _check_parts(content, task["most"])
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = _sheet(book, task["sheet"])
    errors = _errors_of_xml(content, sheet.name) if packed else _compared(content, sheet)
    _frame(sheet, errors, task["decimal"]).write_ipc(target)
    merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or ()]
    return {"sheet": sheet.name, "merged": merged, "errors": sum(map(len, errors.values()))}


def _check_parts(content: bytes, most: int) -> None:
    """Refuse by what the archive says of itself, before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
            raise Problem("too big")


def _sheet(book: Any, said: str | None) -> Any:
    """The sheet that was asked for, or the only one that is shown and not blank."""
    if said is not None:
        if said not in book.sheet_names:
            raise Problem("no such sheet", sheets=book.sheet_names)
        return book.get_sheet_by_name(said)
    shown = [
        about.name
        for about in book.sheets_metadata
        if about.visible == calamine.SheetVisibleEnum.Visible
        and about.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    sheets = [sheet for name in shown if (sheet := book.get_sheet_by_name(name)).height]
    if len(sheets) != 1:
        raise Problem("several sheets" if sheets else "empty", sheets=[s.name for s in sheets])
    return sheets[0]


def _frame(sheet: Any, errors: Errors, decimal: str) -> pl.DataFrame:
    """Every cell of the sheet as text, from the first row and column on."""
    width = (sheet.end[1] + 1) if sheet.end else 0
    width = max([width, *(max(row) + 1 for row in errors.values())])
    height = max(errors, default=-1) + 1  # the reader leaves out what it takes for blank
    schema = [(f"c{number}", pl.String) for number in range(width)]
    texts = TEXTS | {float: lambda number: _number(number).replace(".", decimal)}
    pieces, rows = [], []
    all_rows = zip_longest(_from_top(sheet), range(height), fillvalue=())
    for number, (cells, _) in enumerate(all_rows):
        row = [texts[type(cell)](cell) or None for cell in cells]
        row += [None] * (width - len(row))
        for column, text in errors.get(number, {}).items():
            row[column] = text
        rows.append(row)
        if len(rows) == ROWS_AT_ONCE:
            pieces.append(pl.DataFrame(rows, schema, orient="row"))
            rows = []
    pieces.append(pl.DataFrame(rows, schema, orient="row"))
    return pl.concat(pieces)


def _from_top(sheet: Any) -> Iterator[list[Any]]:
    """The rows of the sheet from the first on, with the blank cells to the left."""
    left = [""] * (sheet.start[1] if sheet.start else 0)
    return (left + cells for cells in sheet.iter_rows())


def _number(value: float) -> str:
    """As people see it where that is exact; all digits of a whole number below `EXACT`.

    Beyond, digits may be lost: 1.1e+17 says so, all digits would make some up.
    """
    if not math.isfinite(value):
        return repr(value)
    if abs(value) >= EXACT:
        return format(Decimal(repr(value)).normalize(), "e")
    if value == int(value):
        return str(int(value))
    shown = format(value, ".15g")
    return shown if float(shown) == value else repr(value)


def _moment(value: datetime) -> str:
    """A moment kept as a fraction of a day may be off by milliseconds; midnight is a date."""
    rounded = (value + WHOLE_SECOND / 2).replace(microsecond=0)
    if abs(rounded - value) <= timedelta(microseconds=SLACK):
        value = rounded
    return value.date().isoformat() if value.time() == time.min else value.isoformat()


# A cell as text: digits of whole numbers, ISO dates; none for a blank one.
TEXTS: dict[type, Callable[[Any], str | None]] = {
    str: lambda text: text,
    bool: lambda flag: str(flag).lower(),
    int: str,
    float: _number,
    date: date.isoformat,
    datetime: _moment,
    time: time.isoformat,
    timedelta: str,
}


def _errors_of_xml(content: bytes, sheet: str) -> Errors:
    """Cells that calamine leaves blank though they are not: errors, by their text.

    Raises `Problem` for a formula whose value was never computed, and for a workbook that is
    neither `.xlsx` nor `.ods`: it would hide both.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {_plain(name): name for name in archive.namelist()}
        kind = "xlsx" if "xl/workbook.xml" in names else "ods"
        part = _part_of(archive, names, sheet) if kind == "xlsx" else "content.xml"
        if part not in names:
            raise Problem("damaged")
        xml = archive.read(names[part])
    if not any(mark in xml for mark in MARKS[kind]):
        return {}
    return _errors_of_xlsx(xml, sheet) if kind == "xlsx" else _errors_of_ods(xml, sheet)


def _plain(part: str) -> str:
    """The name of a part as programs compare it; some write backslashes and capitals."""
    return part.replace("\\", "/").lower()


def _part_of(archive: zipfile.ZipFile, names: dict[str, str], sheet: str) -> str:
    """The part of an `.xlsx` that holds a sheet; empty if it names none."""
    book, links = (
        etree.fromstring(archive.read(names[part]), etree.XMLParser(resolve_entities=False))
        for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    )
    found = (one for one in book.iter("{*}sheet") if one.get("name") == sheet)
    link = {value for one in found for key, value in one.items() if key.endswith("}id")}
    targets = [one.get("Target", "") for one in links if one.get("Id") in link]
    return _plain(posixpath.normpath(posixpath.join("/xl", targets[0])))[1:] if targets else ""


def _errors_of_xlsx(xml: bytes, sheet: str) -> Errors:
    """As `_errors_of_xml`; rows and cells without a number follow the one before."""
    errors: Errors = {}
    row = 0
    for _event, element in etree.iterparse(io.BytesIO(xml), tag="{*}row", resolve_entities=False):
        row = int(element.get("r") or row + 1)
        for cell in DOUBTFUL(element):
            if cell.get("t") != "e":
                raise _not_computed(sheet, row, _column(cell))
            text = (cell.findtext("{*}v") or "").strip()
            errors.setdefault(row - 1, {})[_column(cell) - 1] = text or "#ERROR"
        _forget(element)
    return errors


def _errors_of_ods(xml: bytes, sheet: str) -> Errors:
    """As `_errors_of_xml`; one row or cell may stand for several that are alike."""
    errors: Errors = {}
    row, inside = 0, False
    tags = (f"{TABLE}table", f"{TABLE}table-row")
    parsed = etree.iterparse(io.BytesIO(xml), ("start", "end"), tag=tags, resolve_entities=False)
    for event, element in parsed:
        if element.tag == tags[0]:
            inside = event == "start" and element.get(f"{TABLE}name") == sheet
        elif event == "end":
            rows = int(element.get(f"{TABLE}number-rows-repeated", "1")) if inside else 0
            if rows and (found := _errors_of_row(element, sheet, row + 1)):
                errors |= {row + number: found for number in range(rows)}
            row += rows
            _forget(element)
    return errors


def _errors_of_row(element: Any, sheet: str, row: int) -> dict[int, str]:
    """The errors of a row of an `.ods`, by column from 0."""
    errors: dict[int, str] = {}
    column = 0
    for cell in element.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        columns = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        names = set(cell.keys())
        is_error = any(key.endswith("calcext:1.0}value-type") for key in names) and any(
            cell.get(key) == "error" for key in names
        )
        if f"{TABLE}formula" in names or is_error:
            shown = "\n".join("".join(line.itertext()) for line in cell.iterchildren(f"{TEXT}p"))
            has_value = any(key.startswith(OFFICE) and key.endswith("value") for key in names)
            if is_error or SHOWS_ERROR.fullmatch(shown):
                errors |= dict.fromkeys(range(column, column + columns), shown or "#ERROR")
            elif not (shown or has_value or cell.get(f"{OFFICE}value-type") == "string"):
                raise _not_computed(sheet, row, column + 1)
        column += columns
    return errors


def _not_computed(sheet: str, row: int, column: int) -> Problem:
    """The fault of a cell, counted from 1."""
    return Problem("not computed", sheet=sheet, row=row, column=_letters(column - 1))


def _forget(element: Any) -> None:
    """Free the rows that were looked at."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _column(cell: Any) -> int:
    """The number of its column, from 1; counted from the cell before that says its own."""
    after = 0
    for one in (cell, *cell.itersiblings(preceding=True)):
        if reference := one.get("r"):
            column = 0
            for letter in reference.rstrip("0123456789"):
                column = column * 26 + ord(letter) - ord("A") + 1
            return column + after
        after += 1
    return after


def _compared(content: bytes, sheet: Any) -> Errors:
    """Errors by their text, as xlrd finds them; raises `Problem` where the readers differ."""
    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True)
    other = book.sheet_by_name(sheet.name)
    first_day = FIRST_DAYS[book.datemode]
    errors: Errors = {}
    rows = list(_from_top(sheet))
    for row in range(max(len(rows), other.nrows)):
        ours = rows[row] if row < len(rows) else []
        theirs = other.row(row) if row < other.nrows else []
        for column in range(max(len(ours), len(theirs))):
            cell = theirs[column] if column < len(theirs) else xlrd.sheet.Cell(0, "")
            one = ours[column] if column < len(ours) else ""
            if cell.ctype == xlrd.XL_CELL_ERROR:
                text = xlrd.error_text_from_code.get(cell.value, "#ERROR")
                errors.setdefault(row, {})[column] = text
            elif not _agree(one, cell, first_day):
                at = {"row": row + 1, "column": _letters(column)}
                raise Problem("readers differ", sheet=sheet.name, **at)
    return errors


def _agree(one: Any, cell: Any, first_day: datetime) -> bool:
    """Whether both readers found the same; dates are compared as the numbers they are kept as."""
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return one is bool(cell.value)
    if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        serial = _serial(one, first_day)
        return serial is not None and math.isclose(serial, cell.value, abs_tol=1e-7)
    return bool(one == cell.value)


def _serial(value: Any, first_day: datetime) -> float | None:
    """The number of days that stands for a value; None for a text or a flag."""
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time.min)
        early = first_day == FIRST_DAYS[0] and moment < FALSE_LEAP_DAY
        return (moment - first_day) / DAY - early
    if isinstance(value, time):
        return (datetime.combine(first_day, value) - first_day) / DAY
    if isinstance(value, timedelta):
        return value / DAY
    return None if isinstance(value, bool | str) else float(value)


def _letters(column: int) -> str:
    """What a spreadsheet calls a column, 0 is A."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
