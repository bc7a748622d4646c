"""Whether the parts of an office file agree: conditions with types, names with each other."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from cases.errors import Fault

if TYPE_CHECKING:
    from cases.office.model import Condition, Conditions, Office

BUILT_IN_TYPES = {"kind": "code", "unit": "code", "days_open": "number"}
TAKEN = (
    *(*BUILT_IN_TYPES, "case_id", "opened_at", "closed_at", "handler", "row", "moment"),
    *("parties", "designated_handler", "designation_reason"),
)

# What a condition may ask of an attribute of each type, and what to write instead.
ASKS: dict[str, dict[str, type]] = {
    "number": {"equals": float, "at_least": float, "at_most": float},
    "flag": {"equals": bool},
    "code": {"equals": str, "one_of": tuple},
    "date": {},
}
REMEDIES = {
    "number": "Write equals, at_least or at_most and a number without quotes.",
    "flag": "Write equals = true or equals = false, without quotes.",
    "code": "Write equals or one_of, with codes in quotes.",
    "date": "Ask about something else: dates are not compared.",
}


def disagreements(office: Office, name: str) -> list[Fault]:
    """Every fault in how the parts of the office file called `name` refer to each other."""
    return [
        *_taken_names(office, name),
        *_unknown_references(office, name),
        *_grades_at_odds(office, name),
        *_misfits(office, name, _all_conditions(office)),
        *_declared_twice(office, name),
        *_odd_similarities(office, name),
        *_too_late_for_intake(office, name),
        *_unfit_effort(office, name),
        *_people_compared(office, name),
    ]


def _misfits(
    office: Office, name: str, places: Iterable[tuple[str, Conditions]]
) -> Iterator[Fault]:
    """A fault for each operator or value that the type of its attribute does not have.

    `places` are the lists of conditions of the office file called `name`. Attributes that
    are not declared are left to others.
    """
    types = BUILT_IN_TYPES | {one: told.type for one, told in office.attributes.items()}
    for place, conditions in places:
        for condition in conditions:
            kind = types.get(condition.attribute or "")
            for asked in _misasked(condition, ASKS[kind]) if kind else ():
                problem = f"is a {kind}, which `{asked}` with that value does not fit."
                where = f"{place}.{asked}"
                yield Fault(name, problem, REMEDIES[kind or ""], None, where, condition.attribute)


def _misasked(condition: Condition, asks: dict[str, type]) -> Iterator[str]:
    """The operators that this type does not have, or not with this type of value."""
    for operator in ("equals", "one_of", "at_least", "at_most"):
        value = getattr(condition, operator)
        if value is not None and type(value) is not asks.get(operator):
            yield operator


def _declared_twice(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each code that two rules or two limits share."""
    groups = {
        "rules": [rule.code for rule in office.rules],
        "limits": [limit.code for limit in office.limits],
        "intake.rules": [rule.code for rule in office.intake.rules],
        "assignment.skills": [skill.code for skill in office.assignment.skills],
    }
    for place, codes in groups.items():
        for code, times in Counter(codes).items():
            if times > 1:
                problem, remedy = "is declared twice.", "Give one of the two another code."
                yield Fault(name, problem, remedy, column=place, value=code)


