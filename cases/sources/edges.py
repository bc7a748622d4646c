"""The edges of a table: a title above its header, a total below its rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from cases.language.messages import Sayable, _
from cases.sources.base import Unreadable

TOTAL = re.compile(r"(合\s*计|总\s*计|共\s*计|total|grand total|sum)\s*[:：]?")
LOOKED_AT = 20  # rows at the top in which a header is looked for
PIECE = 100_000  # rows looked at together, from the end


class TitleAbove(Unreadable):
    """A title stands where the header should; `header_row` is where that seems to be."""

    def __init__(self, title_row: int, header_row: int) -> None:
        super().__init__(
            _(
                "looks like a title. The header seems to stand in row {row}.",
                row=header_row,
            ),
            _(
                "Remove the rows above it, or say `header_row = {row}` in the office file "
                "(`header_row = {title}` if this row is the header).",
                row=header_row,
                title=title_row,
            ),
            title_row,
        )
        self.header_row = header_row


def header_of(rows: Sequence[Sequence[object]]) -> int | None:
    """The index of the header: the first row of several texts of which none begins with a digit.

    It fills at least half as many cells as any row. None if there is no such row, as in a
    table of one column.

    >>> header_of([["Cases of 2024", "", ""], ["number", "opened", "closed"]])
    1
    """
    filled = [_filled(row) for row in rows[:LOOKED_AT]]
    least = max(2, max(map(len, filled), default=0) / 2)
    return next((at for at, texts in enumerate(filled) if _names(texts, least)), None)


def first_of(rows: Sequence[Sequence[object]]) -> int | None:
    """The index of the first row that is not blank.

    >>> first_of([["", None], ["a", ""]])
    1
    """
    return next((at for at, row in enumerate(rows) if _filled(row)), None)


def is_title(row: Sequence[object]) -> bool:
    """Whether it fills one cell, as a title does."""
    return len(_filled(row)) == 1


def _filled(row: Sequence[object]) -> list[str]:
    """Its cells that are not blank, as text."""
    texts = (str(cell).strip() for cell in row if cell is not None)
    return [text for text in texts if text]


def _names(texts: list[str], least: float) -> bool:
    """Whether a row filled with these may name columns."""
    return len(texts) >= least and not any(text[0].isdigit() for text in texts)


def without_total(frame: pl.DataFrame) -> tuple[pl.DataFrame, int | None]:
    """The rows without a total at the end, and its index; `frame` holds texts.

    A total is the last row that is not blank if the first cell it fills says so.
    """
    index = _last_filled(frame)
    if index is None or not TOTAL.fullmatch(_filled(frame.row(index))[0].casefold()):
        return frame, None
    return frame[:index], index


def _last_filled(frame: pl.DataFrame) -> int | None:
    """The index of the last row that is not blank."""
    filled = pl.any_horizontal(pl.all().str.strip_chars().str.len_bytes() > 0)
    for end in range(frame.height, 0, -PIECE):
        start = max(0, end - PIECE)
        rows = frame[start:end].select(filled.fill_null(value=False).arg_true()).to_series()
        if rows.len():
            return start + int(rows[-1])
    return None


def total_note(row: int) -> Sayable:
    """What is said about a total that was left out."""
    return _("Row {row} is a total of the rows above and was left out.", row=row)
