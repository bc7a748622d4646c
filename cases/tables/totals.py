"""How many cases each unit closed in each month, held against totals from elsewhere.

Where an office asks about its cases at another moment than the closing, how many came to that.

What was taken out of the tables before anything was hashed, no hash can show. Somebody else
counted it, though: a statistical return or a case register. Units and months in which the
two differ are named; why they differ, only people can find out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import Sayable, _
from cases.progress import silent
from cases.sources import csv
from cases.sources.base import Layout, Unreadable

LARGEST_TOTALS = 10_000_000  # bytes
MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
NUMBER = r"^[0-9]{1,9}$"

TOTALS: dict[str, pl.DataType] = {
    "unit": pl.String(),  # empty where the case names none
    "month": pl.String(),  # such as 2026-06
    "closed": pl.Int64(),  # or came to the other moment that the office asks about
}


def closings(cases: pl.DataFrame, until: datetime, moment: str = "closed_at") -> pl.DataFrame:
    """The closed cases of a case table, counted: columns of `TOTALS`, by month and unit.

    `cases` has `unit` and the column `moment`. Those closed by `until` count, so that its month
    may not be whole.
    """
    closed = cases.filter(pl.col(moment) <= until).with_columns(
        pl.col("unit").fill_null(""), month=pl.col(moment).dt.strftime("%Y-%m")
    )
    counted = closed.group_by("unit", "month").agg(closed=pl.len().cast(pl.Int64))
    return counted.select(*TOTALS).sort("month", "unit")


def read_totals(path: Path) -> pl.DataFrame:
    """Totals from elsewhere: a CSV file with the columns of `TOTALS`.

    `BadInput` with every fault if it is anything else.
    """
    try:
        texts = _texts(path)
    except Unreadable as error:
        raise BadInput([error.at(path.name)]) from None
    faults = list(_faults(path.name, texts))
    if faults:
        raise BadInput(faults)
    return texts.with_columns(pl.col("unit").fill_null(""), pl.col("closed").cast(pl.Int64))


def _texts(path: Path) -> pl.DataFrame:
    """The columns of `TOTALS` as text without blanks around it; `Unreadable` without them."""
    if path.suffix.lower() != ".csv":
        raise Unreadable(_("is not a CSV file."), _("Export the totals as CSV."))
    if path.is_file() and path.stat().st_size > LARGEST_TOTALS:
        problem = _("holds more than {most:,} bytes.", most=LARGEST_TOTALS)
        raise Unreadable(problem, _("Give one row for each unit and month."))
    texts = csv.read(path, Layout(), silent).frame
    for name in TOTALS:
        if name not in texts.columns:
            problem = _("has no column {column}.", column=name)
            raise Unreadable(problem, _("Name its columns unit, month and closed."))
    return texts.select(pl.col(*TOTALS).str.strip_chars().replace("", None))


def _faults(where: str, texts: pl.DataFrame) -> Iterator[Fault]:
    """What is wrong in each row, first the months, then the numbers, then what is twice."""
    twice = texts.select("unit", "month").is_duplicated()
    wrong: dict[str, tuple[pl.Series, Sayable, Sayable]] = {
        "month": (
            ~texts["month"].str.contains(MONTH).fill_null(value=False),
            _("is not a month."),
            _("Write it as 2026-06."),
        ),
        "closed": (
            ~texts["closed"].str.contains(NUMBER).fill_null(value=False),
            _("is not a number of cases."),
            _("Write it in digits alone."),
        ),
        "unit": (
            twice,
            _("stands more than once with this month."),
            _("Give one row for each unit and month."),
        ),
    }
    for column, (rows, problem, remedy) in wrong.items():
        for index in rows.arg_true():
            value = texts[column][index] or ""
            yield Fault(where, problem, remedy, row=index + 2, column=column, value=value)


def differences(ours: pl.DataFrame, totals: pl.DataFrame, until: datetime) -> list[Sayable]:
    """Every unit and month in which our `closings` by `until` and the `totals` differ.

    Months that the totals speak of are compared as far as they were over by `until`. Of such
    a month the totals are taken to name every unit: one that they leave out closed no case.
    """
    last = _last_whole_month(until)
    over = pl.col("month") <= last
    theirs = totals.filter(over)
    if theirs.is_empty():
        day = until.date()
        return [
            _("The totals speak of no month that was over on {day}: nothing is compared.", day=day)
        ]
    covered = ours.filter(over & pl.col("month").is_in(theirs["month"].unique().implode()))
    both = covered.join(theirs, on=["unit", "month"], how="full", coalesce=True, suffix="_there")
    counts = pl.col("closed", "closed_there").fill_null(0)
    differing = both.with_columns(counts).filter(pl.col("closed") != pl.col("closed_there"))
    lines = differing.sort("month", "unit").iter_rows(named=True)
    return [_difference(**line) for line in lines]


def _difference(unit: str, month: str, closed: int, closed_there: int) -> Sayable:
    return _(
        "Unit {unit}, month {month}: {ours:,} cases in the tables, {theirs:,} in the totals.",
        unit=unit or _("(none)"),
        month=month,
        ours=closed,
        theirs=closed_there,
    )


def _last_whole_month(until: datetime) -> str:
    """The last month that was over by the end of the day of `until`, such as 2026-06."""
    first_after = until.date() + timedelta(days=1)
    return f"{first_after.replace(day=1) - timedelta(days=1):%Y-%m}"
