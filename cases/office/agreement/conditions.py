"""Whether the conditions of an office file can hold: with the types and moments of attributes."""

from __future__ import annotations

from collections.abc import Iterator

from cases.errors import Fault
from cases.language.messages import Sayable, _, listed
from cases.office.model import CLOSING, INTAKE, Condition, Conditions, Office

BUILT_IN_TYPES = {"kind": "code", "unit": "code", "days_open": "number"}

# What a condition may ask of an attribute of each type, and what to write instead.
ASKS: dict[str, dict[str, type]] = {
    "number": {"equals": float, "at_least": float, "at_most": float},
    "flag": {"equals": bool},
    "code": {"equals": str, "one_of": tuple},
    "date": {},
}
REMEDIES: dict[str, Sayable] = {
    "number": _("Write equals, at_least or at_most and a number without quotes."),
    "flag": _("Write equals = true or equals = false, without quotes."),
    "code": _("Write equals or one_of, with codes in quotes."),
    "date": _("Ask about something else: dates are not compared."),
}


def all_conditions(office: Office) -> list[tuple[str, Conditions]]:
    """Every list of conditions in the file, with the key it stands under."""
    lists = _risk_conditions(office)
    lists += [(f"rules.{rule.code}.when", rule.when) for rule in office.rules]
    lists += [(f"process.{rule.code}.when", rule.when) for rule in office.process]
    if office.complexity:
        lists.append(("complexity.any_of", office.complexity.any_of))
        lists.append(("complexity.among", office.complexity.among))
    return lists + _limit_conditions(office) + _intake_conditions(office)


def _risk_conditions(office: Office) -> list[tuple[str, Conditions]]:
    """The conditions on cases at the moment of the risk question."""
    lists = [("risk.among", office.risk.among)]
    return lists + [("risk.rule_of_thumb", line.when) for line in office.risk.rule_of_thumb]


def _limit_conditions(office: Office) -> list[tuple[str, Conditions]]:
    """The conditions on running cases."""
    return [(f"limits.{limit.code}.when", limit.when) for limit in office.limits]


def _intake_conditions(office: Office) -> list[tuple[str, Conditions]]:
    """The conditions on new cases."""
    lists = [(f"intake.rules.{rule.code}.when", rule.when) for rule in office.intake.rules]
    skills = office.assignment.skills
    return lists + [(f"assignment.skills.{skill.code}.when", skill.when) for skill in skills]


def misfits(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each operator or value that the type of its attribute does not have.

    Attributes that are not declared are another fault.
    """
    types: dict[str, str] = dict(BUILT_IN_TYPES)
    types |= {code: attribute.type for code, attribute in office.attributes.items()}
    for key, conditions in all_conditions(office):
        for condition in conditions:
            kind = types.get(condition.attribute or "")
            for operator in _unfit_operators(condition, kind) if kind else ():
                yield _misfit(name, f"{key}.{operator}", operator, kind or "", condition)


def _misfit(name: str, column: str, operator: str, kind: str, condition: Condition) -> Fault:
    problem = _(
        "is of type {type}, which `{operator}` with that value does not fit.",
        type=kind,
        operator=operator,
    )
    return Fault(name, problem, REMEDIES[kind], column=column, value=condition.attribute)


def _unfit_operators(condition: Condition, kind: str) -> Iterator[str]:
    """The operators that this type does not have, or not with this type of value."""
    for operator in ("equals", "one_of", "at_least", "at_most"):
        value = getattr(condition, operator)
        if value is not None and type(value) is not ASKS[kind].get(operator):
            yield operator


def too_late(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each condition that only facts later than its moment can meet."""
    early, late = _intake_conditions(office), _limit_conditions(office)
    if office.risk.at == INTAKE:
        early += _risk_conditions(office)
    elif office.risk.at != CLOSING:
        late += _risk_conditions(office)
    yield from _asked_too_early(early, office.intake_facts, _("is not known at intake."), name)
    before_closing = (*office.facts_before_closing, *office.activities)
    yield from _asked_too_early(late, before_closing, _("is not known before closing."), name)


def _asked_too_early(
    lists: list[tuple[str, Conditions]], facts: tuple[str, ...], problem: Sayable, name: str
) -> Iterator[Fault]:
    for key, conditions in lists:
        for condition in conditions:
            fact = condition.attribute or condition.event
            if fact not in facts:
                remedy = _("Ask about one of: {facts}.", facts=listed(facts))
                yield Fault(name, problem, remedy, column=key, value=fact)
