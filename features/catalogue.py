"""Every feature an office has, and which of them each model may use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cases.errors import BadInput, Fault
from cases.language.messages import _
from cases.language.texts import Text
from cases.nearest import did_you_mean
from cases.office.model import INTAKE, Model, Office
from features.as_of import MARKS
from features.families import (
    attributes,
    calendar,
    checks,
    history,
    process,
    rule_of_thumb,
    workload,
)
from features.feature import RUNNING, Feature, OfOthers

# The parts of the office file that say what a feature or a label is.
DEFINITIONS = {
    "attributes",
    "activities",
    "handler_known",
    "limits",
    "reviews",
    "complexity",
    "effort",
    "risk",
    "working_hours",
}
FAMILIES = (attributes, process, checks, workload, history, calendar, rule_of_thumb)

# When a clock warns changes no feature and no label.
UNREAD_OF_LIMITS = {"warn_days"}
ALWAYS_OF_LIMITS = {"code", "meaning", "days", "start", "end", "kinds"}  # the others if given

OF_THE_CASE = ("attribute", "process")  # families

_last: list[tuple[Office, dict[str, Feature]]] = []  # of one office, compared by identity


def catalogue(office: Office) -> dict[str, Feature]:
    """All features of the office by name, family by family.

    Those of the last office asked for are kept: a service asks for one all day. It must be the
    same object each time.
    """
    for last, features in _last:
        if last is office:
            return features
    features = {part.name: part for family in FAMILIES for part in family.features(office)}
    _last[:] = [(office, features)]
    return features


def risk_features(office: Office, at: str | None = None) -> tuple[str, ...]:
    """What a fitted risk model may use at a moment, less what the office file leaves out.

    By default at the moment of the office's risk model.

    Not the office's rule of thumb: it is what such a model has to beat. A handler, and the day of
    the moment, only where it says so: the days it sits on may give a handler or a unit away.
    `BadInput` if it leaves out what there is not, or everything.
    """
    left_out = office.risk.leave_out
    kept = tuple(
        name
        for name in _allowed(office, at or office.risk.at)
        if name not in left_out
        and catalogue(office)[name].family not in {rule_of_thumb.FAMILY, *left_out}
    )
    faults = list(_wrongly_left_out(office, kept))
    if faults:
        raise BadInput(faults)
    return kept


def _wrongly_left_out(office: Office, kept: tuple[str, ...]) -> Iterator[Fault]:
    """Names under `risk.leave_out` that are no features, and a model left with none."""
    where, column = _("office file"), "risk.leave_out"
    known = sorted({*catalogue(office), *(part.family for part in catalogue(office).values())})
    for name in office.risk.leave_out:
        if name not in known:
            remedy = did_you_mean(name, known, _("Remove it."))
            problem = _("is neither a feature nor a family of features.")
            yield Fault(where, problem, remedy, column=column, value=name)
    if not kept:
        problem = _("leaves the risk model without any feature.")
        yield Fault(where, problem, _("Leave out less."), column=column)


def intake_features(office: Office) -> tuple[str, ...]:
    """What the models of complexity and effort may use: the facts of the case at intake.

    Never the handler: a new case has none. The load of the office, the outcomes of earlier cases
    and the day make no case more complex.
    """
    facts = (name for name in _allowed(office, INTAKE) if name.startswith("attribute."))
    return tuple(name for name in facts if not catalogue(office)[name].personal)


def running_features(office: Office) -> tuple[str, ...]:
    """What the models of running cases may use: the facts of the case and how it went so far.

    As of any moment between opening and closing. Never the handler; nor the load of the office and
    the outcomes of other cases, by which durations that drift are not better known.
    """
    return tuple(
        name
        for name in _allowed(office, RUNNING)
        if catalogue(office)[name].family in OF_THE_CASE and not catalogue(office)[name].personal
    )


def _allowed(office: Office, moment: str) -> tuple[str, ...]:
    return tuple(
        name
        for name, part in catalogue(office).items()
        if part.known_at(moment)
        and (office.risk.use_handler or not part.personal)
        and (office.risk.use_calendar or part.family != "calendar")
    )


def reads_reviews(part: Feature) -> bool:
    """Whether its value depends on what reviews of other cases found, or how many there were."""
    return any(
        isinstance(quantity, OfOthers) and quantity.mark in MARKS["reviewed"]
        for quantity in part.inputs
    )


def fingerprint(office: Office) -> str:
    """SHA-256 (hex) over every feature and every definition that features and labels rest on.

    Of a feature the name, type and formula version. Words are left out: another language or a
    better word changes no feature and no label. The rule of thumb is left out too: no fitted model
    reads it, and its features have names that say what they are. So is which sheets are blind.
    """
    described = [
        [part.name, part.type, part.version]
        for part in catalogue(office).values()
        if part.family != rule_of_thumb.FAMILY
    ]
    definitions = {name: _without_words(getattr(office, name)) for name in DEFINITIONS}
    del definitions["risk"]["rule_of_thumb"]
    for limit, described_limit in zip(office.limits, definitions["limits"], strict=True):
        given = limit.model_dump(exclude_defaults=True).keys() - UNREAD_OF_LIMITS
        for name in described_limit.keys() - given - ALWAYS_OF_LIMITS:
            del described_limit[name]
    if definitions["reviews"] is not None:
        del definitions["reviews"]["blind"], definitions["reviews"]["hidden_share"]
    text = json.dumps([described, definitions], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _without_words(part: Any) -> Any:
    """A part of an office file as plain values, and None for what is only shown."""
    if isinstance(part, Text):
        return None
    if isinstance(part, Model):
        return {name: _without_words(inner) for name, inner in part}
    if isinstance(part, Mapping):
        return {name: _without_words(inner) for name, inner in part.items()}
    if isinstance(part, tuple | list):
        return [_without_words(inner) for inner in part]
    return part
