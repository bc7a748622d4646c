"""Whether the rules of the process name what there is, and can be kept and broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cases.errors import Fault
from cases.language.messages import Sayable, _
from cases.nearest import did_you_mean
from cases.office.model import Office
from cases.office.work.process import CLOSED, OPENED, Demand, ProcessRule

# Where the ends of a case may stand for an activity.
ENDS: Mapping[tuple[Demand, str], tuple[str, ...]] = {
    ("must_happen", "before"): (CLOSED,),
    ("within", "activity"): (CLOSED,),
    ("within", "after"): (OPENED,),
    ("not_after", "after"): (CLOSED,),
}
NAMING = ("activity", "before", "after", "other_than")  # keys that name one activity


def process_faults(office: Office, name: str) -> Iterator[Fault]:
    """A fault for each name that is not declared, and for each rule about one activity twice."""
    for rule in office.process:
        yield from _unknown_names(office, name, rule)
        yield from _same_activity(name, rule)


def _unknown_names(office: Office, name: str, rule: ProcessRule) -> Iterator[Fault]:
    activities, roles = list(office.activities), list(office.roles)
    declare = _("Declare it under [activities].")
    for key, value in _named(rule):
        known = [*ENDS.get((rule.rule, key), ()), *activities]
        yield from _unknown(name, f"process.{rule.code}.{key}", value, known, declare)
    if rule.role is not None:
        declare = _("Declare it under [roles].")
        yield from _unknown(name, f"process.{rule.code}.role", rule.role, roles, declare)


def _named(rule: ProcessRule) -> Iterator[tuple[str, str]]:
    """The activities that a rule names, each with its key."""
    for key in NAMING:
        if (value := getattr(rule, key)) is not None:
            yield key, value
    yield from (("activities", value) for value in rule.activities)


def _unknown(
    name: str, key: str, value: str, known: Sequence[str], otherwise: Sayable
) -> Iterator[Fault]:
    if value not in known:
        problem = _("is not declared in this office file.")
        yield Fault(name, problem, did_you_mean(value, known, otherwise), column=key, value=value)


def _same_activity(name: str, rule: ProcessRule) -> Iterator[Fault]:
    """A fault for a rule that holds an activity against itself."""
    for key in NAMING[1:]:
        if rule.activity is not None and getattr(rule, key) == rule.activity:
            problem = _("is the activity that the rule is about.")
            remedy = _("Name another activity; how often one may happen is a rule `at_most`.")
            column = f"process.{rule.code}.{key}"
            yield Fault(name, problem, remedy, column=column, value=rule.activity)
