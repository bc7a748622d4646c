"""Comma-separated text in UTF-8, plain or packed with gzip."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from pathlib import Path

import polars as pl

from cases.language.messages import Sayable, _
from cases.progress import Progress
from cases.sources.base import Source, Unreadable, checked_names, content_of

SEPARATED: dict[str, Sayable] = {
    ";": _("is separated by semicolons."),
    "\t": _("is separated by tabs."),
}


def read(path: Path, progress: Progress) -> pl.DataFrame:
    """Every column as text, blank cells as null.

    Raises `Unreadable` if the file is not such a text, naming the first row at fault.
    """
    with content_of(path, progress) as stream:
        content = b"".join(iter(stream.read, b""))
    content = content.removeprefix(BOM_UTF8).lstrip()
    if not content:
        raise Unreadable(_("is empty."), _("Export the table again, with its header row."))
    try:
        names = checked_names(next(csv.reader(_text(content), strict=True), []))
        _check_commas(names)
        frame = pl.read_csv(content, infer_schema=False, null_values="")
        frame.columns = names
    except (pl.exceptions.PolarsError, csv.Error, UnicodeDecodeError):
        raise _what_is_wrong(content) from None
    return frame


def _check_commas(names: list[str]) -> None:
    """`Unreadable` for a header that is one name only because no comma separates it."""
    for mark, problem in SEPARATED.items():
        if len(names) == 1 and mark in names[0]:
            raise Unreadable(problem, _("Save it with commas."))


def _text(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", newline="")


def _what_is_wrong(content: bytes) -> Unreadable:
    """Why the fast reader gave up, found by reading row by row."""
    row = width = 0
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Unreadable(_("is not UTF-8 text."), _('Save it as "CSV UTF-8".'), line)
    try:
        for row, cells in enumerate(csv.reader(_text(content), strict=True), start=1):
            width = width or len(cells)
            if len(cells) > width:
                return Unreadable(
                    _(
                        "this row has {cells:,} cells, the header has {width:,}.",
                        cells=len(cells),
                        width=width,
                    ),
                    _("Put quotation marks around values that contain commas."),
                    row,
                )
    except csv.Error:
        pass
    return Unreadable(
        _("has a value whose quotation marks do not match."),
        _("Close the quotation mark, and double those inside a value."),
        row + 1,
    )


SOURCE = Source(endings=(".csv", ".csv.gz"), read=read)
