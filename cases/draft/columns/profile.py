"""What can be seen of one column: what its values are, how many, and whether they are persons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import polars as pl

from cases.draft.columns.dates import DateReading, read_dates
from cases.draft.columns.shares import share_of
from cases.draft.words import (
    BLANKS,
    CODES,
    COUNTED,
    DATED,
    IDENTIFYING,
    NAMES,
    PARTS_OF_DATES,
    PERSONS,
    SURNAMES,
    mentions,
    squashed,
)
from cases.tables.cells.column import FALSE, TRUE, How, grouped, numbers_in, read_cells

Type = Literal["date", "time of day", "number", "flag", "code", "text", "blank"]

MOSTLY = 0.98  # share of its values from which a column is of a type; the others are faults
BUT_OTHERS = 0.9  # the same for dates, and where the others are words that may mean blank
MOST_WORDS, SHORTEST_WORD = 3, 2  # such words of a column at most, and letters of one at least
MOST_CODES = 1_000  # different values of a code at most
CODE_LENGTH = 60  # letters of a code at most
SHOWN, SHOWN_FROM = 3, 5  # examples of a column, and rows that each must stand in
DIGIT = r"\d"
# How numbers are written: what stands before the decimals, and between thousands.
MARKS: tuple[tuple[str, str | None], ...] = ((".", ","), (",", "."), (".", None), (",", None))
CLOCK = r"^\d{1,2}:\d{2}(:\d{2})?$"
FEWEST_NAMES, ARE_CHINESE, ARE_ENGLISH = 3, 0.8, 0.9  # values, and shares of them, that are names
CHINESE_NAME = r"^\p{Han}{2,4}$"
ENGLISH_NAME = r"^[A-Z][a-z'-]+,? ([A-Z]\. )?[A-Z][a-z'-]+$"
# Chinese numbers of mobile telephones and identity cards, and addresses of e-mail.
IDENTITY = (
    r"^1[3-9]\d{9}$|^\d{6}(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[0-9Xx]$|^\S+@\S+\.\S+$"
)


@dataclass(frozen=True)
class Profile:
    """A column of a file: its `name`, its values as `text` (blank is null), and what they are.

    `blanks` are the words in it that stand for blank; they are null in `text`, as are the
    `words` that may: they stand among dates or numbers. `dates` says how it reads as dates, if
    it does, `decimal` and `thousands` what stands before the decimals of numbers and between
    their thousands.
    """

    name: str
    text: pl.Series
    type: Type
    blanks: tuple[str, ...] = ()
    dates: DateReading | None = None
    decimal: str = "."
    thousands: str | None = None
    words: tuple[str, ...] = ()

    @cached_property
    def filled(self) -> int:
        """How many rows have a value."""
        return self.text.count()

    @cached_property
    def different(self) -> pl.Series:
        """Its different values."""
        return self.text.drop_nulls().unique(maintain_order=True)

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(self.different)

    @cached_property
    def partition(self) -> bytes:
        """A digest of which rows have the same value, whatever that is."""
        numbered = self.text.to_frame("x").with_row_index("row")
        rows = numbered.select(pl.col("row").min().over("x")).to_series()
        return blake2b(rows.to_numpy().tobytes()).digest()

    @property
    def share(self) -> float:
        """The share of the rows that have a value."""
        return self.filled / max(len(self.text), 1)

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return 0 < self.distinct == len(self.text)

    @cached_property
    def personal(self) -> bool:
        """Whether its values single out persons, by what it is called or by how they look.

        A number, date or flag about a person need not: an age, the day of an arrest.
        """
        if mentions(self.name, COUNTED) or self.type == "flag":
            return False
        if mentions(self.name, IDENTIFYING) or looks_like_persons(self.different):
            return True
        return self._called_a_person and self.type not in ("date", "number")

    @property
    def _called_a_person(self) -> bool:
        return mentions(self.name, PERSONS) or squashed(self.name) in map(squashed, NAMES)

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """A few of its values that stand in several rows; none of what is about persons."""
        about = self._called_a_person and not mentions(self.name, COUNTED) and self.type != "flag"
        if about or self.personal:
            return ()
        frequent = _counts(self.text).filter(pl.col("count") >= SHOWN_FROM)
        return tuple(frequent["value"].head(SHOWN))


def profile(frame: pl.DataFrame, name: str) -> Profile:
    """What can be seen of a column of `frame`."""
    text = read_cells(frame[name], pl.String(), How()).values
    different = text.drop_nulls().unique()
    blanks = tuple(sorted(different.filter(different.str.to_lowercase().is_in(BLANKS))))
    text = _without(text, blanks)
    typed = _typed(name, text, blanks, frame.schema[name])
    words = _words_among(text) if typed.type in ("date", "number", "code", "text") else ()
    if words:
        without = _typed(name, _without(text, words), blanks, frame.schema[name])
        if without.type in ("date", "number"):
            return replace(without, words=words)
    return typed


def _without(text: pl.Series, words: tuple[str, ...]) -> pl.Series:
    how = How(frozenset(words))
    return read_cells(text, pl.String(), how).values


def _words_among(text: pl.Series) -> tuple[str, ...]:
    """The few words without a digit that repeat in a column whose other values have digits."""
    words = _counts(text).filter(~pl.col("value").str.contains(DIGIT))
    repeated = words.filter(
        (pl.col("count") >= SHOWN_FROM) & (pl.col("value").str.len_chars() >= SHORTEST_WORD)
    )
    few = 0 < repeated.height <= MOST_WORDS
    if not few or repeated["count"].sum() > (1 - BUT_OTHERS) * text.count():
        return ()
    return tuple(repeated["value"])


def _counts(text: pl.Series) -> pl.DataFrame:
    """`value, count` of each value, the most frequent first."""
    return text.drop_nulls().alias("value").value_counts(sort=True)


def _typed(name: str, text: pl.Series, blanks: tuple[str, ...], kind: pl.DataType) -> Profile:
    filled = text.drop_nulls()
    if filled.is_empty():
        return Profile(name, text, "blank", blanks)
    if kind == pl.Boolean or _is_flag(filled):
        return Profile(name, text, "flag", blanks)
    dates = read_dates(text, named=mentions(name, DATED) and not mentions(name, PARTS_OF_DATES))
    if kind.is_temporal() or (dates and dates.share >= BUT_OTHERS):
        return Profile(name, text, "date", blanks, dates)
    if filled.str.contains(CLOCK).all():
        return Profile(name, text, "time of day", blanks)
    if _may_be_number(name, filled):
        for decimal, thousands in MARKS:
            if _are_numbers(filled, decimal, thousands):
                return Profile(name, text, "number", blanks, None, decimal, thousands)
    return Profile(name, text, "code" if _is_code(filled) else "text", blanks)


def _is_flag(filled: pl.Series) -> bool:
    """Whether it says yes and no; one word alone says nothing."""
    values = set(filled.unique().str.to_lowercase())
    return values <= {*TRUE, *FALSE} and bool(values & {*TRUE}) and bool(values & {*FALSE})


def _may_be_number(name: str, filled: pl.Series) -> bool:
    """Whether values can count something; those of a code or with a zero in front do not."""
    return not (mentions(name, CODES) or filled.str.contains(r"^0\d").any())


def _are_numbers(filled: pl.Series, decimal: str, thousands: str | None) -> bool:
    """Whether values are numbers written so; with marks for thousands, where all marks are such."""
    if thousands is not None and not _are_grouped(filled, decimal, thousands):
        return False
    return share_of(numbers_in(filled, decimal, thousands).is_not_null()) >= MOSTLY


def _are_grouped(filled: pl.Series, decimal: str, thousands: str) -> bool:
    """Whether the mark stands in some values, and in each of them between thousands.

    A point alone in a value is that of its decimals, whatever follows.
    """
    marked = filled.filter(filled.str.contains(thousands, literal=True))
    if marked.is_empty() or not marked.str.contains(grouped(decimal, thousands)).all():
        return False
    return thousands == "," or bool(marked.str.contains(decimal, literal=True).any())


def _is_code(filled: pl.Series) -> bool:
    short = share_of(filled.str.len_chars() <= CODE_LENGTH)
    different = filled.n_unique()
    return short >= MOSTLY and different <= MOST_CODES and different <= max(10, len(filled) / 2)


def looks_like_persons(values: pl.Series) -> bool:
    """Whether most of these different values look like names or numbers of persons."""
    if len(values) < FEWEST_NAMES:
        return False
    family = values.str.slice(0, 1).is_in(list(SURNAMES))
    chinese = share_of(values.str.contains(CHINESE_NAME) & family)
    english = share_of(values.str.contains(ENGLISH_NAME))
    numbers = share_of(values.str.contains(IDENTITY))
    return chinese > ARE_CHINESE or max(english, numbers) > ARE_ENGLISH


def profiles(frame: pl.DataFrame) -> dict[str, Profile]:
    """What can be seen of each column, by its name."""
    # Each in a frame of its own: to ask a wide one for its schema takes long.
    return {name: profile(frame.get_column(name).to_frame(), name) for name in frame.columns}
