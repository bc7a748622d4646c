"""Rows that are copies of other rows, as a join of two tables makes them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from cases.errors import Fault
from cases.language.messages import _
from cases.tables.input_table import InputTable
from cases.tables.specification.parts import ROW

MOST_COPIES = 0.5  # of all rows, from which a table is called doubled
MOST_DOUBLED = 0.05  # of the cases with several rows, likewise; each of its rows stands twice


def add_copies(table: InputTable) -> None:
    """Add what there is to say about rows that are equal in every column that is used.

    Two equal reviews by one reviewer are one. Of a table that is doubled as a whole there is one
    fault. Otherwise copies are a warning: two letters can be sent on one day.
    """
    columns = [column for column in table.done if column in table.frame.columns]
    copies = _copies(table.frame.select(ROW, *columns), columns)
    if copies.is_empty():
        return
    if _is_doubled(table, copies, columns):
        table.faults.append(_doubled(table, copies.height))
    elif table.spec.name == "reviews" and "reviewer" in columns:
        known = copies.filter(pl.col("reviewer").is_not_null())
        table.faults += _each(table, known)
        table.warnings += _some(table, copies.filter(pl.col("reviewer").is_null()))
    else:
        table.warnings += _some(table, copies)


def _copies(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The rows that are equal to an earlier one, with the number of that one as `first`."""
    marks = frame.select(columns).hash_rows()
    in_order = marks.sort()
    several = in_order.filter(in_order == in_order.shift()).unique()  # quick, and nearly none
    frame = frame.filter(marks.is_in(several.implode()))
    first = pl.col(ROW).first().over(columns).alias("first")
    return frame.with_columns(first).filter(pl.col(ROW) != pl.col("first"))


def _is_doubled(table: InputTable, copies: pl.DataFrame, columns: list[str]) -> bool:
    """Whether so much is doubled that a join must have done it."""
    if copies.height >= MOST_COPIES * table.frame.height:
        return True
    if "case_id" not in columns:
        return False
    copied = copies.select("case_id").unique()
    suspects = table.frame.join(copied, on="case_id", how="semi", nulls_equal=True)
    others = table.frame.select("case_id").join(copied, on="case_id", how="anti", nulls_equal=True)
    rows = suspects.group_by(columns).agg(times=pl.len())
    cases = rows.group_by("case_id").agg(different=pl.len(), least=pl.col("times").min())
    several = cases.filter(pl.col("different") > 1)
    doubled = several.filter(pl.col("least") > 1).height
    without = others.group_by("case_id").len().filter(pl.col("len") > 1).height
    return doubled > max(1, MOST_DOUBLED * (several.height + without))


def _doubled(table: InputTable, count: int) -> Fault:
    return Fault(
        table.where,
        _(
            "holds {count:,} rows that are copies of other rows, {rows:,} rows in all: it looks "
            "doubled by a join.",
            count=count,
            rows=table.frame.height,
        ),
        _("Export the table by itself; of a query, SELECT DISTINCT."),
    )


def _each(table: InputTable, copies: pl.DataFrame) -> Iterator[Fault]:
    for row, first in copies.select(ROW, "first").iter_rows():
        problem = _("is the same review as row {first}.", first=first)
        yield Fault(table.where, problem, _("Remove one of the two rows."), row)


def _some(table: InputTable, copies: pl.DataFrame) -> Iterator[Fault]:
    for row, first in copies.select(ROW, "first").head(1).iter_rows():
        problem = _(
            "is a copy of row {first} (such rows: {count:,}).",
            first=first,
            count=copies.height,
        )
        remedy = _("If each happened once, remove the copies; a join can make them.")
        yield Fault(table.where, problem, remedy, row)
