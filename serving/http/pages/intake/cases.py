"""`/new-cases`: new cases with track, effort and suggested handler; those without get one drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.language.messages import Sayable, _
from evaluation.pages.plan.drawn_cases import clipped
from evaluation.statistics.saying import interval
from policies.routing import TRACKS
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.intake.waiting import STATES, NewCase, State, new_cases, waiting_rows
from serving.http.pages.shell.paging import Pager
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.kept.home.drawing import made_from
from serving.kept.home.intakes import keep_intake
from serving.use_cases.intake.staff import check_first
from serving.use_cases.intake.suggesting import NO_HANDLERS, intake
from serving.use_cases.recording.records import intake_record

TITLE = _("New cases")
MOST_AT_ONCE = 500  # cases that are suggested for together
COLOURS: dict[State, str] = {
    "waiting": "amber",
    "unassigned": "red",
    "suggested": "blue",
    "accepted": "green",
    "designated": "green",
    "sent_back": "",
}


@dataclass(frozen=True)
class Line:
    """A case in the list."""

    link: str
    case_id: str
    opened: datetime | None
    kind: str | None
    track: Sayable | None
    effort: Sayable | None
    handler: str | None
    record: int | None
    state: Sayable
    colour: str


def show(visit: Visit) -> Shown:
    """The list, those to decide about first."""
    found = new_cases(visit)
    pager = Pager.of(len(found), "/new-cases", visit.whole_number("page"))
    waiting = sum(one.state in ("waiting", "unassigned") for one in found)
    has_handlers = not visit.context.tables.handler_rows.is_empty()
    values = {
        "lines": list(_lines(visit, found[pager.shown])),
        "waiting": waiting,
        "no_handlers": None if has_handlers else NO_HANDLERS,
        "unit": visit.context.office.effort.measured_in,
        "sees_ledger": may(visit.caller, Action.SEE_LEDGER),
        "pager": pager,
    }
    return Shown("intake/cases.html", TITLE, values)


def act(visit: Visit) -> GoTo:
    """Suggest track, effort and handler for all that wait, together; the draw is recorded."""
    context = visit.context
    new = waiting_rows(context).head(MOST_AT_ONCE)
    if new.is_empty():
        return GoTo("/new-cases")
    moment = context.tables.latest_record  # by then all of them were opened
    suggestions, made = intake(context, new, moment), made_from(context)
    office = context.office
    manifest = keep_intake(visit.rooms.home, suggestions, office, office.language, made)
    if manifest is not None:
        by = visit.caller.id
        record, *_none = visit.record(intake_record(office, suggestions, manifest, made, by))
        check_first(visit.latest(), new, record.number)
    return GoTo("/new-cases", "suggested")


def _lines(visit: Visit, several: Sequence[NewCase]) -> Iterator[Line]:
    rows = visit.context.tables.of_cases("cases", [one.case_id for one in several])
    known = {row["case_id"]: row for row in rows.iter_rows(named=True)}
    for one in several:
        suggestion = one.suggestion or {}
        facts = known.get(one.case_id) or suggestion
        track = suggestion.get("track")
        yield Line(
            address("/new-case", id=one.case_id),
            clipped(one.case_id),
            facts.get("opened_at"),
            facts.get("kind"),
            None if track is None else TRACKS[track],
            effort_of(one),
            one.handler,
            one.record,
            STATES[one.state],
            COLOURS[one.state],
        )


def effort_of(one: NewCase) -> Sayable | None:
    """The effort to expect with its interval; None where it is not estimated."""
    case = one.suggestion
    if case is None or case["effort"] is None:
        return None
    return interval(case["effort"], case["effort_low"], case["effort_high"], ".1f")
