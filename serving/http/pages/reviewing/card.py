"""A card: what is about to be done with a reading, what that means, and the question why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cases.errors import Refused
from cases.language.messages import Sayable, _
from evaluation.pages.plan.drawn_cases import clipped
from serving.http.pages.reviewing.opened import opened_case
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import NotFound, Shown, Visit
from serving.use_cases.remembered import name_of
from serving.use_cases.reviewing.progress import CaseProgress
from serving.work.reviewing import GivenBack, Waived
from serving.work.step import step_entry

OTHER_FIRST = _(
    "Something else happened to this reading first. Open the case to see how it stands."
)


@dataclass(frozen=True)
class Card:
    """The texts of a card, where its form goes, and what is sent with it."""

    why: Sayable
    means: Sequence[Sayable]
    question: Sayable
    hint: Sayable
    does: Sayable
    leaves: Sayable
    here: str
    sends: Mapping[str, str] = field(default_factory=dict)


class AskedCase(NamedTuple):
    """A case of a plan, and how far it is there."""

    case_id: str
    one: CaseProgress

    @property
    def plan_id(self) -> str:
        """The plan."""
        return self.one.plan.plan_id

    @property
    def page(self) -> str:
        """The address of the page of the case."""
        return address("/case", id=self.case_id, plan=self.plan_id)


def asked_for(visit: Visit) -> AskedCase:
    """The case that the address names; `NotFound` if it is in no plan under way."""
    opened = opened_case(visit)
    if opened.one is None:
        raise NotFound
    return AskedCase(opened.case_id, opened.one)


def show_card(
    visit: Visit,
    asked: AskedCase,
    title: Sayable,
    card: Card | None,
    why_not: Sayable | str | None = None,
) -> Shown:
    """The card; else why there is none, unless what was sent was answered with that."""
    values = {
        "case_id": clipped(asked.case_id),
        "back": asked.page,
        "card": card,
        "why_not": None if visit.faults else why_not,
        "reason": visit.sent.get("reason", ""),
    }
    return Shown("reviewing/card.html", title, values)


def record_step(visit: Visit, step: GivenBack | Waived) -> None:
    """Record it; `Refused` where another step was first, so that it does not count."""
    (record,) = visit.record(step_entry(name_of(visit.context.office), step, visit.caller.id))
    now = visit.latest().remembered.work.reviewing
    if not now.has_counted(step.case_id, record.number):
        raise Refused(OTHER_FIRST)
