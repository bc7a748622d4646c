"""Which lines of the office's rule of thumb hold for a case.

The models that are fitted do not read these features: the rule is what they are compared with,
and what the office plans by until one of them is better (`models/estimators/start.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from cases.language.messages import Sayable, _, listed
from cases.office.model import Condition, Conditions, Office
from features.families.attributes import BUILT_IN
from features.families.process import DAYS_OPEN
from features.feature import Feature, OfConditions, same

FAMILY = "rule_of_thumb"
YES, NO = _("yes"), _("no")


def features(office: Office) -> Iterator[Feature]:
    """A flag a line, as far as is known at the moment; lines with the same conditions are one."""
    lines = {_name(line.when): line.when for line in office.risk.rule_of_thumb}
    for name, conditions in lines.items():
        held = (OfConditions(f"holds:{name}", conditions),)
        says = listed(_says(office, condition) for condition in conditions)
        yield Feature(name, held, same, "flag", says, type="flag")


def points(office: Office) -> dict[str, float]:
    """What each feature of this family is worth; a case has the sum of those that hold."""
    worth: dict[str, float] = {}
    for line in office.risk.rule_of_thumb:
        name = _name(line.when)
        worth[name] = worth.get(name, 0.0) + line.points
    return worth


def _name(conditions: Conditions) -> str:
    """A name made of the conditions: other conditions are another feature.

    >>> _name((Condition(attribute="suspects", at_least=4), Condition(event="returned")))
    'rule_of_thumb.suspects_at_least_4_and_returned'
    """
    return f"{FAMILY}.{'_and_'.join(map(_short, conditions))}"


def _short(condition: Condition) -> str:
    subject = condition.attribute or condition.event or ""
    tests = condition.model_dump(exclude_none=True, exclude={"attribute", "event"})
    return "_".join([subject, *(f"{name}_{_value(value)}" for name, value in tests.items())])


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "_or_".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value).lower()


def _attribute(office: Office, name: str) -> Sayable:
    if name == "days_open":
        return DAYS_OPEN.meaning
    return BUILT_IN[name] if name in BUILT_IN else office.attributes[name].meaning


def _activity(office: Office, code: str) -> Sayable | str:
    return office.activities[code].meaning if code in office.activities else code


def _says(office: Office, condition: Condition) -> Sayable | str:
    """A condition in words."""
    if condition.event is None:
        return _compared(_attribute(office, condition.attribute or ""), condition)
    activity = _activity(office, condition.event)
    if condition.then is not None:
        then = _activity(office, condition.then)
        return _("“{first}”, then “{second}”", first=activity, second=then)
    if condition.at_least is None and condition.at_most is None:
        return activity
    return _compared(_("times “{activity}”", activity=activity), condition)


def _compared(fact: Sayable, condition: Condition) -> Sayable:
    """What the value of a fact must be."""
    least, most = condition.at_least, condition.at_most
    if condition.equals is not None:
        return _("{fact}: {value}", fact=fact, value=_shown(condition.equals))
    if condition.one_of is not None:
        return _("{fact}: one of {values}", fact=fact, values=listed(condition.one_of))
    if most is None:
        return _("{fact} ({least:,g} or more)", fact=fact, least=least)
    if least is None:
        return _("{fact} ({most:,g} or less)", fact=fact, most=most)
    return _("{fact} ({least:,g} to {most:,g})", fact=fact, least=least, most=most)


def _shown(value: bool | float | str) -> Sayable | str:
    if isinstance(value, bool):
        return YES if value else NO
    return value if isinstance(value, str) else _("{number:,g}", number=value)
