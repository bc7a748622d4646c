"""How a CSV begins: what separates its cells, and where its header stands."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cases.language.messages import Sayable, _
from cases.sources.base import LONGEST_CELL, Layout, Unreadable, checked_names, no_such_row
from cases.sources.edges import TitleAbove, first_of, header_of, is_title

SEPARATORS = {",": ",", ";": ";", "tab": "\t"}  # by what the office file calls them
CALLED: dict[str, Sayable] = {",": _("commas"), ";": _("semicolons"), "tab": _("tabs")}
SEP_LINE = re.compile(rb'^"?sep=([,;\t])"?\r?\n', re.IGNORECASE)  # of Excel, for Excel
TRIED = 200  # rows that show what separates
csv.field_size_limit(LONGEST_CELL)

Record = tuple[int, list[str]]  # where it begins, and its cells


@dataclass(frozen=True)
class Start:
    """The separator and its name in the office file; where the header is, and its names.

    `offset` is the byte its row begins at, `row` its number as a spreadsheet counts.
    """

    separator: str
    called: str
    offset: int
    row: int
    names: list[str]


def start_of(content: bytes, layout: Layout) -> Start:
    """How the text begins; `Unreadable` if it is blank or its header cannot be found."""
    sep_line = SEP_LINE.match(content)
    skipped = sep_line.end() if sep_line else 0
    said = layout.separator or (sep_line and _name(sep_line[1].decode()))
    last = max(TRIED, layout.header_row or 0)
    tried = {
        name: list(_records(content, mark, skipped, last)) for name, mark in SEPARATORS.items()
    }
    called = said or _separator({name: [row for _, row in tried[name]] for name in tried})
    records = tried[called]
    at = _header([cells for _, cells in records], layout)
    offset, cells = records[at]
    return Start(SEPARATORS[called], called, offset, at + 1, checked_names(cells))


def _name(separator: str) -> str:
    return next(name for name, mark in SEPARATORS.items() if mark == separator)


def _records(content: bytes, separator: str, skipped: int, most: int) -> Iterator[Record]:
    """The first records, as far as they can be told apart."""
    file = io.BytesIO(content)
    file.seek(skipped)
    position = skipped

    def lines() -> Iterator[str]:
        nonlocal position
        for line in io.TextIOWrapper(file, encoding="utf-8", newline=""):
            position += len(line.encode())
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    try:
        for _number in range(most):
            begins = position
            yield begins, next(reader)
    except (csv.Error, StopIteration):
        return


def _separator(tried: dict[str, list[list[str]]]) -> str:
    """The separator by which most rows have as many cells as the first, then the most cells.

    Where it divides the first row in none of the ways, that may be a title: the rest decides.
    """
    divide = {name: rows for name, rows in tried.items() if rows and len(rows[0]) > 1}
    widths = {name: len(rows[0]) for name, rows in divide.items()} or {
        name: width for name, rows in tried.items() if (width := _usual_width(rows)) > 1
    }
    if not widths:
        return ","
    fits = {name: (_share(tried[name], width), width) for name, width in widths.items()}
    best = [name for name, fit in fits.items() if fit == max(fits.values())]
    if len(best) > 1:
        problem = _("could be separated by {one} or by {other}.", one=best[0], other=best[1])
        raise Unreadable(problem, _("Say which with `separator` in the office file."))
    return best[0]


def _usual_width(rows: list[list[str]]) -> int:
    counted = Counter(len(row) for row in rows if row)
    return counted.most_common(1)[0][0] if counted else 0


def _share(rows: list[list[str]], width: int) -> float:
    """The share of the rows with as many cells, blank ones at the end aside."""
    filled = [row for row in rows if any(row)]
    fitting = sum(len(row) >= width and not any(row[width:]) for row in filled)
    return fitting / max(len(filled), 1)


def _header(rows: list[list[str]], layout: Layout) -> int:
    """The index of the header; `Unreadable` where a title stands in its place."""
    first = first_of(rows)
    if layout.header_row is not None:
        if layout.header_row > len(rows):
            raise no_such_row(layout.header_row)
        return layout.header_row - 1
    if first is None:
        raise Unreadable(_("is empty."), _("Export the table again, with its header row."))
    header = header_of(rows)
    if header is not None and header > first and is_title(rows[first]):
        raise TitleAbove(first + 1, header + 1)
    return first
