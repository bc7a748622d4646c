"""Whether the parts of an office file agree: conditions with types, names with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from cases.errors import Fault

if TYPE_CHECKING:
    from cases.office import Condition, Conditions, Office

BUILT_IN_TYPES = {"kind": "code", "unit": "code", "days_open": "number"}

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


def misfits(office: Office, name: str, places: Iterable[tuple[str, Conditions]]) -> Iterator[Fault]:
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


def declared_twice(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each code that two rules or two limits share."""
    for place, parts in (("rules", office.rules), ("limits", office.limits)):
        for code, times in Counter(part.code for part in parts).items():
            if times > 1:
                problem, remedy = "is declared twice.", "Give one of the two another code."
                yield Fault(name, problem, remedy, column=place, value=code)


def odd_similarities(office: Office, name: str) -> Iterator[Fault]:
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
