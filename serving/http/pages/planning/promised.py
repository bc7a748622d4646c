"""`/plan/promised`: a promise, what to publish of it, and the draw that keeps it."""

from __future__ import annotations

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import Sayable, _
from cases.language.values import Value
from policies.spot_check.commitment import Commitment
from policies.spot_check.committed import OpenedCommitment, worth
from serving.http.pages.planning.drawn import carry_out
from serving.http.pages.planning.form import NAMES
from serving.http.pages.planning.of_plan import CODE, units_of
from serving.http.pages.shell.rendering import address
from serving.http.pages.shell.visit import Download, GoTo, NotFound, Shown, Visit
from serving.kept.home.promises import read_promise
from serving.use_cases.planning.commitments import plan_inputs
from serving.work.planning import Ordered, Promised
from serving.work.step import Taken

TITLE = _("A promised plan")
LONGEST = 300  # letters of the public value
VALUE = _("The public value")


def show(visit: Visit) -> Shown | GoTo:
    """What was fixed, and what is still to be done; once it is drawn, the plan."""
    commitment, taken = _asked(visit)
    planning = visit.context.remembered.work.planning
    if commitment in planning.drawn:
        return GoTo(address("/plan", id=planning.drawn[commitment].step.plan))
    promised = read_promise(visit.rooms.home, commitment).commitment
    values = {
        "commitment": commitment,
        "record": taken.record,
        "facts": _facts(promised),
        "worth": worth(promised),
        "waits": promised.beacon,
        "too_early": _is_too_early(visit, promised),
        "value": visit.sent.get("value", ""),
    }
    return Shown("planning/promised.html", TITLE, values)


def file(visit: Visit) -> Download:
    """The commitment, to be published."""
    commitment, _taken = _asked(visit)
    text = read_promise(visit.rooms.home, commitment).commitment.text
    return Download("commitment.json", text.encode(), "application/json")


def act(visit: Visit) -> GoTo:
    """Draw what was promised, with the public value if it waits for one."""
    commitment, _taken = _asked(visit)
    promise = read_promise(visit.rooms.home, commitment)
    value = _value(visit, promise.commitment)
    opened = promise.opened(value)
    if commitment not in visit.context.remembered.work.planning.ordered:
        _check(visit, opened)
    parameters = opened.parameters.model_dump(mode="json")
    order = Ordered(
        key=commitment,
        parameters=parameters,
        commitment=commitment,
        beacon=value,
        units=units_of(visit),
    )
    return carry_out(visit, order)


def _check(visit: Visit, opened: OpenedCommitment) -> None:
    """`Refused`, before anything is recorded, if what would be drawn is not what was promised."""
    made = visit.context.made_from
    model, code = str(made["model_hash"]), str(made["code"])
    opened.check(plan_inputs(visit.context, opened.parameters, model, code))


def _asked(visit: Visit) -> tuple[str, Taken]:
    commitment = visit.query.get("commitment", "")
    taken = visit.context.remembered.work.planning.promised.get(commitment)
    if taken is None or not CODE.fullmatch(commitment):
        raise NotFound
    if not isinstance(taken.step, Promised) or taken.step.units != units_of(visit):
        raise NotFound
    return commitment, taken


def _value(visit: Visit, promised: Commitment) -> str | None:
    """The public value that was sent; `Refused` before anybody can know it."""
    if promised.beacon is None:
        return None
    if _is_too_early(visit, promised):
        raise Refused(_("The value is not known before {time}.", time=Value(promised.beacon.time)))
    value = visit.sent.get("value", "").strip()
    if not value or len(value) > LONGEST:
        problem, remedy = _("is missing, or very long."), _("Give it as its source published it.")
        raise BadInput([Fault(VALUE, problem, remedy, column="value")])
    return value


def _is_too_early(visit: Visit, promised: Commitment) -> bool:
    return promised.beacon is not None and visit.now < promised.beacon.time


def _facts(promised: Commitment) -> list[tuple[Sayable, object]]:
    """What was fixed, as far as it says something to a person."""
    parameters = promised.parameters
    found: list[tuple[Sayable, object]] = [
        (_("Hash to publish"), promised.hash),
        (_("Promised at"), promised.made_at),
        (NAMES["as_of"], str(parameters["as_of"])[:10]),
        (NAMES["capacity"], Value(int(parameters["capacity"]), ",")),
        (_("Cases that could be drawn"), Value(promised.frame_cases, ",")),
    ]
    if promised.beacon is not None:
        found.append((_("Waits for"), promised.beacon.source))
        found.append((_("Not known before"), promised.beacon.time))
    return found
