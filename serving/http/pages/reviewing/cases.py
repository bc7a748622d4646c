"""Cases to check: those of a plan, filtered and in an order of the reader's choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import polars as pl

from cases.language.messages import Sayable, _, ngettext
from serving.http.pages.reviewing.opened import plan_asked_for, plan_name, plans, unreadable
from serving.http.pages.shell.paging import Pager
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Shown, Visit
from serving.use_cases.reviewing.knowing import oversees
from serving.use_cases.reviewing.listed import MINE, NOBODY, WAYS, Wanted, cases_listed
from serving.use_cases.reviewing.progress import STATES, cases_of
from serving.use_cases.reviewing.under_way import UnderWay

TITLE = _("Cases to check")
ALL = ("", _("all"))
COLOURS = {"done": "green", "differ": "amber", "second": "blue"}
NOT_YET = _("shown after grading")

Option = tuple[str, Sayable | str]


def show(visit: Visit) -> Shown:
    """The page."""
    found = plans(visit)
    plan = plan_asked_for(visit, found)
    if plan is None:
        return Shown("reviewing/no_plan.html", TITLE, {"unreadable": unreadable(visit)})
    wanted = Wanted(**{one.name: visit.query.get(one.name, "") for one in fields(Wanted)})
    cases = cases_listed(visit.context, visit.caller, plan, found, wanted)
    pager, part = paged(visit, "/cases", cases)
    area = plan.shown.office.spot_checks.list_by
    values = {
        "unreadable": unreadable(visit),
        "plan": plan,
        "counted": _counted(cases.height),
        "filters": list(_filters(visit, plan, found, wanted)),
        "area": area if area in plan.shown.office.spot_checks.columns else None,
        "cases": list(_lines(visit, plan, part)),
        "pager": pager,
    }
    return Shown("reviewing/cases.html", TITLE, values)


def paged(visit: Visit, path: str, rows: pl.DataFrame) -> tuple[Pager, pl.DataFrame]:
    """The part of a list that the address asks for, and how to go on from there."""
    asked = {name: value for name, value in visit.query.items() if name not in {"page", "said"}}
    pager = Pager.of(rows.height, path, visit.whole_number("page"), **asked)
    return pager, rows[pager.shown]


def _counted(count: int) -> Sayable:
    return ngettext("{count} case", "{count:,} cases", count)


def _filters(
    visit: Visit, plan: UnderWay, found: Sequence[UnderWay], wanted: Wanted
) -> Iterator[tuple[str, Sayable | str, Sequence[Option], str]]:
    """The fields of the form: name, label, choices, what is chosen."""
    named = [(one.plan_id, plan_name(one)) for one in found]
    yield "plan", _("Plan"), named, plan.plan_id
    yield "way", _("Chosen by"), [ALL, *WAYS.items()], wanted.way
    yield "state", _("State"), [ALL, *STATES.items()], wanted.state
    lines = cases_of(visit.context, plan)
    units = _values(lines, "unit")
    if len(units) > 1:
        yield "unit", _("Unit"), [ALL, *units], wanted.unit
    area = plan.shown.office.spot_checks.list_by
    if area is not None and area != "unit":
        yield "area", area, [ALL, *_values(lines, area)], wanted.area
    yield "who", _("Reviewer"), [ALL, *_readers(visit, plan, lines)], wanted.who
    orders: list[Option] = [("", _("order of checking")), ("unit", _("unit"))]
    orders += [("area", area)] if area not in {None, "unit"} else []
    yield "order", _("In the order of"), [*orders, ("reader", _("reviewer"))], wanted.order


def _values(lines: pl.DataFrame, column: str) -> list[Option]:
    return [(value, value) for value in lines[column].drop_nulls().unique().sort()]


def _readers(visit: Visit, plan: UnderWay, lines: pl.DataFrame) -> Iterator[Option]:
    if visit.caller.person is not None:
        yield MINE, _("you")
    yield NOBODY, _("nobody yet")
    if oversees(visit.caller):
        given = visit.context.remembered.work.reviewing.readings.filter(plan=plan.plan_id)
        of_lines = given.join(lines, on="case_id", how="semi")
        for name in of_lines["reviewer"].drop_nulls().unique().sort():
            yield name, name


def _lines(visit: Visit, plan: UnderWay, part: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What the table shows of each case; of one that is in another unit by now nothing."""
    known = {*visit.context.known(part["case_id"].to_list())}
    for row in part.iter_rows(named=True):
        if row["case_id"] in known:
            yield row | {
                "link": address("/case", id=row["case_id"], plan=plan.plan_id),
                "way": NOT_YET if row["way"] is None else WAYS[row["way"]],
                "reader": _reader(visit, row),
                "said": STATES[row["state"]],
                "colour": COLOURS.get(row["state"], ""),
            }


def _reader(visit: Visit, row: Mapping[str, Any]) -> Sayable | str:
    """Who reads a case, for this reader; names are for those who plan and audit."""
    readers = [name for name in (row["reader_first"], row["reader_second"]) if name is not None]
    if not readers:
        return _("nobody yet") if row["free"] else ""
    if visit.caller.person in readers:
        return _("you")
    return readers[0] if oversees(visit.caller) else _("another reviewer")
