"""One column of a file, read as the office file says; what cannot be read becomes null.

The checks of values (`specification/value_checks.py`) find those nulls again and say so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import polars as pl

from cases.tables.cells.dates import read_dates
from cases.tables.cells.text import folded, unguarded
from cases.tables.cells.zones import Counts, counted, on_the_clock, typed_moments
from cases.tables.values import LATEST, as_read, texts_of

TRUE = ("true", "t", "yes", "y", "1", "1.0", "\u662f")  # the last is Chinese for yes
FALSE = ("false", "f", "no", "n", "0", "0.0", "\u5426")  # and this for no


@dataclass(frozen=True)
class How:
    """How the cells of a table are to be read.

    `blank` are words that stand for a blank cell, `date_formats` those of each of our columns
    that has any, `time_zone` is the office's, and `latest` the last moment that can have been.
    """

    blank: frozenset[str] = frozenset()
    date_formats: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decimal: str = "."
    thousands: str | None = None
    time_zone: str | None = None
    latest: datetime = LATEST


@dataclass(frozen=True)
class Done:
    """What was done to read a column: how many cells had what.

    `unread` counts cells that could not be read, `blank` those without a value, `blank_words`
    those of them that hold a word for it; `forms` are examples of how dates are written, `offsets`
    the offsets from UTC, or zones, that times are given with, each with its count; `converted`
    counts the times that were put on the office's clock.
    """

    unread: int = 0
    blank: int = 0
    blank_words: int = 0
    folded: int = 0
    unguarded: int = 0
    forms: Counts = ()
    offsets: Counts = ()
    converted: int = 0


@dataclass(frozen=True)
class Cells:
    """A column read: its `values`, null where there is none or it cannot be read.

    `read` is what stands in the file, null where that counts as blank: text, or the file's own
    type where that type is the one wanted and every cell of it could be read.
    """

    values: pl.Series
    read: pl.Series
    done: Done


def read_cells(
    raw: pl.Series,
    wanted: pl.DataType,
    how: How,
    formats: Sequence[str] = (),
    *,
    as_written: bool = False,
) -> Cells:
    """A column of a file as type `wanted`; dates in `formats` where there are any.

    Free text is left `as_written`; in all else full-width letters are folded.
    """
    raw = raw.alias("cells")  # Polars takes a name such as `*` for several columns
    if _is_kind(raw.dtype, wanted):
        return _typed(raw, wanted, how)
    text = texts_of(raw)
    plain = unguarded(text)
    meant = plain if as_written else folded(plain)
    said = _without(meant, how.blank)
    done = Done(
        blank=said.null_count(),
        blank_words=said.null_count() - meant.null_count(),
        folded=_changed(plain, meant),
        unguarded=_changed(text, plain),
    )
    text = text if done.blank == text.null_count() else _where(said.is_not_null(), text)
    if isinstance(wanted, pl.Datetime):
        values, done = _moments(said, how, formats, done)
    elif wanted == pl.Float64:
        values = numbers_in(said, how.decimal, how.thousands)
    else:
        values = flags(said) if wanted == pl.Boolean else said
    return Cells(values, text, replace(done, unread=values.null_count() - done.blank))


def _is_kind(kind: pl.DataType, wanted: pl.DataType) -> bool:
    """Whether a column of type `kind` holds values as `wanted`, so that no text is looked at."""
    if isinstance(wanted, pl.Datetime):
        return kind == pl.Date or isinstance(kind, pl.Datetime)
    return kind.is_numeric() if wanted == pl.Float64 else kind == wanted == pl.Boolean


def _typed(raw: pl.Series, wanted: pl.DataType, how: How) -> Cells:
    """A column of the right kind; it is put into words only where words matter."""
    there = raw
    offsets: Counts = ()
    if how.blank:
        words = as_read(pl.col("x"), raw.dtype).is_in(sorted(how.blank))
        there = _where(~raw.to_frame("x").select(words).to_series(), raw)
    if isinstance(wanted, pl.Datetime):
        values, offsets = typed_moments(there, how.time_zone)
    else:
        values = _finite(there.cast(pl.Float64)) if wanted == pl.Float64 else there
    blank = there.null_count()
    done = Done(
        unread=values.null_count() - blank,
        blank=blank,
        blank_words=blank - raw.null_count(),
        offsets=offsets,
        converted=sum(count for _offset, count in offsets) if how.time_zone else 0,
    )
    return Cells(values, texts_of(there) if done.unread else there, done)


def _without(text: pl.Series, words: frozenset[str]) -> pl.Series:
    return _where(~text.is_in(sorted(words)), text) if words else text


def _where(kept: pl.Series, values: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"kept": kept, "values": values})
    return frame.select(pl.when("kept").then("values")).to_series()


def _changed(before: pl.Series, after: pl.Series) -> int:
    return 0 if after is before else int(before.ne_missing(after).sum())


def flags(text: pl.Series) -> pl.Series:
    """Yes or no.

    >>> flags(pl.Series(["Yes", "0", "?"])).to_list()
    [True, False, None]
    """
    lower = pl.col("x").str.to_lowercase()
    read = pl.when(lower.is_in(TRUE)).then(True).when(lower.is_in(FALSE)).then(False)
    return text.to_frame("x").select(read).to_series()


def grouped(decimal: str, thousands: str) -> str:
    """The shape of a number with marks between its thousands: three digits after each mark.

    >>> bool(re.search(grouped(".", ","), "9,015.94")), bool(re.search(grouped(".", ","), "1,5"))
    (True, False)
    """
    return (
        rf"^[+-]?[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+(?:{re.escape(decimal)}[0-9]*)?$"
    )


def numbers_in(text: pl.Series, decimal: str = ".", thousands: str | None = None) -> pl.Series:
    """Finite numbers, with the office's sign before the decimals, and between thousands if any.

    >>> numbers_in(pl.Series(["1e3", "1,5"])).to_list()
    [1000.0, None]
    >>> numbers_in(pl.Series(["1.5", "1,5"]), ",").to_list()
    [None, 1.5]
    >>> numbers_in(pl.Series(["9,015.94", "90,15"]), thousands=",").to_list()
    [9015.94, None]
    """
    if thousands is not None:
        text = _ungrouped(text, decimal, thousands)
    if decimal != ".":
        text = text.str.replace(".", "?", literal=True).str.replace(decimal, ".", literal=True)
    return _finite(text.cast(pl.Float64, strict=False))


def _ungrouped(text: pl.Series, decimal: str, thousands: str) -> pl.Series:
    """The texts without marks between thousands; null where a mark stands anywhere else."""
    marked = pl.col("x").str.contains(thousands, literal=True)
    right = pl.col("x").str.contains(grouped(decimal, thousands))
    whole = pl.col("x").str.replace_all(thousands, "", literal=True)
    read = pl.when(right).then(whole).when(~marked).then("x")
    return text.to_frame("x").select(read).to_series()


def _finite(numbers: pl.Series) -> pl.Series:
    return _where(numbers.is_finite(), numbers)


def _moments(
    said: pl.Series, how: How, formats: Sequence[str], done: Done
) -> tuple[pl.Series, Done]:
    """The points in time that a column of texts says, on the office's wall clock."""
    dates = read_dates(said, formats)
    values, offsets = dates.moments, counted(dates.offsets)
    done = replace(done, forms=dates.forms, offsets=offsets)
    if how.time_zone and offsets:
        values = on_the_clock(values, dates.offsets, how.time_zone)
        done = replace(done, converted=sum(count for _offset, count in offsets))
    return values, done
