"""What a chapter of the report is made of: tables, each with a sentence and perhaps a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 12  # lines of a table that are shown at once; longer ones open on demand


@dataclass(frozen=True)
class Exhibit:
    """A table of texts, a sentence saying what it shows, and perhaps a `picture` of it.

    The picture is drawn (SVG) only where it is shown. The first cell of a row names it.
    `marks` are small pictures of how each row is drawn, none or one per row; `notes` say how
    to read the figures.
    """

    title: str
    says: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    picture: Callable[[], str] | None = None
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def folded(self) -> bool:
        """Whether the table opens on demand."""
        return len(self.rows) > LONGEST


@dataclass(frozen=True)
class Chapter:
    """One question of a reader: `lead` answers it in a sentence, or says why it cannot be."""

    key: str
    title: str
    lead: str
    exhibits: tuple[Exhibit, ...] = ()
