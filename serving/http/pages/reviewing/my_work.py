"""My work: what is mine to grade, the next case first, what came back, what I graded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from cases.errors import Refused
from cases.language.messages import Sayable, _, ngettext
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.reviewing.opened import plan_name, plans, unreadable
from serving.http.pages.shell.reader import on_clock
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Shown, Visit
from serving.use_cases.reviewing.grading import NO_PERSON
from serving.use_cases.reviewing.my_work import graded_by, nobody_reads, to_consolidate, to_grade
from serving.use_cases.reviewing.progress import READ_AS
from serving.use_cases.reviewing.under_way import UnderWay

TITLE = _("My work")
MOST_LISTED, MOST_DONE = 50, 10


def show(visit: Visit) -> Shown:
    """The page."""
    found = [*reversed(plans(visit))]  # who began to wait first comes first
    person, by_id = visit.caller.person, {plan.plan_id: plan for plan in found}
    work = [] if person is None else _work(visit, person, found, by_id)
    values = {
        "no_person": NO_PERSON if person is None else None,
        "unreadable": unreadable(visit),
        "next": work[0] if work else None,
        "work": work[:MOST_LISTED],
        "counted": _counted(work),
        "back": list(_came_back(visit, found)),
        "free": list(_free(visit, found)),
        "done": [] if person is None else _done(visit, person, found),
        "has_plans": bool(found),
    }
    return Shown("reviewing/my_work.html", TITLE, values)


def _work(
    visit: Visit, person: str, found: Sequence[UnderWay], by_id: dict[str, UnderWay]
) -> list[dict[str, Any]]:
    """A line for each reading to be graded."""
    begun = _begun(visit) if found else set()
    return [
        row
        | {
            "link": address("/case", id=row["case_id"], plan=row["plan"]),
            "read_as": READ_AS[row["reading"]],
            "plan_name": plan_name(by_id[row["plan"]]),
            "waits": _waits(visit, by_id[row["plan"]]),
            "draft": (row["plan"], row["case_id"], row["reading"]) in begun,
        }
        for row in to_grade(visit.context, person, found).iter_rows(named=True)
    ]


def _begun(visit: Visit) -> set[tuple[str, str, str]]:
    """The readings of which there is a draft; none while drafts cannot be read."""
    try:
        return visit.rooms.drafts.begun(visit.caller.id)
    except Refused:
        return set()


def _waits(visit: Visit, plan: UnderWay) -> Sayable:
    """For how long the reviews of its plan have been under way."""
    days = (visit.now.date() - on_clock(visit.context.office, plan.at).date()).days
    if days <= 0:
        return _("since today")
    return ngettext("for {count} day", "for {count:,} days", days)


def _counted(work: Sequence[object]) -> Sayable:
    return ngettext(
        "{count} reading is yours to grade.",
        "{count:,} readings are yours to grade.",
        len(work),
    )


def _came_back(visit: Visit, found: Sequence[UnderWay]) -> Iterator[dict[str, Any]]:
    """Cases with two grades that differ, for who makes one of them."""
    if not may(visit.caller, Action.CONSOLIDATE):
        return
    person = pl.lit(visit.caller.person, pl.String())
    for plan in found:
        cases = to_consolidate(visit.context, plan)
        read_by = pl.col("reader_first", "reader_second")
        mine = pl.any_horizontal(read_by == person).fill_null(value=False)
        for case_id in cases.filter(~mine)["case_id"] if cases.height else ():
            link = address("/case/consolidate", id=case_id, plan=plan.plan_id)
            yield {"case_id": case_id, "link": link, "plan_name": plan_name(plan)}


def _free(visit: Visit, found: Sequence[UnderWay]) -> Iterator[dict[str, Any]]:
    """Plans with readings that nobody has."""
    for plan in found:
        count = nobody_reads(visit.context, plan)
        if count:
            says = ngettext(
                "{plan}: {count} reading that nobody has.",
                "{plan}: {count:,} readings that nobody has.",
                count,
                plan=plan_name(plan),
            )
            link = address("/cases", plan=plan.plan_id, who="nobody")
            yield {"says": says, "link": link}


def _done(visit: Visit, person: str, found: Sequence[UnderWay]) -> list[dict[str, Any]]:
    """What this person graded last."""
    rows = [
        row | {"link": address("/case", id=row["case_id"], plan=plan.plan_id)}
        for plan in found
        for row in graded_by(visit.context, person, plan).head(MOST_DONE).iter_rows(named=True)
    ]
    return sorted(rows, key=lambda row: row["reviewed_at"], reverse=True)[:MOST_DONE]