def _odd_similarities(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each entry of `risk.similar_by` that no feature can be made of.

    By kind, unit and handler cases count as similar anyway, and features are named after
    one attribute or after two joined by `_and_`.
    """
    similar = office.risk.similar_by
    pairs = ["_and_".join(pair) for pair in combinations(similar, 2)]
    names = Counter(["office", "kind", "unit", "handler", *similar, *pairs])
    for entry in dict.fromkeys(similar):
        declared = office.attributes.get(entry)
        if names[entry] > 1:
            problem = "is the name of another way of being similar."
            remedy = "Leave it out, or call the attribute something else."
        elif entry in BUILT_IN_TYPES or (declared and declared.type != "code"):
            problem, remedy = "is not a code.", "Name attributes of type code only."
        else:
            continue
        yield Fault(name, problem, remedy, column="risk.similar_by", value=entry)


def _taken_names(office: Office, name: str) -> list[Fault]:
    """Faults for attributes that would overwrite a column every office has."""
    return [
        Fault(
            name,
            "is the name of a column that every office has.",
            "Call the attribute something else.",
            column=f"attributes.{attribute}",
        )
        for attribute in office.attributes
        if attribute in TAKEN
    ]


def _unknown_references(office: Office, name: str) -> list[Fault]:
    """Faults for every place that names an attribute or activity that is not declared."""
    attributes = [*office.attributes, *BUILT_IN_TYPES]
    activities = list(office.activities)
    moments = list(office.moments)

    named = [(f"attributes.{a}.known", d.known, moments) for a, d in office.attributes.items()]
    named.append(("handler_known", office.handler_known, moments))
    for limit in office.limits:
        named.append((f"limits.{limit.code}.start", limit.start, ["opened", *activities]))
        named.append((f"limits.{limit.code}.end", limit.end, ["closed", *activities]))
    named += [("fairness", group, [*attributes, "handler"]) for group in office.fairness]
    named += [("risk.similar_by", similar, attributes) for similar in office.risk.similar_by]
    named += [
        ("accepted_leaks", one.column, [*attributes, "handler"])
        for one in office.accepted_leaks
        if "." not in one.column  # else a feature
    ]
    effort = office.effort.attribute
    named += [("effort.attribute", effort, list(office.attributes))] if effort else []
    grades = list(office.present_grades)
    named += [
        (f"reviews.grades.{code}.maps_to", counts_as, grades)
        for code, counts_as in office.present_grades.items()
    ]
    for place, conditions in _all_conditions(office):
        for test in conditions:
            named += [(place, test.attribute, attributes)] if test.attribute else []
            named += [(place, code, activities) for code in (test.event, test.then) if code]
    return [_not_declared(name, *use) for use in named if use[1] not in use[2]]


def _grades_at_odds(office: Office, name: str) -> Iterator[Fault]:
    """Faults for grades that stand twice, or map to one that is old itself or means otherwise."""
    grades = office.reviews.grades if office.reviews else ()
    twice = [code for code, times in Counter(one.code for one in grades).items() if times > 1]
    for code in twice:
        yield Fault(
            name, "is declared twice.", "Keep one of the two.", column="reviews.grades", value=code
        )
    by_code = {grade.code: grade for grade in grades if grade.code not in twice}
    for grade in grades:
        target = by_code.get(grade.maps_to or "")
        place = f"reviews.grades.{grade.code}.maps_to"
        if target and target.maps_to:
            problem, remedy = "is a grade that is old itself.", "Map it to a present grade."
            yield Fault(name, problem, remedy, column=place, value=grade.maps_to)
        if target and target.defect != grade.defect:
            problem = "differs in whether it is a defect."
            remedy = "Map it to another grade, or correct `defect`."
            yield Fault(name, problem, remedy, column=place, value=grade.maps_to)


def _not_declared(name: str, place: str, value: str, known: list[str]) -> Fault:
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.0)
    remedy = (
        f"Did you mean `{near[0]}`?" if near else "Declare it under [attributes] or [activities]."
    )
    return Fault(name, "is not declared in this office file.", remedy, column=place, value=value)


def _all_conditions(office: Office) -> list[tuple[str, Conditions]]:
    """Every list of conditions in the file, with the place it stands in."""
    places = [("risk.among", office.risk.among)]
    places += [("risk.rule_of_thumb", line.when) for line in office.risk.rule_of_thumb]
    places += [(f"rules.{rule.code}.when", rule.when) for rule in office.rules]
    if office.complexity:
        places.append(("complexity.any_of", office.complexity.any_of))
        places.append(("complexity.among", office.complexity.among))
    return places + _intake_conditions(office)


def _intake_conditions(office: Office) -> list[tuple[str, Conditions]]:
    """The conditions on new cases."""
    places = [(f"intake.rules.{rule.code}.when", rule.when) for rule in office.intake.rules]
    skills = office.assignment.skills
    return places + [(f"assignment.skills.{skill.code}.when", skill.when) for skill in skills]


def _too_late_for_intake(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each condition on a new case that only later facts can meet."""
    for place, conditions in _intake_conditions(office):
        for condition in conditions:
            fact = condition.attribute or condition.event
            if fact not in office.intake_facts:
                remedy = f"Ask about one of: {', '.join(office.intake_facts)}."
                yield Fault(name, "is not known at intake.", remedy, column=place, value=fact)


def _unfit_effort(office: Office, name: str) -> Iterator[Fault]:
    """A fault if effort is measured by what is no number, or known before the work is done."""
    declared = office.attributes.get(office.effort.attribute or "")
    if declared and (declared.type, declared.known) != ("number", "closing"):
        remedy = "Name an attribute of type number, known at closing, or leave it out."
        problem = "is not a number known at closing."
        yield Fault(name, problem, remedy, column="effort.attribute", value=office.effort.attribute)


def _people_compared(office: Office, name: str) -> Iterator[Fault]:
    """A fault if the report is to compare the people who handled the cases."""
    if "handler" in office.fairness:
        problem = "are people: cases are assessed, not those who handle them."
        remedy = "Name attributes of cases."
        yield Fault(name, problem, remedy, column="fairness", value="handler")
