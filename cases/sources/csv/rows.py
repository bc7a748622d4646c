"""A CSV that is not regular, row by row: written again as a regular one, or refused.

What a spreadsheet reads in one way is read that way: blank cells beyond the header in every row, a
quotation mark inside a cell that has none around it, lines that end with CR alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import zip_longest

from cases.language.messages import Sayable, _, listed, ngettext, sentences
from cases.sources.base import Unreadable, long_cell
from cases.sources.csv.start import Start

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BACKSLASHED = re.compile(r'(?<!\\)\\"')
SHOWN = 10  # further rows that a fault names

Notes = tuple[Sayable, ...]


def rewritten(content: bytes, start: Start) -> tuple[bytes, Notes]:
    """The same cells as a regular CSV, row for row, and what was done; else `Unreadable`."""
    try:
        return _written(csv.reader(_text(content), strict=True, delimiter=start.separator), start)
    except csv.Error as error:
        if not _backslashes_agree(content, start.separator):
            raise _quoting_fault(content, start, error) from None
    note = _("Quotation marks inside its cells are written with a backslash, and read so.")
    regular, notes = _written(_with_backslashes(content, start.separator), start)
    return regular, (note, *notes)


def _text(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _written(rows: Iterator[list[str]], start: Start) -> tuple[bytes, Notes]:
    """The rows as a regular CSV; raises `Unreadable` for the first that cannot be one."""
    file, width = io.BytesIO(), len(start.names)
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    writer = csv.writer(text, delimiter=start.separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    beyond, wrong, widths = [], [], set()
    for number, cells in enumerate(rows, start=start.row):
        filled = any(cell and not cell.isspace() for cell in cells)
        if filled and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
            wrong.append((number, len(cells)))
        elif len(cells) > width:
            beyond.append((number, len(cells)))
        if filled and number > start.row:
            widths.add(len(cells))
        _check_cells(cells, number, start.names)
        writer.writerow(cells[:width] if filled else [])
    if beyond and len(widths) > 1:  # a value with a separator shifts a row in the same way
        wrong = sorted(wrong + beyond)
    if wrong:
        raise _width_fault(wrong, width)
    text.flush()
    return file.getvalue(), _notes(len(beyond))


def _notes(beyond: int) -> Notes:
    if not beyond:
        return ()
    return (
        ngettext(
            "{count} row has blank cells beyond the header; they were left out.",
            "{count:,} rows have blank cells beyond the header; they were left out.",
            beyond,
        ),
    )


def _check_cells(cells: list[str], row: int, names: list[str]) -> None:
    """`Unreadable` for a control character, and a mark that stands around a cell only in part."""
    for number, cell in enumerate(cells):
        column = names[number] if number < len(names) else None
        if control := CONTROL.search(cell):
            raise control_fault(ord(control[0]), row, column)
        if cell[:1] in (" ", "\t") and cell.lstrip().startswith('"'):
            problem = _("has a blank before a quotation mark.")
            raise Unreadable(problem, _("Remove the blank, or double the mark."), row, column)


def control_fault(code: int, row: int | None = None, column: str | None = None) -> Unreadable:
    """The fault of a control character."""
    problem = _("has a control character (code {code}).", code=code)
    return Unreadable(problem, _("Remove it, or export the table again."), row, column)


def _width_fault(wrong: list[tuple[int, int]], width: int) -> Unreadable:
    """The fault of rows that have not as many cells as the header."""
    (row, cells), *others = wrong
    problem: Sayable = _(
        "this row has {cells:,} cells, the header has {width:,}.", cells=cells, width=width
    )
    if others:
        shown = listed(str(other) for other, _cells in others[:SHOWN])
        more = len(others) - SHOWN
        also = (
            _("Rows {rows} and {more:,} more do not fit it either.", rows=shown, more=more)
            if more > 0
            else _("Nor do these rows fit it: {rows}.", rows=shown)
        )
        problem = sentences(problem, also)
    remedy = (
        _("Put quotation marks around values that contain commas.")
        if cells > width
        else _("Export it with all cells of a row, blank ones too.")
    )
    return Unreadable(problem, remedy, row)


def _backslashes_agree(content: bytes, separator: str) -> bool:
    """Whether marks with a backslash make the same rows and cells as if they were not there.

    Then a cell that holds them means one thing. Otherwise one dialect takes for a row's end
    what is the middle of a cell in the other.
    """
    if b'\\"' not in content:
        return False
    loosely = csv.reader(_text(content), delimiter=separator)
    try:
        both = _with_backslashes(content, separator), loosely
        pairs: Iterator[tuple[list[str], list[str]]] = zip_longest(*both, fillvalue=[])
        return all(len(one) == len(other) for one, other in pairs)
    except csv.Error:
        return False


def _with_backslashes(content: bytes, separator: str) -> Iterator[list[str]]:
    """The rows of a CSV whose quotation marks have a backslash instead of a second one."""
    lines = (BACKSLASHED.sub('""', line) for line in _text(content))
    return iter(csv.reader(lines, strict=True, delimiter=separator))


def _quoting_fault(content: bytes, start: Start, error: csv.Error) -> Unreadable:
    """The fault of the row in which the cells cannot be told apart."""
    row = start.row
    try:
        reader = csv.reader(_text(content), strict=True, delimiter=start.separator)
        for row, _cells in enumerate(reader, start=start.row + 1):  # noqa: B007  the last counts
            pass
    except csv.Error:
        pass
    if "limit" in str(error):
        return long_cell(row)
    problem = (
        _("has text after a closing quotation mark.")
        if "expected after" in str(error)
        else _("has a value whose quotation marks do not match.")
    )
    remedy = _("Close the quotation mark, and double those inside a value.")
    return Unreadable(problem, remedy, row)
