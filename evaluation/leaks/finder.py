"""The leak finder: columns that seem to know what they cannot yet know, before a model learns them.

See docs/leaks.md for what is looked at, and for what cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from cases.errors import Refused
from cases.language.kept import as_json
from cases.language.messages import Joined, Message, Sayable, _, listed
from cases.office.model import Office
from cases.progress import Progress, silent
from cases.tables.tables import Tables
from evaluation.leaks.dates import odd_dates
from evaluation.leaks.filling import blank_without_review
from evaluation.leaks.findings import Finding
from evaluation.leaks.lines import Line, in_lines
from evaluation.leaks.open_cases import unlike_when_open, worthless_when_fresh
from evaluation.leaks.pairs import OpenAndClosed, comparable
from evaluation.leaks.power import (
    LabelledQuestion,
    Trial,
    knowing_alone,
    knowing_on_the_last_day,
    knowing_together,
    questions,
)
from evaluation.leaks.values import standing_for_outcome

LOOKING = _("looking for leaks")


def find_leaks(tables: Tables, until: datetime, progress: Progress = silent) -> tuple[Finding, ...]:
    """Every column that seems to know too much, blatant columns first.

    Outcomes are those known by `until`; how the case table is filled in is seen as it stands.
    A question with too few labelled cases is not asked.
    """
    progress(LOOKING, 0.0)
    labelled = list(questions(tables, until))
    found = [*_of_the_table(tables, labelled), *_of_the_features(tables, labelled)]
    progress(LOOKING, 1.0)
    return tuple(sorted(found, key=lambda finding: (finding.severity, finding.column)))


def _of_the_table(tables: Tables, labelled: Sequence[LabelledQuestion]) -> Iterator[Finding]:
    cases, office = comparable(tables), tables.office
    pairs = OpenAndClosed.of(cases)
    yield from blank_without_review(cases, tables)
    yield from unlike_when_open(pairs, office)
    yield from odd_dates(tables)
    for question in labelled:
        yield from standing_for_outcome(tables.case_rows, office, question)
        yield from worthless_when_fresh(cases, pairs, office, question)


def _of_the_features(tables: Tables, labelled: Sequence[LabelledQuestion]) -> Iterator[Finding]:
    for question in labelled:
        trial = Trial(tables, question)
        yield from knowing_alone(tables, trial)
        yield from knowing_together(tables, trial)
        yield from knowing_on_the_last_day(tables, trial)


def accepted(office: Office, finding: Finding) -> str | None:
    """Why the office file accepts the finding; None if it does not."""
    return {leak.column: leak.reason for leak in office.accepted_leaks}.get(finding.column)


def as_kept(office: Office, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as a bundle keeps them (JSON values), each with why it is accepted, if it is.

    `evidence` is read back with `cases.language.messages.from_json`.
    """
    return [
        {
            "column": finding.column,
            "severity": finding.severity,
            "evidence": as_json(finding.evidence),
            "accepted": accepted(office, finding),
        }
        for finding in findings
    ]


def in_doubt(kept: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    """The columns of findings (`as_kept`) that nobody accepted and the features `names` read."""
    read = {name.removeprefix("attribute.") for name in names}
    columns = (one["column"] for one in kept if one["accepted"] is None)
    return [column for column in dict.fromkeys(columns) if column in read]


def as_lines(office: Office, findings: Iterable[Finding]) -> tuple[Line, ...]:
    """The findings as they are shown: one line a column, and one for columns that are alike."""
    return in_lines(
        Line((found.column,), found.severity, found.evidence, accepted(office, found))
        for found in findings
    )


def stopping(office: Office, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that training stops at: blatant, and not accepted by the office file."""
    return [
        finding
        for finding in findings
        if finding.severity == "blatant" and accepted(office, finding) is None
    ]


def remedies(findings: Iterable[Finding]) -> list[Sayable]:
    """What to do, each remedy once."""
    return list(dict.fromkeys(finding.remedy for finding in findings))


def how_to_accept(column: str) -> Sayable:
    """How an office accepts a column that is right as it is."""
    return _(
        "If a column is right as it is, accept it in the office file:\n\n"
        "[[accepted_leaks]]\n"
        'column = "{column}"\n'
        'reason = "why it is known in time"\n',
        column=column,
    )


def refuse_blatant(office: Office, findings: Iterable[Finding]) -> None:
    """`Refused`, with every finding that training stops at, if there is any."""
    blatant = stopping(office, findings)
    if blatant:
        lines = (
            _("Nothing was trained. Columns know too much:"),
            *(_evidence(line) for line in as_lines(office, blatant)),
            *remedies(blatant),
            how_to_accept(blatant[0].column),
        )
        raise Refused(Joined(lines, Message("\n")))


def _evidence(line: Line) -> Sayable:
    return _("{columns}: {evidence}", columns=listed(line.columns), evidence=line.evidence)
