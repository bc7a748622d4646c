"""Text in cells: full-width letters folded, words for blank, what a spreadsheet leaves behind."""

from __future__ import annotations

import unicodedata

import polars as pl

from cases.sources.csv import GUARDED
from cases.tables.values import texts_of

# Controls, marks of direction, zero-width and private characters: nobody sees them.
UNSEEN = ("Cc", "Cf", "Co", "Zl", "Zp")  # categories of Unicode
INVISIBLE = "[" + "".join(rf"\p{{{category}}}" for category in UNSEEN) + "]"
# What a spreadsheet makes of a number of more than 11 digits: only the first of them are left.
SHORTENED = r"^\d(\.\d+)?[eE]\+\d+$|^\d\.\d+[eE]\d+$"
# Spreadsheets keep so many digits of a number.
MOST_DIGITS = 15
LONG_NUMBER = r"^[0-9]{16,}$"
# Spaces of other widths, the ideographic one among them, and those that break no line.
SPACES = (
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
# What stands below the rows of a printed table: a total, or who made, filled in or checked it.
BELOW_ROWS = (
    r"(?i)^(?:[\u5408\u603b\u5171\u5c0f]\s*\u8ba1|(?:grand |sub)?total)\s*:?$"
    r"|^(?:\u5236\u8868|\u586b\u8868)\u4eba|^(?:\u5236\u8868|\u586b\u8868|\u5ba1\u6838)\u4eba?\s*:"
)
# Words that often stand for "nothing is known", in small letters; a full stop or stroke too.
BLANK_WORDS = (
    *("null", "(null)", "none", "nil", "nan", "n/a", "#n/a", "na", "undefined", "\\n"),
    *("-", "--", "\u2014", "\u2014\u2014", "/", "\\", ".", "?"),
    *("\u65e0", "\u6682\u65e0", "\u7a7a", "\u4e0d\u8be6", "\u672a\u586b", "\u7f3a"),
)


def _usual_letters() -> dict[str, str]:
    """What full-width and half-width forms, as Unicode calls them, and spaces are folded to."""
    letters = [chr(code) for code in range(0xFF00, 0xFFF0)]
    usual = {
        letter: chr(int(parts[1], 16))
        for letter in letters
        if (parts := unicodedata.decomposition(letter).split())
    }
    return usual | dict.fromkeys(SPACES, " ")


USUAL_LETTERS = _usual_letters()
USUAL = str.maketrans(USUAL_LETTERS)
OTHER_WIDTHS = f"[{''.join(USUAL_LETTERS)}]"


def fold(text: str) -> str:
    """Full-width letters, digits, brackets and spaces as the usual ones; accents joined (NFC).

    Other forms stay: a raised 2 is no 2.

    >>> fold("\uff08\uff12\uff10\uff12\uff14\uff09\uff21"), fold("10\u00b2") == "10\u00b2"
    ('(2024)A', True)
    """
    return unicodedata.normalize("NFC", text.translate(USUAL)).strip()


def fold_text(value: object) -> object:
    """As `fold`, of what may be no text at all: for a validator that comes before the others."""
    return fold(value) if isinstance(value, str) else value


def is_invisible(text: str) -> bool:
    """Whether it holds a character of `INVISIBLE`.

    >>> is_invisible("a\u200b"), is_invisible("a b")
    (True, False)
    """
    return not text.isprintable() and any(unicodedata.category(one) in UNSEEN for one in text)


def folding(text: pl.Expr) -> pl.Expr:
    """As `fold`, of a column; blanks around a text stay."""
    there = text.str.contains(OTHER_WIDTHS)
    wide = pl.when(there).then(text).str.replace_many(USUAL_LETTERS)
    return pl.when(there).then(wide).otherwise(text).str.normalize("NFC")


def folded(text: pl.Series) -> pl.Series:
    """As `fold`, of a column."""
    if text.str.len_bytes().sum() == text.str.len_chars().sum():  # nothing but ASCII
        return text
    usual = texts_of(text.to_frame("x").select(folding(pl.col("x"))).to_series())
    return text if usual.equals(text) else usual.alias(text.name)


def unguarded(text: pl.Series) -> pl.Series:
    """The text inside `="..."`.

    >>> unguarded(pl.Series(['="001"', "002"])).to_list()
    ['001', '002']
    """
    if not text.str.starts_with('="').any():
        return text
    return text.str.replace(GUARDED, "$1").replace("", None)
