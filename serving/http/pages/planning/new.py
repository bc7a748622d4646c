"""`/plan/new`: what a plan would buy; and then its promise, or its draw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cases.errors import BadInput, Fault, Refused
from cases.language.messages import Sayable, _, ngettext, sentences
from evaluation.pages.plan.buys import HEADS, price, rows
from policies.seeds import fresh_seed
from policies.spot_check.commitment import Beacon, commit
from policies.spot_check.committed import worth
from policies.spot_check.plan import PlanParameters
from serving.http.pages.planning.drawn import carry_out, gone_on
from serving.http.pages.planning.fields import form_key, key_of, status_of
from serving.http.pages.planning.form import PlanForm
from serving.http.pages.planning.frontier import drawing, in_words
from serving.http.pages.planning.of_plan import units_of
from serving.http.pages.shell.visit import GoTo, Shown, Visit
from serving.kept.home.promises import Promise, keep_promise
from serving.use_cases.planning.commitments import plan_inputs
from serving.use_cases.planning.picture import Picture, picture
from serving.use_cases.recording.records import commitment_record
from serving.use_cases.remembered import name_of
from serving.work.planning import Ordered, Promised
from serving.work.step import step_entry

TITLE = _("A new plan")
KNOBS = (
    ("search", _("By the search share"), _("0 knows the defect rate best, 100 finds the most.")),
    ("margin", _("By the margin"), _("Half the width of the interval wanted of the defect rate.")),
)
WHATEVER = "0"  # the seed of a plan that is only looked at


def show(visit: Visit) -> Shown:
    """The form, and beside it what such a plan would buy."""
    given = visit.sent or visit.query
    form = PlanForm.filled(given, visit.context, visit.now)
    faults, found, refused = list(visit.faults), None, None
    try:
        found = picture(visit.context, form.parameters(visit.context.office, WHATEVER))
    except BadInput as error:
        faults += [] if visit.sent else error.faults
    except Refused as error:
        refused = error.message
    values = {
        "fields": form.fields,
        "knobs": KNOBS,
        "key": form_key(visit),
        "beacon": {name: visit.sent.get(name, "") for name in ("source", "time")},
        "found": None if found is None else _shown(found),
        "refused": refused,
        "faults": faults,
        "without_promise": worth(None),
    }
    return Shown("planning/new.html", TITLE, values, status_of(faults))


def _shown(found: Picture) -> Mapping[str, Any]:
    chosen = found.chosen
    floor = price(found.floor, chosen.floor_cost)
    return {
        "drawing": drawing(found),
        "words": in_words(found),
        "heads": HEADS,
        "rows": list(rows(chosen.outlook)),
        "notes": [_of_frame(found), *chosen.notes, *floor],
    }


def _of_frame(found: Picture) -> Sayable:
    parts = [
        ngettext(
            "{count:,} case could be drawn.", "{count:,} cases could be drawn.", found.frame_cases
        )
    ]
    if found.mandatory:
        parts += [
            ngettext(
                "{count:,} of them is reviewed by rule.",
                "{count:,} of them are reviewed by rule.",
                found.mandatory,
            )
        ]
    if found.waiting:
        parts += [
            ngettext(
                "{count:,} of them waits for its review under an earlier plan and can be drawn "
                "again; one review then serves both plans.",
                "{count:,} of them wait for their reviews under an earlier plan and can be drawn "
                "again; one review then serves both plans.",
                found.waiting,
            )
        ]
    return sentences(*parts)


def act(visit: Visit) -> GoTo:
    """Draw, or promise, what the form asks for; what is sent twice is done once."""
    form = PlanForm.filled(visit.sent, visit.context, visit.now)
    key = key_of(visit)
    if visit.sent.get("do") == "promise":
        return _promise(visit, form, key)
    seed = fresh_seed()
    parameters = form.parameters(visit.context.office, seed)
    key = _key_for(visit, key, parameters)
    if key not in visit.context.remembered.work.planning.ordered:
        picture(visit.context, parameters)  # refused before anything is recorded
    order = Ordered(key=key, parameters=parameters.model_dump(mode="json"), units=units_of(visit))
    return carry_out(visit, order)


def _key_for(visit: Visit, key: str, parameters: PlanParameters) -> str:
    """The key of the form; if another draw was ordered with that, one that follows from both."""
    taken = visit.context.remembered.work.planning.ordered.get(key)
    asked = parameters.model_dump(mode="json", exclude={"seed"})
    if taken is None or not isinstance(taken.step, Ordered):
        return key
    if {**taken.step.parameters, "seed": ""} == {**asked, "seed": ""}:
        return key
    other = json.dumps([key, asked], sort_keys=True)
    return hashlib.sha256(other.encode()).hexdigest()


def _promise(visit: Visit, form: PlanForm, key: str) -> GoTo:
    """Fix everything, and record the hash; the secret seed stays in a folder of the office."""
    context, beacon = visit.context, _beacon(visit.sent)
    for commitment, taken in context.remembered.work.planning.promised.items():
        if isinstance(taken.step, Promised) and taken.step.key == key:
            return gone_on(commitment)
    seed = fresh_seed()
    parameters = form.parameters(context.office, seed)
    promise = _made(visit, parameters, seed, beacon)
    keep_promise(visit.rooms.home, promise)
    step = Promised(key=key, commitment=promise.commitment.hash, units=units_of(visit))
    entry = step_entry(name_of(context.office), step, visit.caller.id)
    visit.record(commitment_record(promise.commitment), entry)
    return gone_on(promise.commitment.hash)


def _made(visit: Visit, parameters: PlanParameters, seed: str, beacon: Beacon | None) -> Promise:
    context = visit.context
    made = context.made_from
    inputs = plan_inputs(context, parameters, made["model_hash"], made["code"])
    return Promise(commit(inputs, seed, visit.now.replace(microsecond=0), beacon), seed)


def _beacon(sent: Mapping[str, str]) -> Beacon | None:
    """What the draw waits for; `BadInput` for a source without a time or the other way round."""
    source, time = sent.get("source", "").strip(), sent.get("time", "").strip()
    if not source and not time:
        return None
    where, faults, at = _("The public value"), [], None
    if not source or len(source) > Beacon.model_fields["source"].metadata[1].max_length:
        problem, remedy = _("has no source, or a very long one."), _("Say where it can be read.")
        faults.append(Fault(where, problem, remedy, column="source"))
    try:
        at = datetime.fromisoformat(time).replace(tzinfo=None)
    except ValueError:
        problem = _("has no time before which nobody knows it.")
        remedy = _("Give it as year-month-day hour:minute.")
        faults.append(Fault(where, problem, remedy, column="time"))
    if faults or at is None:
        raise BadInput(faults)
    return Beacon(source=source, time=at)
