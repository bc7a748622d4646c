"""Dates and times as offices write them, read where they have one meaning.

A year of four digits comes first, so that day and month cannot be taken for each other; or the
office file names the formats. What fits no form becomes null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product

import polars as pl

from cases.tables.values import TIME

EXCEL = "excel"  # as a `date_format`: days since the end of 1899, as spreadsheets count them
SERIAL = r"[0-9]{5}(?:\.[0-9]+)?"
FIRST_SERIAL = datetime(1899, 12, 30)
SECONDS_A_DAY = 86_400
EXAMPLE = datetime(2024, 3, 31, 9, 30)

# Shapes of text, and the format that reads them (chrono's codes).
DAYS = {
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}": "%Y-%m-%d",
    r"[0-9]{8}": "%Y%m%d",
    r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}": "%Y/%m/%d",
    r"[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}": "%Y.%m.%d",
    r"[0-9]{4}\u5e74[0-9]{1,2}\u6708[0-9]{1,2}\u65e5": "%Y\u5e74%m\u6708%d\u65e5",
}
CLOCKS = {
    r"[0-9]{1,2}:[0-9]{2}": "%H:%M",
    r"[0-9]{1,2}:[0-9]{2}:[0-5][0-9]": "%H:%M:%S",
    r"[0-9]{1,2}:[0-9]{2}:[0-5][0-9]\.[0-9]{1,9}": "%H:%M:%S%.f",
    r"[0-9]{1,2}\u65f6[0-9]{1,2}\u5206": "%H\u65f6%M\u5206",
    r"[0-9]{1,2}\u65f6[0-9]{1,2}\u5206[0-9]{1,2}\u79d2": "%H\u65f6%M\u5206%S\u79d2",
}
TIMES = {"": "", **{gap + shape: gap + CLOCKS[shape] for gap in " T" for shape in CLOCKS}}
READABLE = rf"^(?:{'|'.join(DAYS)})(?:{'|'.join(TIMES)})$"
# Several blanks before the time, or none after the Chinese word for day.
GAP = r"(?:(\u65e5)\s*|([0-9])\s\s+)([0-9]{1,2}[:\u65f6])"
USUAL_OFFSET = r"^[+-](?:0[0-9]|1[0-4]):[0-9]{2}$"
SHORT_OFFSET = r":[0-9.]+\s?([+-](?:0[0-9]|1[0-4])(?:[0-9]{2})?)$"
HOURS = r"^(...)(.*)$"
AFTER_TIME = r"[+-][0-9:]+$"
WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "j": 3}
CODE = re.compile(r"%[-_0]?[a-zA-Z]|%\.f")


@dataclass(frozen=True)
class Form:
    """A way to write a date: the shape of the text, and the format that reads it."""

    shape: str
    code: str

    def fits(self, text: pl.Series) -> pl.Series:
        """For each text whether it has the shape; null for null."""
        return text.str.contains(f"^{self.shape}$")

    def read(self, text: pl.Series) -> pl.Series:
        """The moments that texts of this shape say; null for one that does not exist."""
        if self.code != EXCEL:
            return text.str.strptime(TIME, self.code, strict=False)
        seconds = (text.cast(pl.Float64) * SECONDS_A_DAY).round().cast(pl.Int64)
        return FIRST_SERIAL + (seconds * 1_000_000).cast(pl.Duration("us"))


FORMS = tuple(Form(day + time, DAYS[day] + TIMES[time]) for time, day in product(TIMES, DAYS))


@dataclass(frozen=True)
class Dates:
    """The moments that a column of texts says.

    `moments` has null for what is not read, `offsets` the offset each was written with, such as
    `+08:00` (null where there is none). `forms` has for each way of writing that occurs an
    example and how many values are written so.
    """

    moments: pl.Series
    offsets: pl.Series
    forms: tuple[tuple[str, int], ...]


def read_dates(text: pl.Series, formats: Sequence[str] = ()) -> Dates:
    """The dates in `text`: in these `formats` of the office file, else in any of `FORMS`.

    A text that two formats read differently is not read.

    >>> read_dates(pl.Series(["2024-3-1 9:30"])).moments.to_list()
    [datetime.datetime(2024, 3, 1, 9, 30)]
    """
    if formats:
        moments, forms = _in_formats(text, [form_of(code) for code in formats])
        return Dates(moments, _nulls(text, pl.String()), forms)
    first = _form_of_first(text)
    if first and first.fits(text).all():
        example = _example(text)
        return Dates(first.read(text), _nulls(text, pl.String()), (example,))
    gaps = text.str.contains(GAP).any()
    plain, offsets = _without_offsets(text.str.replace(GAP, "$1$2 $3") if gaps else text)
    moments, forms = _in_any_form(plain, text)
    return Dates(moments, offsets, forms)


def _in_any_form(
    plain: pl.Series, text: pl.Series
) -> tuple[pl.Series, tuple[tuple[str, int], ...]]:
    """The moments of `plain`, which stands in the file as `text`; and the forms that occur."""
    left = pl.DataFrame({"at": pl.int_range(plain.len(), eager=True), "plain": plain, "text": text})
    left = left.filter(pl.col("plain").str.contains(READABLE))
    moments, forms = _nulls(text, TIME), []
    while (form := _form_of_first(left["plain"])) is not None:
        fits = form.fits(left["plain"])
        part = left.filter(fits)
        moments = moments.scatter(part["at"], form.read(part["plain"]))
        forms.append(_example(part["text"]))
        left = left.filter(~fits)
    return moments, tuple(forms)


def _in_formats(
    text: pl.Series, formats: Sequence[Form]
) -> tuple[pl.Series, tuple[tuple[str, int], ...]]:
    """The moments that texts say in these formats, none where two differ; and what occurs."""
    frame, forms = pl.DataFrame({"text": text, "moment": _nulls(text, TIME)}), []
    differ = pl.lit(value=False)
    for form in formats:
        fits = form.fits(text).fill_null(value=False)
        if not fits.any():
            continue
        forms.append(_example(text.filter(fits)))
        read = form.read(frame.select(pl.when(fits).then("text")).to_series())
        now = f"moment {form.code}"
        frame = frame.with_columns(read.alias(now))
        differ |= (pl.col(now) != pl.col("moment")).fill_null(value=False)
        frame = frame.with_columns(pl.coalesce("moment", now).alias("moment"))
    frame = frame.with_columns(pl.when(~differ).then("moment").alias("moment"))
    return frame["moment"], tuple(forms)


def _nulls(like: pl.Series, kind: pl.DataType) -> pl.Series:
    return pl.Series([None], dtype=kind).new_from_index(0, like.len())


def _example(text: pl.Series) -> tuple[str, int]:
    """The first text, and how many there are."""
    there = text.drop_nulls()
    return str(there[0]), there.len()


def _form_of_first(text: pl.Series) -> Form | None:
    """The form of the first text; None if there is none or it fits no form."""
    index = text.is_not_null().arg_max() if text.len() else None
    first = text[index] if index is not None else None
    if first is None:
        return None
    return next((form for form in FORMS if re.fullmatch(form.shape, first)), None)


def _without_offsets(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The texts without the offset after their time, and the offsets, as `+08:00`."""
    timed = pl.col("text").str.contains(":", literal=True)
    utc, usual = timed & pl.col("text").str.ends_with("Z"), pl.col("text").str.tail(6)
    before = pl.col("text").str.head(-6).str.contains(":", literal=True)
    found = (
        pl.when(utc)
        .then(pl.lit("+00:00"))
        .when(before & usual.str.contains(USUAL_OFFSET))
        .then(usual)
        .when(timed & pl.col("text").str.contains(SHORT_OFFSET))
        .then(pl.col("text").str.extract(SHORT_OFFSET).str.replace(HOURS, "$1:${2}00").str.head(6))
    )
    rest = (
        pl.when(utc)
        .then(pl.col("text").str.head(-1))
        .when(pl.col("offset").is_null())
        .then("text")
        .otherwise(pl.col("text").str.replace(AFTER_TIME, ""))
    )
    frame = pl.DataFrame({"text": text}).with_columns(offset=found)
    return frame.select(rest.str.strip_chars_end()).to_series(), frame["offset"]


