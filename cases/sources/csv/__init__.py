"""Text with separated cells: commas, semicolons or tabs, plain or packed with gzip."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from cases.language.messages import Sayable, _, ngettext
from cases.progress import Progress
from cases.sources.base import Layout, Reading, Source, Unreadable, content_of
from cases.sources.csv import encodings
from cases.sources.csv.regular import is_regular
from cases.sources.csv.rows import rewritten
from cases.sources.csv.start import CALLED, Start, start_of
from cases.sources.edges import total_note, without_total

LINE_END = re.compile(rb"\r\n?|\n")
GUARDED = r'^="([^"]*)"$'  # how programs keep Excel from taking a text for a number


def read(path: Path, layout: Layout, progress: Progress) -> Reading:
    """Every column as text, blank cells as null.

    Encoding and separator are found unless `layout` gives them. Raises `Unreadable` if the
    file is not such a text, or if it can be read in more than one way, naming the row.
    """
    with content_of(path, layout, progress) as stream:
        content, encoding = encodings.in_utf8(stream.whole(), layout.encoding)
    start = start_of(content, layout)
    content = _without_blank_end(content[start.offset :], start.separator)
    frame, notes = _parsed(content, start)
    if b'"' in content and b'="' in content:  # the first is a much faster search
        frame, guards = _without_guards(frame)
        notes = (*notes, *guards)
    frame, total = without_total(frame)
    if total is not None:
        notes = (*notes, total_note(start.row + 1 + total))
    return Reading(
        frame=frame,
        rows=pl.int_range(frame.height, dtype=pl.Int64, eager=True) + start.row + 1,
        layout=Layout(encoding=encoding, separator=start.called, header_row=start.row),
        notes=(_found(encoding, start), *notes),
        doubts=encodings.doubts(encoding, layout.encoding),
    )


def _without_blank_end(content: bytes, separator: str) -> bytes:
    """Without the rows at the end that are nothing but separators: there can be millions.

    `content` begins with the header, which stays.
    """
    end = LINE_END.search(content, len(content.rstrip(separator.encode() + b"\r\n")))
    return content[: end.end()] if end else content


def _found(encoding: str, start: Start) -> Sayable:
    return _(
        "Text in {encoding}, separated by {separator}; its header is row {row}.",
        encoding=encodings.called(encoding),
        separator=CALLED[start.called],
        row=start.row,
    )


def _parsed(content: bytes, start: Start) -> tuple[pl.DataFrame, tuple[Sayable, ...]]:
    """The frame, by the fast reader alone where all readers agree."""
    if is_regular(content, start.separator, len(start.names)):
        try:
            return _frame(content, start), ()
        except pl.exceptions.PolarsError:
            pass  # a row is too long; the slow way names it
    regular, notes = rewritten(content, start)
    try:
        return _frame(regular, start), notes
    except pl.exceptions.PolarsError:
        problem = _("cannot be read as a table.")
        raise Unreadable(problem, _("Export the table again.")) from None


def _frame(content: bytes, start: Start) -> pl.DataFrame:
    frame = pl.read_csv(content, infer_schema=False, null_values="", separator=start.separator)
    frame.columns = start.names
    return frame


def _without_guards(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Sayable, ...]]:
    """The cells written as ="..." as the text inside, and how many there are."""
    guarded = pl.all().str.contains(GUARDED).sum()
    counts = frame.select(guarded).row(0, named=True)
    found = [name for name, count in counts.items() if count]
    inside = {name: _inside(frame[name].alias("cells")) for name in found}
    notes = (
        ngettext(
            'Column {column}: {count} cell written as ="…" was read as the text inside.',
            'Column {column}: {count:,} cells written as ="…" were read as the text inside.',
            counts[name],
            column=name,
        )
        for name in found
    )
    return frame.with_columns(**inside), tuple(notes)


def _inside(cells: pl.Series) -> pl.Series:
    return cells.str.replace(GUARDED, "${1}").replace("", None)


SOURCE = Source(endings=(".csv", ".csv.gz"), read=read)
