"""The three ways a run can end badly, and the one shape of a fault.

Every message an official reads is made here from a `Fault`: where, which row
and column, which value, what is wrong, what to do. Nothing else formats them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from cases.language.catalogues import SOURCE, Language
from cases.language.messages import Message, Sayable, _, listed, say

LONGEST_VALUE = 60


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with the input.

    `row` counts as a spreadsheet does: the header is row 1. For results of a
    query it is the row of that result, and `where` says so; then `case` is the case of that row,
    and `behind` the file and the row it comes from, where that is known.
    """

    where: str | Sayable
    problem: str | Sayable
    remedy: str | Sayable
    row: int | None = None
    column: str | None = None
    value: str | None = None
    case: str | None = None
    behind: tuple[str, int] | None = None

    def say(self, language: Language) -> str:
        """One sentence: `cases.csv, row 7, column closed_at, value "2003-02-31": ...`."""
        return _(
            "{where}: {problem} {remedy}",
            where=listed(self._where()),
            problem=self.problem,
            remedy=self.remedy,
        ).say(language)

    def _where(self) -> list[str | Sayable]:
        """Where it is, from the outside in."""
        parts = [self.where]
        if self.row is not None:
            parts.append(_("row {row}", row=self.row))
        if self.behind is not None:
            file, row = self.behind
            parts.append(_("which comes from {file}, row {row}", file=file, row=row))
        if self.case is not None:
            parts.append(_('case "{case}"', case=shorten(self.case)))
        if self.column is not None:
            parts.append(_("column {column}", column=shorten(self.column)))
        if self.value is not None:
            parts.append(_('value "{value}"', value=shorten(self.value)))
        return parts

    def __str__(self) -> str:
        """In English, for logs."""
        return self.say(SOURCE)


class PlumblineError(Exception):
    """Anything the program itself reports, with `say`; `exit_code` is what the shell sees."""

    exit_code = 1

    def __init__(self, message: str | Sayable) -> None:
        self.message = message
        super().__init__(say(message, SOURCE))

    def say(self, language: Language) -> str:
        """What happened, in `language`."""
        return say(self.message, language)


class BadInput(PlumblineError):
    """The input is wrong; `faults` lists every fault that was found, not the first.

    `warnings` are what may be wrong besides.
    """

    exit_code = 2

    def __init__(self, faults: Iterable[Fault], warnings: Iterable[Fault] = ()) -> None:
        self.faults, self.warnings = tuple(faults), tuple(warnings)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def say(self, language: Language) -> str:
        """Every fault on a line of its own."""
        return "\n".join(fault.say(language) for fault in self.faults)


class Refused(PlumblineError):
    """A rule or the gate forbids what was asked; the message is the reason."""

    exit_code = 3


def shorten(value: str) -> str:
    """The value on one printable line of at most `LONGEST_VALUE` characters.

    A character that nobody could see is named by its number.

    >>> shorten("a\\nb"), shorten("a\\u200bb")
    ('a b', 'a<U+200B>b')
    """
    line = "".join(map(_visible, value[: LONGEST_VALUE + 1]))
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"


def _visible(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"<U+{ord(letter):04X}>" if unicodedata.category(letter) in ("Cf", "Co") else " "


def is_share(number: float, least: float = 0.0) -> bool:
    """Whether it is a share of at least `least`; NaN is none."""
    return least <= number <= 1


def not_a_share(least: float = 0.0) -> Message:
    """What is wrong with a number that is not a share of at least `least`."""
    return _("is not a share between {least:g} and 1.", least=least)
