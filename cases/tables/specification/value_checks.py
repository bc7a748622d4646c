"""The checks of single values: there where they must be, and of their column's type."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

import polars as pl

from cases.language.messages import Message, Sayable, _, listed, sentences
from cases.tables.cells.column import How, grouped
from cases.tables.cells.dates import READABLE, SERIAL, form_of, written
from cases.tables.cells.text import (
    BELOW_ROWS,
    BLANK_WORDS,
    INVISIBLE,
    SHORTENED,
    folding,
    is_invisible,
)
from cases.tables.specification.parts import NUMBER, READ, Check, Column
from cases.tables.values import EARLIEST, LATEST

OF_CASES_AND_PEOPLE = {"case_id", "handler", "reviewer", "actor"}
SHOWN = 5  # formats that advice lists at most


def _day_or_month(mark: str) -> tuple[str, Sayable, Sayable]:
    """A date with the year last, its parts separated by `mark`."""
    day_first, month_first = f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y"
    return (
        rf"^[0-9]{{1,2}}\{mark}[0-9]{{1,2}}\{mark}[0-9]{{4}}($|[ T])",
        _("can be read in two ways: is the day first, or the month?"),
        _(
            'Say it in the office file: `date_format = "{day_first}"` or "{month_first}".',
            day_first=day_first,
            month_first=month_first,
        ),
    )


# What is no date because it could be several: the shape, what is wrong, what to do.
AMBIGUOUS: tuple[tuple[str, Sayable, Sayable], ...] = (
    (
        r"^[0-9]{6,7}$",
        _("is a date only if it has eight digits: with fewer it can be several."),
        _("Write it like 20240331 or 2024-03-31."),
    ),
    *map(_day_or_month, "/-."),
    (
        r"^[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}($|[ T])",
        _("has a year of two digits, so it can be several dates."),
        _("Write it like 2024-03-31."),
    ),
    (
        rf"^{SERIAL}$",
        _("is not a date, but perhaps the number by which a spreadsheet keeps one."),
        _('Export the column as dates, or say `date_format = "excel"` in the office file.'),
    ),
)
DIGIT = "[0-9]"
# What no code and no name may look like, and what is said of it.
UNSEEABLE, CUT, BELOW = "unseeable", "shortened", "below_rows"
NO_NAMES = {UNSEEABLE: INVISIBLE, CUT: SHORTENED, BELOW: BELOW_ROWS}
PLAIN_SHAPES = (CUT, BELOW)  # that Python reads as Polars does
NO_NAME: Mapping[str, tuple[Message, Message]] = {
    UNSEEABLE: (
        _("holds a character that cannot be seen."),
        _("Type it anew, or remove that character in every table."),
    ),
    CUT: (
        _("is a number that a spreadsheet has shortened: its last digits are lost."),
        _("Export the table again, with this column as text."),
    ),
    BELOW: (_("is a total, or a note below the table."), _("Remove the row.")),
}
OR_BLANK = _("Or, if it means that nothing is known, name it under `blank` in the office file.")
NO_DATE = _("is a date or time that does not exist.")
LOOK_UP = _("Look up the right one.")
MEANS_BLANK = _("If it means that nothing is known, name it under `blank` in the office file.")


def value_checks(
    columns: Iterable[Column], how: How, unread: Collection[str], odd: Collection[str]
) -> list[Check]:
    """The checks of the values of these columns, which are read as `how` says.

    Those of the columns called `unread` hold a value that could not be read, and those called
    `odd` one that can be no name (`any_odd`): only there is asked why.
    """
    columns = tuple(columns)
    checks = [_present(column.name) for column in columns if column.needed == "every row"]
    for column in columns:
        if column.name in unread:
            checks += _why_unread(column, how)
        if isinstance(column.type, pl.Datetime):
            checks += _date_checks(column, how)
        elif column.name in odd:
            checks += _name_checks(column.name)
    return checks


def _present(column: str) -> Check:
    remedy = _("Fill in the {column} of this row, or remove the row.", column=column)
    return Check(column, _("is blank."), remedy, pl.col(column + READ).is_null())


def _unread(column: str) -> pl.Expr:
    """What stands in the cells that could not be read; null for all others."""
    unread = pl.col(column).is_null() & pl.col(column + READ).is_not_null()
    return folding(pl.when(unread).then(pl.col(column + READ)))


def _either(
    column: str, problem: Sayable, shapes: Iterable[tuple[pl.Expr, Sayable, Sayable]], last: Sayable
) -> Iterator[Check]:
    """One check for every unread value: that of the first of the `shapes` it has, else the last.

    A word that stands in several rows may mean blank.
    """
    unread, other = _unread(column), pl.lit(value=True)
    word = unread.is_duplicated() & ~unread.str.contains(DIGIT)
    shapes = [
        (unread.str.to_lowercase().is_in(BLANK_WORDS), problem, MEANS_BLANK),
        *shapes,
        (word, problem, sentences(last, OR_BLANK)),
    ]
    for shaped, what, remedy in shapes:
        yield Check(column, what, remedy, shaped & other)
        other &= ~shaped
    yield Check(column, problem, last, unread.is_not_null() & other)


def _why_unread(column: Column, how: How) -> Iterator[Check]:
    if column.type == NUMBER:
        return _number(column.name, how)
    if column.type == pl.Boolean:
        return _flag(column.name)
    formats = how.date_formats.get(column.name, ())
    return _as_formats_say(column.name, formats) if formats else _in_some_form(column.name)


def _number(column: str, how: How) -> Iterator[Check]:
    problem = _("is not a number.")
    if how.thousands:
        remedy = _(
            "Write digits with {decimal} before the decimals, and where there are any {thousands} "
            "with three digits after each, as `decimal` and `thousands` say.",
            decimal=how.decimal,
            thousands=how.thousands,
        )
        return _either(column, problem, (), remedy)
    remedy = _("Write digits with a decimal point, without spaces, thousands separators or words.")
    if how.decimal == ",":
        remedy = _(
            "Write digits with a decimal comma, as `decimal` says, without spaces, thousands "
            "separators or words."
        )
    mark = "." if how.decimal == "," else ","
    advice = _(
        'If {mark} separates thousands, say `thousands = "{mark}"` of the table in the office '
        "file.",
        mark=mark,
    )
    shape = _unread(column).str.contains(grouped(how.decimal, mark))
    return _either(column, problem, ((shape, problem, advice),), remedy)


def _flag(column: str) -> Iterator[Check]:
    remedy = _("Write true or false, yes or no, 1 or 0.")
    return _either(column, _("is not a flag."), (), remedy)


def _date_checks(column: Column, how: How) -> Iterator[Check]:
    name = column.name
    yield Check(
        name,
        _(
            "is not between the years {first} and {last}.",
            first=str(EARLIEST.year),
            last=str(LATEST.year),
        ),
        _("Look up the right date, or leave it blank if there is none."),
        (pl.col(name) < EARLIEST) | (pl.col(name) >= LATEST),
    )
    if column.past:
        yield Check(
            name,
            _("lies in the future."),
            _(
                "Look up the right date; if it stands for no date, name it under `blank` in the "
                "office file."
            ),
            (pl.col(name) > how.latest) & (pl.col(name) < LATEST),
        )


def _in_some_form(column: str) -> Iterator[Check]:
    unread = _unread(column)
    shapes = [
        (unread.str.contains(READABLE), NO_DATE, LOOK_UP),
        *((unread.str.contains(shape), what, remedy) for shape, what, remedy in AMBIGUOUS),
    ]
    last = _(
        "Write it like 2024-03-31 or 2024-03-31T09:30, "
        "or give the table's `date_format` in the office file."
    )
    return _either(column, _("is not a date."), shapes, last)


def _as_formats_say(column: str, formats: tuple[str, ...]) -> Iterator[Check]:
    fits = [_unread(column).str.contains(f"^{form_of(code).shape}$") for code in formats]
    shapes = [
        (
            pl.sum_horizontal(fits) > 1,
            _("is one date by one format of `date_format` and another by another, or none."),
            _("Write it in a form that only one of them has."),
        ),
        (pl.any_horizontal(fits), NO_DATE, LOOK_UP),
    ]
    last = _(
        "Write it like {examples}, as `date_format` says, or add its format there.",
        examples=listed(written(code) for code in formats[:SHOWN]),
    )
    return _either(column, _("is not a date."), shapes, last)


def _name_checks(column: str) -> Iterator[Check]:
    for code, shape in NO_NAMES.items():
        if code != BELOW or column in OF_CASES_AND_PEOPLE:
            what, remedy = NO_NAME[code]
            yield Check(column, what, remedy, pl.col(column).str.contains(shape))


def any_odd(names: pl.Series) -> bool:
    """Whether any of these values of a column can be no code and no name, wherever it stands."""
    return any(names.str.contains(shape).any() for shape in NO_NAMES.values())


def no_name(text: str, *, of_cases_and_people: bool) -> str | None:
    """Why a code or a name cannot be one, as a key of `NO_NAME`; None if it can.

    What the checks refuse in a table: the same for a text that comes with a request.
    """
    if is_invisible(text):
        return UNSEEABLE
    found = (code for code in PLAIN_SHAPES if re.search(NO_NAMES[code], text))
    return next((code for code in found if code != BELOW or of_cases_and_people), None)
