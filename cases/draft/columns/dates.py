"""Whether a column holds dates, and how they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from cases.draft.columns.shares import share_of
from cases.draft.words import ZONES
from cases.tables.cells.dates import EXCEL, FORMS, SERIAL, Dates
from cases.tables.cells.dates import read_dates as read
from cases.tables.values import EARLIEST, LATEST

# Formats that are not read by themselves, because they do not begin with the year.
OTHERS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y"),
    *("%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d.%m.%Y %H:%M:%S"),
    *("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y"),
)
SAMPLE = 2_000  # different values, evenly over a column, that formats are tried on
MOSTLY, MOST, HALF = 0.98, 0.9, 0.5
DIGIT = r"[0-9]"
DIGITS = r"^[0-9]{8}$"
# What every date has: eight digits in a row, five that a spreadsheet counts, or three parts.
LIKE_A_DATE = r"^[0-9]{8}|^[0-9]{5}(?:$|\.)|^[0-9]{1,4}[-/.\u5e74 ].+[-/.\u6708 ]"


@dataclass(frozen=True)
class DateReading:
    """How a column reads as dates.

    `share` of its values do; `moments` are those of its rows, null for the others. `formats` are
    those that must be named, none where the dates are read by themselves; `others` fit as well.
    `offsets` are the offsets that stand with them, in minutes east of Greenwich.
    """

    share: float
    moments: pl.Series
    formats: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    offsets: frozenset[int] = frozenset()

    @property
    def zone(self) -> str | None:
        """The time zone whose clock shows these offsets, where they are more than one."""
        return ZONES.get(self.offsets)


def read_dates(text: pl.Series, *, named: bool) -> DateReading | None:
    """How the values of a column that is not blank read as dates; None if they do not.

    Digits alone are dates only in a column that is `named` like one.
    """
    different = text.drop_nulls().unique(maintain_order=True)
    sample = different.gather_every(max(1, len(different) // SAMPLE))
    digits = sample.filter(sample.str.contains(DIGIT))
    if len(digits) < MOST * len(sample):
        return None
    sample = digits
    if not named and sample.str.contains(DIGITS).all():
        return None
    if share_of(sample.str.contains(LIKE_A_DATE)) < HALF:
        return None  # quickly, as a table can have thousands of columns
    formats, others = _formats(sample, named=named)
    dates = read(text, formats)
    share = float(_possible(dates).sum() / text.count())
    return None if share < HALF else DateReading(share, dates.moments, formats, others, _in(dates))


def _formats(sample: pl.Series, *, named: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The formats that must be named for these dates, none if none must; and what fits as well."""
    plain = read(sample)
    if _share(plain) >= MOSTLY:
        return (), ()
    serial = share_of(sample.str.contains(f"^{SERIAL}$"))
    if named and _share(plain) + serial >= MOSTLY:
        return (*dict.fromkeys(_code(example) for example, _count in plain.forms), EXCEL), ()
    fits = [code for code in OTHERS if _share(read(sample, (code,))) >= MOSTLY]
    return tuple(fits[:1]), tuple(fits[1:])


def _code(example: str) -> str:
    """The format of a date that is read by itself."""
    return next(form.code for form in FORMS if re.fullmatch(form.shape, example))


def _share(dates: Dates) -> float:
    return share_of(_possible(dates))


def _possible(dates: Dates) -> pl.Series:
    return dates.moments.is_between(EARLIEST, LATEST).fill_null(value=False)


def _in(dates: Dates) -> frozenset[int]:
    """The offsets of dates, in minutes."""
    offsets = dates.offsets.drop_nulls().unique()
    return frozenset(
        (-1 if offset[0] == "-" else 1) * (int(offset[1:3]) * 60 + int(offset[4:6]))
        for offset in offsets
    )
