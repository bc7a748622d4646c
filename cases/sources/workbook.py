"""Sheets of workbooks: Excel (`.xlsx`, `.xlsm`, old `.xls`) and OpenDocument (`.ods`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from cases.language.messages import Sayable, _, listed, ngettext
from cases.progress import Progress
from cases.sources.apart import Stopped, answered, run_apart, working_folder
from cases.sources.base import (
    Doubt,
    Layout,
    Reading,
    Source,
    Unreadable,
    checked_names,
    most_content,
    no_such_row,
    stored,
    too_big,
)
from cases.sources.edges import LOOKED_AT, first_of, header_of, is_title, total_note, without_total

Span = tuple[int, int, int, int]  # of merged cells: first row and column, last row and column


class SeveralSheets(Unreadable):
    """Several `sheets` could be meant."""

    def __init__(self, sheets: Sequence[str]) -> None:
        super().__init__(
            _("has several sheets: {sheets}.", sheets=listed(sheets)),
            _("Say which with `sheet` in the office file."),
        )
        self.sheets = tuple(sheets)


def read(path: Path, layout: Layout, progress: Progress) -> Reading:
    """Every column of one sheet as text, blank cells as null.

    Dates are ISO texts, whole numbers all their digits. The sheet is the one `layout` names,
    or the only one that is shown and not blank. A title above the header and a total at the
    end are left out, and a header of several rows with merged cells is joined. Raises
    `Unreadable` if the file is no workbook, or what is meant is not clear.
    """
    with stored(path) as file, working_folder() as folder:
        progress(path.name, 0.0)
        most = most_content(layout)
        task = {"sheet": layout.sheet, "most": most, "decimal": layout.decimal}
        try:
            answer = run_apart("sheets.py", task, folder, file)
        except Stopped:
            answer = {"problem": "damaged"}
        if "problem" in answer:
            raise _refused(answer, most)
        cells = answered(folder / "sheet.arrow", most)
    progress(path.name, 1.0)
    return _reading(cells, answer, layout)


def _refused(answer: dict[str, Any], most: int) -> Unreadable:
    """The fault of a workbook that was not read."""
    sheets, sheet = listed(answer.get("sheets", ())), answer.get("sheet", "")
    faults: dict[str, tuple[Sayable, Sayable]] = {
        "no such sheet": (
            _("has no sheet of the name that the office file gives."),
            _("Its sheets are: {sheets}.", sheets=sheets),
        ),
        "not computed": (
            _("has a formula in {sheet} whose value was never computed.", sheet=sheet),
            _("Open it in a spreadsheet program and save it again."),
        ),
        "readers differ": (
            _(
                "has a cell in {sheet} that two readers of such files read differently.",
                sheet=sheet,
            ),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ),
        "empty": (_("is empty."), _("Export the table again, with its header row.")),
        "password": (_("is protected by a password."), _("Save it without one.")),
        "web page": (
            _("is a web page with the ending of a workbook."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ),
        "damaged": (
            _("is not a whole workbook."),
            _("Open it in a spreadsheet program and save it as .xlsx."),
        ),
    }
    if answer["problem"] == "too big":
        return too_big(most)
    if answer["problem"] == "several sheets":
        return SeveralSheets(answer["sheets"])
    problem, remedy = faults[answer["problem"]]
    return Unreadable(problem, remedy, answer.get("row"), answer.get("column"))


def _reading(cells: pl.DataFrame, answer: dict[str, Any], layout: Layout) -> Reading:
    """The table on a sheet, whose `cells` are counted from its first row and column."""
    spans = [(top, left, bottom, right) for top, left, bottom, right in answer["merged"]]
    top, bottom = _header_rows(cells, spans, layout)
    names = _names(cells.head(bottom + 1).rows(), spans, top)
    body = cells[bottom + 1 :]
    blank = [
        column.name
        for name, column in zip(names, body.iter_columns(), strict=True)
        if not name and column.null_count() == body.height
    ]
    body, total = without_total(body)
    body = body.drop(blank)
    used = [name for name, column in zip(names, cells.columns, strict=True) if column not in blank]
    body.columns = checked_names(used)
    first = bottom + 2
    notes = [_found(answer["sheet"], top, bottom), *_errors(answer["errors"])]
    return Reading(
        frame=body,
        rows=pl.int_range(body.height, dtype=pl.Int64, eager=True) + first,
        layout=replace(layout, sheet=answer["sheet"], header_row=bottom + 1),
        notes=(*notes, *(() if total is None else (total_note(total + first),))),
        doubts=tuple(_merged(spans, names, first, bottom + body.height)),
    )


def _header_rows(cells: pl.DataFrame, spans: Sequence[Span], layout: Layout) -> tuple[int, int]:
    """The first and the last row of the header, from 0."""
    if layout.header_row is None:
        rows = cells.head(LOOKED_AT).rows()
        first, header = first_of(rows), header_of(rows)
        if first is None:
            raise Unreadable(_("is empty."), _("Export the table again, with its header row."))
        bottom = header if header is not None and is_title(rows[first]) else first
    elif layout.header_row > cells.height:
        raise no_such_row(layout.header_row)
    else:
        bottom = layout.header_row - 1
    return _with_merged(bottom, spans, cells)


def _with_merged(row: int, spans: Sequence[Span], cells: pl.DataFrame) -> tuple[int, int]:
    """The header that `row` is part of: rows that merged cells tie together."""
    over = [span for span in spans if span[0] <= row <= span[2] and not _is_title(span, cells)]
    top, bottom = min([row, *(span[0] for span in over)]), max([row, *(span[2] for span in over)])
    groups = [span for span in over if span[3] > span[1]]
    if groups and bottom == row:
        bottom = row + 1  # what is merged across columns stands above their own names
    above = [span for span in spans if span[2] == top - 1 and span[3] > span[1]]
    if any(not _is_title(span, cells) for span in above):
        top -= 1
    return top, min(bottom, cells.height - 1)


def _is_title(span: Span, cells: pl.DataFrame) -> bool:
    """Whether merged cells are alone in their row."""
    return is_title(cells.row(span[0]))


def _names(rows: Sequence[Sequence[str | None]], spans: Sequence[Span], top: int) -> list[str]:
    """The names of the columns: in a header of several rows from the top down."""
    header = [list(row) for row in rows]
    for first, left, last, right in spans:
        for row in range(max(first, top), min(last, len(header) - 1) + 1):
            header[row][left : right + 1] = [header[first][left]] * (right + 1 - left)
    columns = zip(*header[top:], strict=True)
    return [" ".join(dict.fromkeys(text.strip() for text in column if text)) for column in columns]


def _merged(spans: Sequence[Span], names: Sequence[str], first: int, last: int) -> Iterator[Doubt]:
    """A doubt for each named column in which merged cells hide values, in the rows of the table.

    Their value is that of the first cell alone. `first` counts rows from 1, `last` from 0.
    """
    rows: dict[int, list[int]] = {}
    for top, left, bottom, right in spans:
        if first <= top + 1 and top <= last:
            for column in range(left + (top == bottom), right + 1):
                rows.setdefault(column, []).append(top + 1)
    for column, merged in sorted(rows.items()):
        if column < len(names) and names[column]:
            problem = ngettext(
                "has merged cells in row {row}: only the first of them holds the value.",
                "has merged cells in {count:,} places, first in row {row}: only the first cell of "
                "each holds the value.",
                len(merged),
                row=min(merged),
            )
            yield Doubt(problem, _("Split them and fill in every cell."), names[column])


def _found(sheet: str, top: int, bottom: int) -> Sayable:
    if top == bottom:
        return _("Sheet {sheet}; its header is row {row}.", sheet=sheet, row=bottom + 1)
    return _(
        "Sheet {sheet}; its header is rows {first} to {last}.",
        sheet=sheet,
        first=top + 1,
        last=bottom + 1,
    )


def _errors(count: int) -> list[Sayable]:
    if not count:
        return []
    return [
        ngettext(
            "{count} cell holds an error of the spreadsheet, such as #N/A.",
            "{count:,} cells hold an error of the spreadsheet, such as #N/A.",
            count,
        )
    ]


SOURCE = Source(endings=(".xlsx", ".xlsm", ".xls", ".ods"), read=read)
