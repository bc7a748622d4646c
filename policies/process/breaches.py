"""Where cases break the rules of the process, as far as was known at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress

from cases.language.messages import Sayable
from cases.office.work.process import ProcessRule
from cases.tables.tables import Tables
from features.as_of import Known, cut, open_moments
from features.conditions import held_each
from features.courses import Happened, courses
from policies.process.bulk import found_in_bulk, off_hours_entries
from policies.process.demands import JUDGES
from policies.process.steps import Found, Steps
from policies.process.wording import Words


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a case breaks a rule.

    `rule` is its code. The breach is there `since` a moment of the case, rests on `events`, in
    which order they happened, and is `said` in one sentence. As long as what is known of these
    does not change, case, rule and `since` are its identity.
    """

    case_id: str
    rule: str
    since: datetime
    events: tuple[Happened, ...]
    said: Sayable


def breaches(tables: Tables, as_of: datetime) -> list[Breach]:
    """The breaches of the cases open at `as_of`, by case and since when."""
    return breaches_of(tables, cut(tables, open_moments(tables, as_of)))


def breaches_of(tables: Tables, known: Known) -> list[Breach]:
    """The breaches of any cases, each as `known` at its moment; `tables` are what was cut.

    Closed cases can be among them: then a step can be missing because the case was closed. A
    case asked about at several moments has the breaches of each.
    """
    rules, words = tables.office.process, Words(tables.office)
    if not rules:
        return []
    found: list[Breach] = []
    for rule, cases in _under(rules, known):
        if rule.rule == "bulk":
            found += _in_bulk(tables, rule, cases, words)
        else:
            found += _one_by_one(rule, cases, words)
    places = {rule.code: place for place, rule in enumerate(rules)}
    return sorted(found, key=lambda one: (one.case_id, one.since, places[one.rule]))


def _under(rules: Sequence[ProcessRule], known: Known) -> Iterator[tuple[ProcessRule, list[Steps]]]:
    """Each rule with the cases that it holds for, by their kinds and its conditions."""
    moments = known.asked["moment"].to_list()
    cases = [Steps.of(course, at) for course, at in zip(courses(known), moments, strict=True)]
    conditional = [rule for rule in rules if rule.when]
    held = held_each(known, [rule.when for rule in conditional])
    holding = {rule.code: flags.tolist() for rule, flags in zip(conditional, held, strict=True)}
    for rule in rules:
        under = compress(cases, holding[rule.code]) if rule.when else cases
        yield rule, [one for one in under if not rule.kinds or one.course.kind in rule.kinds]


def _one_by_one(rule: ProcessRule, cases: Sequence[Steps], words: Words) -> Iterator[Breach]:
    """The breaches of a rule that each case shows by itself."""
    judge = JUDGES[rule.rule]
    for case in cases:
        for found in judge(rule, case, words):
            if rule.in_force(found.day):
                yield _breach(case.course.case_id, rule, found)


def _in_bulk(
    tables: Tables, rule: ProcessRule, cases: Sequence[Steps], words: Words
) -> Iterator[Breach]:
    """The breaches of a rule for which the entries of all cases count, moment by moment."""
    at_moments: dict[datetime, dict[str, Steps]] = {}
    for case in cases:
        at_moments.setdefault(case.moment, {})[case.course.case_id] = case
    for moment, asked in at_moments.items():
        actors = {one.actor for case in asked.values() for one in case.course.events if one.actor}
        entries = off_hours_entries(tables, actors, moment)
        for case_id, found in found_in_bulk(entries, rule, words):
            if case_id in asked and rule.in_force(found.day):
                yield _breach(case_id, rule, found)


def _breach(case_id: str, rule: ProcessRule, found: Found) -> Breach:
    return Breach(case_id, rule.code, found.since, found.events, found.said)
