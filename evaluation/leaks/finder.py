"""The leak finder: columns that seem to know what they cannot yet know, before a model learns them.

See docs/leaks.md for what is looked at, and for what cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from cases.errors import Refused
from cases.language.catalogues import Language
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.leaks.filling import blank_without_review, of_one_outcome
from evaluation.leaks.findings import Finding
from evaluation.leaks.open_cases import unlike_when_open, worthless_when_fresh
from evaluation.leaks.pairs import BesideOpen, comparable
from evaluation.leaks.power import (
    Question,
    Trial,
    knowing_alone,
    knowing_on_the_last_day,
    questions,
)

LOOKING = "looking for leaks"
ACCEPTING = """If one is right as it is, accept it in the office file:

[[accepted_leaks]]
column = "{column}"
reason = "why it is known in time"
"""


def find_leaks(tables: Tables, until: datetime, progress: Progress = silent) -> tuple[Finding, ...]:
    """Every column that seems to know too much, blatant ones first.

    Outcomes are those known by `until`; how the case table is filled in is seen as it stands.
    A question with too few labelled cases is not asked.
    """
    progress(LOOKING, 0.0)
    asked = list(questions(tables, until))
    found = [*_of_the_table(tables, asked), *_of_the_features(tables, asked)]
    progress(LOOKING, 1.0)
    return tuple(sorted(found, key=lambda one: (one.severity, one.column)))


def _of_the_table(tables: Tables, asked: Sequence[Question]) -> Iterator[Finding]:
    cases, office = comparable(tables), tables.office
    pairs = BesideOpen.of(cases)
    yield from blank_without_review(cases, tables)
    yield from unlike_when_open(pairs, office)
    for question in asked:
        yield from of_one_outcome(cases, office, question)
        yield from worthless_when_fresh(cases, pairs, office, question)


def _of_the_features(tables: Tables, asked: Sequence[Question]) -> Iterator[Finding]:
    for question in asked:
        trial = Trial(tables, question)
        yield from knowing_alone(tables, trial)
        yield from knowing_on_the_last_day(tables, trial)


def accepted(office: Office, finding: Finding) -> str | None:
    """Why the office file accepts the finding; None if it does not."""
    return {one.column: one.reason for one in office.accepted_leaks}.get(finding.column)


def told(office: Office, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as a bundle keeps them (JSON values), each with why it is accepted, if it is."""
    return [
        {
            "column": one.column,
            "severity": one.severity,
            "evidence": one.evidence.model_dump(),
            "accepted": accepted(office, one),
        }
        for one in findings
    ]


def stopping(office: Office, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that training stops at: blatant, and not accepted by the office file."""
    return [one for one in findings if one.severity == "blatant" and accepted(office, one) is None]


def remedies(findings: Iterable[Finding], language: Language) -> list[str]:
    """What to do, once per column."""
    return list(dict.fromkeys(one.remedy.say(language) for one in findings))


def refuse_blatant(office: Office, findings: Iterable[Finding]) -> None:
    """`Refused`, with every finding that training stops at, if there is any."""
    blatant = stopping(office, findings)
    if blatant:
        why = [f"{one.column}: {one.evidence.en}" for one in blatant]
        lines = [*why, *remedies(blatant, "en")]
        how = ACCEPTING.format(column=blatant[0].column)
        raise Refused("\n".join(["Nothing was trained. Columns know too much:", *lines, how]))
