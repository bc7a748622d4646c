"""`/new-case`: who could take a new case, who not and why; accept, designate, send back."""

from __future__ import annotations

from collections.abc import Iterator

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import Sayable, _, listed
from cases.language.values import Value
from cases.tables.tables import Tables
from evaluation.pages.plan.drawn_cases import clipped
from ledger.ledger import Entry
from policies.routing import TRACKS
from serving.access.caller import may
from serving.access.rules import Action
from serving.http.pages.intake.cases import effort_of
from serving.http.pages.intake.waiting import STATES, NewCase, new_cases
from serving.http.pages.planning.fields import form_key, key_of, reason_of
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import GoTo, NotFound, Shown, Visit
from serving.memory.overriding import override_entry
from serving.use_cases.remembered import name_of
from serving.work.deciding import Accepted, Designated, SentBack
from serving.work.step import Step, step_entry

TITLE = _("A new case")
HANDLER = _("The handler")
ALREADY = _("Somebody has decided about this case already; that decision counts.")
ONLY_CHIEFS = _("Only a chief designates a handler.")
RECUSED = _("is recused from this case or a party to it, and a recusal cannot be changed.")
Pair = tuple[Sayable | str, object]


def show(visit: Visit) -> Shown:
    """What is known and suggested, and the decisions that this person may take."""
    one = _asked(visit)
    kept, may_designate = one.kept, may(visit.caller, Action.OVERRIDE)
    who = None if kept is None else kept.who.get(one.case_id)
    handlers = visit.context.tables.handler_rows["handler"].sort().to_list()
    values = {
        "case_id": clipped(one.case_id),
        "here": address("/new-case", id=one.case_id),
        "state": STATES[one.state],
        "facts": list(_facts(visit, one)),
        "suggested": list(_suggested(visit, one)),
        "reasons": () if kept is None else kept.suggestions.reasons.get(one.case_id, ()),
        "eligible": [] if who is None else [(h, Value(p, ".1%")) for h, p in who.eligible],
        "excluded": []
        if who is None
        else [(out.says, out.changes, listed(out.handlers)) for out in who.excluded],
        "is_kept": kept is not None,
        "decision": None if one.decision is None else list(_decision(one)),
        "may_accept": one.state == "suggested",
        "may_designate": one.is_to_decide and may_designate,
        "may_send_back": one.is_to_decide,
        "handlers": [("", _("Choose a handler")), *((name, name) for name in handlers)],
        "sent": visit.sent,
        "key": form_key(visit),
        "record": one.record,
        "sees_ledger": may(visit.caller, Action.SEE_LEDGER),
    }
    return Shown("intake/one_case.html", TITLE, values)


def act(visit: Visit) -> GoTo:
    """Record the decision; of two about one case the first counts, and the second is told."""
    one = _asked(visit)
    if not one.is_to_decide:
        raise Refused(ALREADY)
    entries = _entries(visit, one)
    (*_rows, record) = visit.record(*entries)
    counted = visit.latest().remembered.work.deciding.about_new[one.case_id]
    if counted.record != record.number:
        raise Refused(ALREADY)
    return GoTo("/new-cases", "decided")


def _entries(visit: Visit, one: NewCase) -> list[Entry]:
    """What is recorded of the decision that was sent; its step is the last."""
    do = visit.sent.get("do")
    if do == "designate":
        return _designation(visit, one)
    if do == "send_back":
        return [_entry(visit, SentBack(case_id=one.case_id, reason=reason_of(visit, "why")))]
    if one.handler is None:
        raise Refused(_("Nobody is suggested for this case, so nothing can be accepted."))
    return [_entry(visit, Accepted(case_id=one.case_id, handler=one.handler))]


