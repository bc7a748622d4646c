"""The cases of a plan as a list, filtered and ordered by what its reader may know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from cases.language.messages import Sayable, _
from cases.office.reviews import FIRST, SECOND
from serving.access.caller import Caller, who_handled
from serving.use_cases.context import ServiceContext
from serving.use_cases.reviewing.knowing import oversees
from serving.use_cases.reviewing.my_work import graded_by, to_grade
from serving.use_cases.reviewing.progress import ADDED, cases_of, progress
from serving.use_cases.reviewing.under_way import UnderWay

WAYS: Mapping[str, Sayable] = {
    "mandatory": _("rule"),
    "search": _("search"),
    "lottery": _("random draw"),
    ADDED: _("added by hand"),
}
NOBODY, MINE = "nobody", "mine"


@dataclass(frozen=True)
class Wanted:
    """What a list is to show: empty texts for everything; `order` is a column to go by first."""

    way: str = ""
    unit: str = ""
    area: str = ""
    who: str = ""
    state: str = ""
    order: str = ""


def cases_listed(
    context: ServiceContext,
    caller: Caller,
    plan: UnderWay,
    plans: Sequence[UnderWay],
    wanted: Wanted,
) -> pl.DataFrame:
    """The cases of a plan that are `wanted`: the columns of `progress`, and `way`.

    `way` is how a case was chosen, null where this reader may not know that yet. Where there
    are such cases, the list is in the reading order, which has nothing to do with the risk, and
    else in the order of checking.
    """
    found = progress(context, plan)
    found = found.with_columns(way=_ways(context, caller, plan, plans))
    found = found.filter(*_tests(plan, caller, wanted))
    by = {"unit": "unit", "area": _area(plan), "reader": "reader_first"}.get(wanted.order)
    turn = "turn" if found["way"].null_count() else "rank"
    return found.sort(*([by] if by else []), turn, nulls_last=True)


def _area(plan: UnderWay) -> str | None:
    return plan.shown.office.spot_checks.list_by


def _tests(plan: UnderWay, caller: Caller, wanted: Wanted) -> Iterator[pl.Expr]:
    """What the cases must be."""
    columns = {"way": wanted.way, "unit": wanted.unit, "state": wanted.state}
    area = _area(plan)
    if area not in {None, "unit"}:
        columns[str(area)] = wanted.area
    for column, value in columns.items():
        if value:
            yield pl.col(column) == value
    first, second = pl.col("reader_first"), pl.col("reader_second")
    if wanted.who == NOBODY:
        yield pl.col("free") > 0
    elif wanted.who == MINE or (wanted.who and oversees(caller)):
        who = caller.person if wanted.who == MINE else wanted.who
        yield (first.eq_missing(who) | second.eq_missing(who)) & pl.lit(who is not None)


def _ways(
    context: ServiceContext,
    caller: Caller,
    plan: UnderWay,
    plans: Sequence[UnderWay],
) -> pl.Expr:
    """How each case was chosen; null where `knowing` does not tell this reader."""
    person = caller.person
    unknown = pl.col("case_id").is_in(sorted(_hidden_work(context, person, plans)))
    if not oversees(caller):
        by_me = {*graded_by(context, person, plan)["case_id"]} if person is not None else set()
        is_ahead = pl.col("state").is_in([FIRST, SECOND]) & ~pl.col("case_id").is_in(sorted(by_me))
        unknown |= pl.col("case_id").is_in(plan.hidden(context.office).implode()) & is_ahead
        unknown |= pl.col("case_id").is_in(_not_mine(context, caller, plan))
    return pl.when(~unknown).then("selected_by")


def _not_mine(context: ServiceContext, caller: Caller, plan: UnderWay) -> list[str]:
    """The cases that somebody may not review: they handled them, or no table names them."""
    ids, person = cases_of(context, plan)["case_id"].to_list(), caller.person
    handled = who_handled(context.tables, ids)
    return [one for one in ids if person is None or person in handled.get(one, ())]


def _hidden_work(
    context: ServiceContext, person: str | None, plans: Sequence[UnderWay]
) -> set[str]:
    """The cases that a person still has to grade without seeing their risk."""
    if person is None:
        return set()
    work = to_grade(context, person, plans)
    return {
        case_id
        for plan in plans
        for case_id in work.filter(
            pl.col("case_id").is_in(plan.hidden(context.office).implode()), plan=plan.plan_id
        )["case_id"]
    }
