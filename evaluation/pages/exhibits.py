"""What a chapter of the report is made of: tables, each with a sentence and perhaps a picture."""

from __future__ import annotations

from dataclasses import dataclass

from cases.language.messages import Sayable, _, sentences
from evaluation.pages.cells import Cell
from evaluation.pages.drawing import Chart

LONGEST = 12  # lines of a table that are shown at once; longer ones open on demand


@dataclass(frozen=True)
class Exhibit:
    """A table, a sentence saying what it shows, and perhaps a `picture` of it.

    Everything is a value that is put into a language where it is shown. The first cell of a row
    names it; `notes` say how to read the figures. A `technical` one is for auditors and data
    officers alone.
    """

    title: Sayable
    says: Sayable
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    picture: Chart | None = None
    notes: tuple[Sayable, ...] = ()
    technical: bool = False

    @property
    def note(self) -> Sayable:
        """All notes, one after the other."""
        return sentences(*self.notes)

    @property
    def folded(self) -> Sayable | None:
        """What opens the table, if it opens on demand."""
        lines = len(self.rows)
        return _("The whole table ({lines} lines)", lines=lines) if lines > LONGEST else None


@dataclass(frozen=True)
class Chapter:
    """One question of a reader: `lead` answers it in a sentence, or says why it cannot be."""

    key: str
    title: Sayable
    lead: Sayable
    exhibits: tuple[Exhibit, ...] = ()
