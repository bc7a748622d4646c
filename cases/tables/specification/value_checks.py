"""The checks of single values: there where they must be, and of their column's type."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from cases.language.messages import _
from cases.tables.specification.parts import NUMBER, READ, Check, Column
from cases.tables.values import EARLIEST, LATEST

DATED = r"^\d{4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2}.*)?$"  # what looks like a date


def value_checks(columns: Iterable[Column]) -> list[Check]:
    """The checks of the values of these columns."""
    columns = tuple(columns)
    checks = [_present(column.name) for column in columns if column.needed == "every row"]
    for column in columns:
        if isinstance(column.type, pl.Datetime):
            checks += _date_checks(column.name)
        elif column.type == NUMBER:
            checks.append(_number(column.name))
        elif column.type == pl.Boolean:
            checks.append(_flag(column.name))
    return checks


def _present(column: str) -> Check:
    remedy = _("Fill in the {column} of this row, or remove the row.", column=column)
    return Check(column, _("is blank."), remedy, pl.col(column + READ).is_null())


def _unread(column: str) -> pl.Expr:
    return pl.col(column).is_null() & pl.col(column + READ).is_not_null()


def _number(column: str) -> Check:
    remedy = _("Write digits with a decimal point, without spaces, thousands separators or words.")
    return Check(column, _("is not a number."), remedy, _unread(column))


def _flag(column: str) -> Check:
    remedy = _("Write true or false, yes or no, 1 or 0.")
    return Check(column, _("is not a flag."), remedy, _unread(column))


def _date_checks(column: str) -> list[Check]:
    shaped = pl.col(column + READ).str.contains(DATED)
    return [
        Check(
            column,
            _("is a date or time that does not exist."),
            _("Look up the right one."),
            _unread(column) & shaped,
        ),
        Check(
            column,
            _("is not a date."),
            _(
                "Write it like 2024-03-31 or 2024-03-31T09:30, "
                "or give the table's `date_format` in the office file."
            ),
            _unread(column) & ~shaped,
        ),
        Check(
            column,
            _(
                "is not between the years {first} and {last}.",
                first=str(EARLIEST.year),
                last=str(LATEST.year),
            ),
            _("Look up the right date, or leave it blank if there is none."),
            (pl.col(column) < EARLIEST) | (pl.col(column) >= LATEST),
        ),
    ]
