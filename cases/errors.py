"""The three ways a run can end badly, and the one shape of a fault.

Every message an official reads is made here from a `Fault`: where, which row
and column, which value, what is wrong, what to do. Nothing else formats them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_VALUE = 60


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with the input.

    `row` counts as a spreadsheet does: the header is row 1. For results of a
    query it is the row of that result, and `where` says so.
    """

    where: str
    problem: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """One sentence: `cases.csv, row 7, column closed_at, value "2003-02-31": …`."""
        place = [self.where]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        if self.value is not None:
            place.append(f'value "{shorten(self.value)}"')
        return f"{', '.join(place)}: {self.problem} {self.remedy}"


class PlumblineError(Exception):
    """Anything the program itself reports; `exit_code` is what the shell sees."""

    exit_code = 1


class BadInput(PlumblineError):
    """The input is wrong; `faults` lists every fault that was found, not the first."""

    exit_code = 2

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Refused(PlumblineError):
    """A rule or the gate forbids what was asked; the message is the reason."""

    exit_code = 3


def shorten(value: str) -> str:
    """The value on one printable line of at most `LONGEST_VALUE` characters.

    >>> shorten("a\\nb")
    'a b'
    """
    line = "".join(letter if letter.isprintable() else " " for letter in value)
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"
