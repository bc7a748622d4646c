"""The handlers with the work they have now, and with what was given to them since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import polars as pl

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.tables.specification.handlers import HANDLER_TABLE
from cases.tables.tables import Tables, rows
from features.as_of import open_moments
from features.build import known_at
from models.questions.effort import EffortQuestion
from serving.use_cases.context import ServiceContext

EACH_CASE = 1.0  # what a case counts where its effort cannot be estimated
GIVEN = {"case_id": pl.String(), "handler": pl.String(), "effort": pl.Float64()}


def staff(
    context: ServiceContext, as_of: datetime, given: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The handlers with their `load` (expected work left) and `open_cases` at `as_of`.

    Of what is `given`, what the tables do not have counts with its whole effort.
    """
    left = context.kept(("work left", as_of), lambda: _work_left(context, as_of))
    if given is None:
        return context.kept(("staff", as_of), lambda: _carrying(context.tables, left))
    further = _given_since(context.tables, given, left["remaining_effort"])
    return _carrying(context.tables, pl.concat([left, further]))


def _carrying(tables: Tables, left: pl.DataFrame) -> pl.DataFrame:
    """The handlers with the sums of the work `left`."""
    carried = left.group_by("handler").agg(
        load=pl.col("remaining_effort").sum(), open_cases=pl.len().cast(pl.Int64)
    )
    return tables.handler_rows.join(carried, on="handler", how="left").with_columns(
        pl.col("load").fill_null(0.0),
        pl.col("open_cases").fill_null(0),
    )


def _work_left(context: ServiceContext, as_of: datetime) -> pl.DataFrame:
    """`case_id, handler, remaining_effort` of each case open at `as_of`."""
    if EffortQuestion.code in context.model:
        left = context.model.question(EffortQuestion).remaining(context.tables, as_of)
    else:
        still_open = rows(known_at(context.tables, open_moments(context.tables, as_of)).cases)
        left = still_open.with_columns(remaining_effort=pl.lit(EACH_CASE))
    return left.select("case_id", "handler", "remaining_effort")


def _given_since(tables: Tables, given: pl.DataFrame, efforts: pl.Series) -> pl.DataFrame:
    """Of what was given, what the tables do not have; a case without effort counts as usual."""
    known = tables.case_rows.drop_nulls("handler")
    further = given.join(known, on="case_id", how="anti").unique("case_id", keep="last")
    usual = efforts.mean()
    effort = pl.col("effort").fill_null(EACH_CASE if usual is None else usual)
    return further.select("case_id", "handler", effort.alias("remaining_effort"))


def check_given_away(tables: Tables, new: pl.DataFrame, given: pl.DataFrame | None) -> None:
    """`BadInput` for new cases that are given to a handler already, and for unknown handlers.

    A case drawn once is not drawn again: else one could draw until the result suits.
    """
    faults = [] if given is None else [*_faults_of_given(tables, new, given)]
    if faults:
        raise BadInput(faults)


def _faults_of_given(tables: Tables, new: pl.DataFrame, given: pl.DataFrame) -> Iterator[Fault]:
    where = _("what was given")
    again = given.filter(pl.col("case_id").is_in(new["case_id"].implode()))["case_id"]
    for case_id in again.unique().sort():
        problem = _("has been given to a handler already.")
        yield Fault(where, problem, _("Leave it out."), column="case_id", value=case_id)
    unknown = given.join(tables.handler_rows, on="handler", how="anti")["handler"]
    for handler in unknown.unique().sort():
        remedy = _("Correct the name.")
        yield Fault(where, HANDLER_TABLE.unknown, remedy, column="handler", value=handler)
