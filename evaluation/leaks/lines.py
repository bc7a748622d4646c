"""Findings as people read them: all of a column in one line, and columns that are alike in one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

from cases.language.messages import Message, Sayable, ngettext, sentences


@dataclass(frozen=True)
class Line:
    """One or more columns, how surely they know too much, why, and why that is accepted, if so."""

    columns: tuple[str, ...]
    severity: str
    evidence: Sayable
    accepted: str | None


def in_lines(found: Iterable[Line]) -> tuple[Line, ...]:
    """Lines of one column and one piece of evidence each, put together; in the same order.

    A column comes once, with all its evidence, as surely as the surest of it. Columns with the
    same sort of evidence come as one line with the evidence of the first.
    """
    of_column: dict[str, list[Line]] = {}
    for line in found:
        of_column.setdefault(line.columns[0], []).append(line)
    alike: dict[Hashable, list[list[Line]]] = {}
    for lines in of_column.values():
        sort = *(_sort(line.evidence) for line in lines), _surest(lines), lines[0].accepted
        alike.setdefault(sort, []).append(lines)
    return tuple(map(_merged, alike.values()))


def _surest(lines: list[Line]) -> str:
    return min(line.severity for line in lines)  # in alphabetical order, blatant comes first


def _sort(evidence: Sayable) -> Hashable:
    """What two pieces of evidence have in common that differ in figures only."""
    if not isinstance(evidence, Message):
        return str(evidence)
    return evidence.template, str(evidence.values.get("code")), str(evidence.values.get("outcome"))


def _merged(columns: list[list[Line]]) -> Line:
    first = columns[0]
    evidence = first[0].evidence if len(first) == 1 else sentences(*(x.evidence for x in first))
    others = len(columns) - 1
    if any(_said(lines) != _said(first) for lines in columns):
        more = ngettext(
            "Much the same holds for {count} other column.",
            "Much the same holds for {count} other columns.",
            others,
        )
        evidence = sentences(evidence, more)
    names = tuple(lines[0].columns[0] for lines in columns)
    return replace(first[0], columns=names, severity=_surest(first), evidence=evidence)


def _said(lines: list[Line]) -> list[str]:
    return [str(line.evidence) for line in lines]
