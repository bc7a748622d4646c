"""What somebody has to grade, in the order in which to read it."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from cases.office.reviews import CONSOLIDATED, SECOND
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.progress import cases_of, progress, since
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.readings import open_readings

WORK = ("plan", "case_id", "reading", "turn", "kind", "unit")


def to_grade(context: ServiceContext, person: str, plans: Sequence[UnderWay]) -> pl.DataFrame:
    """The readings that a person has to grade in these plans: the columns of `WORK`.

    The plans in the order given, in each first readings before second ones, and these in the
    reading order.
    """
    remembered = context.remembered
    still = open_readings(remembered.work, remembered.days, context.tables)
    mine = still.filter(reviewer=person).select("plan", "case_id", "reading")
    found = [_of_plan(context, mine.filter(plan=plan.plan_id), plan) for plan in plans]
    return pl.concat(found) if found else pl.DataFrame(schema=dict.fromkeys(WORK, pl.String()))


def _of_plan(context: ServiceContext, waiting: pl.DataFrame, plan: UnderWay) -> pl.DataFrame:
    lines = cases_of(context, plan)
    lines = lines.select("case_id", pl.col("turn").cast(pl.Int64()), "kind", "unit")
    in_order = waiting.join(lines, on="case_id").sort(pl.col("reading") == SECOND, "turn")
    return in_order.select(WORK)


def graded_by(context: ServiceContext, person: str, plan: UnderWay) -> pl.DataFrame:
    """The grades that a person gave cases of a plan alone, the newest first."""
    found = since(context, plan.parameters.as_of)
    mine = found.filter(pl.col("reading") != CONSOLIDATED, reviewer=person)
    of_plan = cases_of(context, plan).select("case_id")
    return mine.join(of_plan, on="case_id", how="semi").sort("reviewed_at", descending=True)


def to_consolidate(context: ServiceContext, plan: UnderWay) -> pl.DataFrame:
    """The cases of a plan in scope with two grades that differ, in the reading order."""
    again = since(context, plan.parameters.as_of).filter(reading=SECOND)
    if again.is_empty():
        return plan.cases[:0]
    return progress(context, plan).filter(state="differ")


def nobody_reads(context: ServiceContext, plan: UnderWay) -> int:
    """How many readings of a plan are to be made that nobody has."""
    return int(progress(context, plan)["free"].sum())
