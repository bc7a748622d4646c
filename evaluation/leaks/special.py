"""Special values, which stand for "nothing known": blanks, words such as UNKNOWN, zero, 9999."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import polars as pl

from cases.language.messages import Sayable, _
from cases.tables.values import TIME

WORDS = frozenset(
    [
        *("unknown", "unk", "n/a", "na", "nan", "none", "null", "nil", "missing", "undefined"),
        *("unspecified", "not known", "not available", "not applicable", "to be determined"),
        *("-", "--", "?", "."),
        # Chinese for unknown (three words), none, none yet, to be decided, not filled in
        *("\u672a\u77e5", "\u4e0d\u8be6", "\u4e0d\u660e", "\u65e0", "\u6682\u65e0"),
        *("\u5f85\u5b9a", "\u672a\u586b"),
    ]
)
ROUND = 1_000  # from here on a round number may stand for "no limit" or "not known"
BLANK = _("blank")
EPOCH = datetime(1970, 1, 1)


def special_values(column: pl.Series) -> Iterator[tuple[Sayable | str, pl.Series]]:
    """Each special value that stands in a column, in words, and which cases have it."""
    yield BLANK, column.is_null()
    if column.dtype == pl.String:
        words = column.str.strip_chars().str.to_lowercase()
        for word in words.filter(words.is_in(list(WORDS))).unique().sort():
            yield column.filter(words == word)[0], (words == word).fill_null(value=False)
    elif column.dtype == TIME:
        for date in sorted({EPOCH, *_ends(column)}):
            if date == EPOCH or (date.month, date.day) in ((1, 1), (12, 31)):
                yield f"{date:%Y-%m-%d}", _equal(column, date)
    elif column.dtype != pl.Boolean:
        for number in sorted({0.0, *filter(is_filler, _ends(column))}):
            yield f"{number:g}", _equal(column, number)


def filled_in(column: str) -> pl.Expr:
    """Whether a column holds something other than a blank or a word that stands for one."""
    values = pl.col(column)
    words = values.cast(pl.String).str.strip_chars().str.to_lowercase()
    return values.is_not_null() & ~words.is_in(list(WORDS)).fill_null(value=False)


def is_filler(number: float) -> bool:
    """Whether a smallest or largest number looks like a filler: -1, 99, 9999, 10000, not 12.

    >>> [number for number in (-1, 9, 12, 99, 300, 9999, 10000) if is_filler(number)]
    [-1, 99, 9999, 10000]
    """
    digits = f"{abs(number):.0f}"
    nines, round_ = len(digits) > 1 and not digits.strip("9"), digits[1:] == "0" * (len(digits) - 1)
    return number == -1 or (number == int(number) and (nines or (round_ and abs(number) >= ROUND)))


def _ends(column: pl.Series) -> list[Any]:
    known = column.drop_nulls()
    return [known.min(), known.max()] if len(known) else []


def _equal(column: pl.Series, value: object) -> pl.Series:
    return (column == value).fill_null(value=False)