@cache
def form_of(code: str) -> Form:
    """The form of a format of the office file.

    A number next to another without anything between has all its digits, so that `%Y%m%d`
    does not read 2024112.

    >>> form_of("%d.%m.%Y").shape
    '[0-9]{1,2}\\\\.[0-9]{1,2}\\\\.[0-9]{4}'
    """
    if code == EXCEL:
        return Form(SERIAL, EXCEL)
    return Form("".join(_shapes(code)), code)


def _shapes(code: str) -> Iterator[str]:
    """The shape of every part of a format."""
    found = list(CODE.finditer(code))
    starts, ends = {one.start() for one in found}, {one.end() for one in found}
    last = 0
    for one in found:
        yield re.escape(code[last : one.start()])
        yield _digits(one[0][-1], touching=one.start() in ends or one.end() in starts)
        last = one.end()
    yield re.escape(code[last:])


def _digits(letter: str, *, touching: bool) -> str:
    width = WIDTHS.get(letter)
    if width is None:
        return ".+?"
    return f"[0-9]{{{width}}}" if touching or letter in "Yy" else f"[0-9]{{1,{width}}}"


def written(code: str) -> str:
    """An example of a format of the office file.

    >>> written("%d.%m.%Y")
    '31.03.2024'
    """
    if code == EXCEL:
        return "45382"
    return str(pl.Series([EXAMPLE]).dt.strftime(code)[0])


def says_a_day(code: str) -> bool:
    """Whether what is written in this format is read back as the same day."""
    try:
        back = form_of(code).read(pl.Series([written(code)]))[0]
    except pl.exceptions.PolarsError:
        return False
    return isinstance(back, datetime) and back.date() == EXAMPLE.date()
