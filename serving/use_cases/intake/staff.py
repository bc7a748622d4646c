"""The handlers with the work they have now, and with what was given to them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import polars as pl

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import _
from cases.tables.specification.handlers import HANDLER_TABLE
from cases.tables.tables import Tables, rows
from features.as_of import open_moments
from features.build import known_at
from models.questions.effort import EffortQuestion
from serving.use_cases.context import ServiceContext
from serving.use_cases.remembered import GIVEN

DECIDED = "handlers that people decided for"  # in `Tables.memo`
SENT_BACK = _("has been sent back: somebody can only designate a handler for it.")
EACH_CASE = 1.0  # what a case counts where its effort cannot be estimated


def staff(
    context: ServiceContext, as_of: datetime, given: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The handlers with their `load` (expected work left) and `open_cases` at `as_of`.

    Of what is `given` (`given_away`), what the tables do not have counts with its whole effort.
    """
    left = context.kept(("work left", as_of), lambda: _work_left(context, as_of))
    if given is None or given.is_empty():
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


def given_away(context: ServiceContext, further: pl.DataFrame | None = None) -> pl.DataFrame:
    """What was given to handlers (`GIVEN`): as the ledger says, then `further` cases, each once.

    Where a person decided for another handler, it is that one's.
    """
    given = context.remembered.given.select(*GIVEN)
    if further is not None:
        further = further.unique("case_id", keep="last", maintain_order=True)
        given = pl.concat([given, further]).unique("case_id", keep="first", maintain_order=True)
    decided = _decided(context.tables)
    if given.is_empty() or not decided:
        return given
    of_person = pl.col("case_id").replace_strict(decided, default=pl.col("handler"))
    return given.with_columns(handler=of_person)


def _decided(tables: Tables) -> Mapping[str, str]:
    """The handler that a person decided for last, by case; gathered once."""
    if DECIDED not in tables.memo:
        overrides = tables.override_rows.filter(about="handler").sort("at")
        tables.memo[DECIDED] = dict(overrides.select("case_id", "decided").iter_rows())
    decided: Mapping[str, str] = tables.memo[DECIDED]
    return decided


def _given_since(tables: Tables, given: pl.DataFrame, efforts: pl.Series) -> pl.DataFrame:
    """Of what was given, what the tables do not have; a case without effort counts as usual."""
    known = tables.of_cases("cases", given["case_id"]).drop_nulls("handler")
    further = given.join(known, on="case_id", how="anti")
    usual = efforts.mean()
    effort = pl.col("effort").fill_null(EACH_CASE if usual is None else usual)
    return further.select("case_id", "handler", effort.alias("remaining_effort"))


def check_given_away(
    tables: Tables, new: pl.DataFrame, given: pl.DataFrame, further: pl.DataFrame | None
) -> None:
    """`BadInput` for new cases that are `given` already, and `further` ones of unknown handlers.

    A case drawn once is not drawn again: else one could draw until the result suits.
    """
    faults = [*_given_again(new, given)]
    if further is not None:
        faults += _to_nobody(tables, further)
    if faults:
        raise BadInput(faults)


def _given_again(new: pl.DataFrame, given: pl.DataFrame) -> Iterator[Fault]:
    where = _("what was given")
    again = given.filter(pl.col("case_id").is_in(new["case_id"].implode()))
    for case_id, handler in again.select("case_id", "handler").sort("case_id").iter_rows():
        problem = _("has been given to a handler already.") if handler else SENT_BACK
        yield Fault(where, problem, _("Leave it out."), column="case_id", value=case_id)


def _to_nobody(tables: Tables, given: pl.DataFrame) -> Iterator[Fault]:
    where = _("what was given")
    unknown = given.join(tables.handler_rows, on="handler", how="anti")["handler"]
    for handler in unknown.unique().sort():
        remedy = _("Correct the name.")
        yield Fault(where, HANDLER_TABLE.unknown, remedy, column="handler", value=handler)


def check_first(context: ServiceContext, new: pl.DataFrame, number: int) -> None:
    """`Refused` if an intake before the record of this `number` gave one of the cases away."""
    given = context.remembered.given.join(new, on="case_id", how="semi")
    if given.filter(pl.col("record") < number).height:
        raise Refused(
            _(
                "Another intake gave some of these cases to handlers at the same moment; that one "
                "counts. Leave them out, and ask again."
            )
        )
