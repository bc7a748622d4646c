"""Plans and cases as a page of reviewing opens them: only what its reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cases.errors import BadInput, Refused
from cases.language.messages import Sayable, _
from cases.language.values import Value
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.shell.visit import NotFound, Visit
from serving.kept.home.under_way import MOST_HELD, plan_under_way
from serving.kept.home.waiting import waiting
from serving.use_cases.reviewing.case_file import CaseFile, case_file
from serving.use_cases.reviewing.knowing import Knows, knows
from serving.use_cases.reviewing.progress import CaseProgress
from serving.use_cases.reviewing.under_way import UnderWay
from serving.work.step import Taken


def plans(visit: Visit) -> list[UnderWay]:
    """The newest plans under way and all that are not done, the last one begun first.

    Those that cannot be read are left out.
    """
    return [plan for plan in _read(visit) if isinstance(plan, UnderWay)]


def unreadable(visit: Visit) -> list[Sayable | str]:
    """Why plans cannot be read."""
    return [plan for plan in _read(visit) if not isinstance(plan, UnderWay)]


def _read(visit: Visit) -> Iterator[UnderWay | Sayable | str]:
    begun = visit.context.remembered.work.reviewing.plans
    in_turn = [*begun.values()][::-1]
    older = waiting(visit.rooms.home, visit.context, in_turn[MOST_HELD:])
    asked, listed = begun.get(visit.query.get("plan", "")), in_turn[:MOST_HELD]
    known = {plan.plan_id for plan in older.plans}
    for began in listed:
        yield from _opened(visit, began)
    yield from older.plans
    yield from older.problems
    if asked is not None and asked not in listed and asked.step.plan not in known:
        yield from _opened(visit, asked)


def _opened(visit: Visit, began: Taken) -> Iterator[UnderWay | Sayable | str]:
    try:
        yield plan_under_way(visit.rooms.home, began)
    except Refused as error:
        yield error.message
    except BadInput as error:
        yield from error.faults


def plan_asked_for(visit: Visit, found: list[UnderWay]) -> UnderWay | None:
    """The plan that the address names, by default the newest; None if there is none at all."""
    asked = visit.query.get("plan")
    if not asked:
        return found[0] if found else None
    named = next((plan for plan in found if plan.plan_id == asked), None)
    if named is None:
        raise NotFound
    return named


def plan_name(plan: UnderWay) -> Sayable:
    """What a plan is called on pages."""
    return _("plan of {day}", day=Value(plan.parameters.as_of.date()))


@dataclass(frozen=True)
class OpenedCase:
    """A case with the plans under way that have drawn it, and what the reader may know of it.

    `one` is how far it is in the plan that the page is about; None where no plan drew it.
    """

    file: CaseFile
    plans: tuple[CaseProgress, ...]
    one: CaseProgress | None
    knows: Knows

    @property
    def case_id(self) -> str:
        """The id of the case."""
        return self.file.case_id

    @property
    def plan(self) -> UnderWay | None:
        """The plan that the page is about."""
        return None if self.one is None else self.one.plan


def opened_case(visit: Visit, skipped: int = 0) -> OpenedCase:
    """The case that the address names; `NotFound` if the reader may not see it."""
    case_id = visit.query.get("id", "")
    file = case_file(visit.context, case_id, skipped)
    if file is None:
        raise NotFound
    by_plan = (CaseProgress.of(visit.context, plan, case_id) for plan in plans(visit))
    drawn = tuple(one for one in by_plan if one is not None)
    return OpenedCase(
        file, drawn, _asked_for(visit, drawn), knows(visit.context, visit.caller, case_id, drawn)
    )


def _asked_for(visit: Visit, drawn: tuple[CaseProgress, ...]) -> CaseProgress | None:
    """That of the plan named; else of one in which the reader has it to grade; else the newest."""
    asked, person = visit.query.get("plan"), visit.caller.person
    if asked and may(visit.caller, Action.SEE_DRAWN):
        return next((one for one in drawn if one.plan.plan_id == asked), None)
    mine = (one for one in drawn if one.waits_for(person))
    return next(mine, drawn[0] if drawn else None)