def _designation(visit: Visit, one: NewCase) -> list[Entry]:
    """Another handler, with the row of the override table where the case table has the case."""
    if not may(visit.caller, Action.OVERRIDE):
        raise Refused(ONLY_CHIEFS)
    tables, handler = visit.context.tables, visit.sent.get("handler", "")
    key, faults = key_of(visit), list(_not_possible(tables, one, handler))
    try:
        reason = reason_of(visit)
    except BadInput as error:
        raise BadInput([*faults, *error.faults]) from None
    if faults:
        raise BadInput(faults)
    step = Designated(case_id=one.case_id, handler=handler, suggested=one.handler, reason=reason)
    rows = []
    if one.handler is not None and len(tables.of_cases("cases", [one.case_id])):
        changed = ("handler", one.handler, handler)
        row = override_entry(visit.context, key, visit.now, one.case_id, changed, reason)
        rows.append(row)
    return [*rows, _entry(visit, step)]


def _not_possible(tables: Tables, one: NewCase, handler: str) -> Iterator[Fault]:
    """Why this handler cannot be designated for the case."""
    if handler not in set(tables.handler_rows["handler"]):
        yield Fault(HANDLER, _("is not chosen."), _("Choose one."), column="handler")
    elif handler == one.handler:
        problem = _("is the one that was suggested.")
        yield Fault(HANDLER, problem, _("Accept the suggestion."), column="handler")
    elif _is_recused(tables, one, handler):
        yield Fault(HANDLER, RECUSED, _("Choose another one."), column="handler")


def _is_recused(tables: Tables, one: NewCase, handler: str) -> bool:
    """Whether a recusal from the case, or from a party that an intake knows, stands against it."""
    parties: set[str] = set()
    if one.kept is not None:
        cases = one.kept.suggestions.inputs.cases
        found = cases.filter(case_id=one.case_id)["parties"].explode().drop_nulls()
        parties = set(found)
    mine = tables.recusal_rows.filter(handler=handler)
    return one.case_id in mine["case_id"] or bool(parties & set(mine["party"]))


def _entry(visit: Visit, step: Step) -> Entry:
    return step_entry(name_of(visit.context.office), step, visit.caller.id)


def _asked(visit: Visit) -> NewCase:
    case_id = visit.query.get("id", "")
    for one in new_cases(visit):
        if one.case_id == case_id:
            return one
    raise NotFound


def _facts(visit: Visit, one: NewCase) -> Iterator[Pair]:
    """What is known of the case at its intake."""
    row = next(visit.context.tables.of_cases("cases", [one.case_id]).iter_rows(named=True), None)
    facts = row or one.suggestion or {}
    names: dict[str, Sayable] = {
        "opened_at": _("opened on"),
        "kind": _("kind of case"),
        "unit": _("unit"),
    }
    yield from ((name, facts[at]) for at, name in names.items() if facts.get(at) is not None)
    for name, attribute in visit.context.office.attributes.items():
        if row is not None and row.get(name) is not None and attribute.known == "intake":
            yield attribute.meaning or name, row[name]


def _suggested(visit: Visit, one: NewCase) -> Iterator[Pair]:
    """Track, effort and handler, each with its reason."""
    kept, case = one.kept, one.suggestion
    if kept is not None and case is not None:
        yield _("track"), TRACKS[case["track"]]
        yield _("why"), kept.suggestions.why[one.case_id]
        effort = effort_of(one)
        if effort is not None:
            unit = visit.context.office.effort.measured_in
            yield _("effort ({unit})", unit=unit), effort
        assignment = kept.suggestions.assignment
        line = kept.lines.get(one.case_id)
        if line is not None and assignment is not None:
            yield _("suggested handler"), line["handler"] or "–"
            yield _("why"), assignment.why[one.case_id]
    elif one.handler is not None:
        yield _("suggested handler"), one.handler


def _decision(one: NewCase) -> Iterator[Pair]:
    """Who got it, and why."""
    step = one.decision.step if one.decision else None
    yield _("Decided"), STATES[one.state]
    if isinstance(step, Accepted | Designated):
        yield _("handler"), step.handler
    if isinstance(step, Designated | SentBack):
        yield _("Reason"), step.reason
