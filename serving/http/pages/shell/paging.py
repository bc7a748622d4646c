"""Long lists in pages: which part is shown, and where the others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.language.messages import Sayable, _
from serving.http.pages.shell.rendering import address

AT_ONCE = 50


@dataclass(frozen=True)
class Pager:
    """Page `number` (from 1) of a list of so many `items`, at an address with what it asks."""

    items: int
    number: int
    path: str
    query: Mapping[str, object]

    @classmethod
    def of(cls, items: int, path: str, wanted: int | None, **asked: object) -> Pager:
        """The page that is wanted, or the nearest there is; links go on asking `asked`."""
        last = max(1, -(-items // AT_ONCE))
        return cls(items, min(max(wanted or 1, 1), last), path, asked)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.items // AT_ONCE))

    @property
    def shown(self) -> slice:
        """The items that are shown."""
        first = (self.number - 1) * AT_ONCE
        return slice(first, min(first + AT_ONCE, self.items))

    @property
    def says(self) -> Sayable:
        """Where this is."""
        first, last = self.shown.start + 1, self.shown.stop
        return _("{first:,} to {last:,} of {all:,}", first=first, last=last, all=self.items)

    @property
    def before(self) -> str | None:
        """The address of the page before."""
        return self._at(self.number - 1) if self.number > 1 else None

    @property
    def after(self) -> str | None:
        """The address of the page after."""
        return self._at(self.number + 1) if self.number < self.pages else None

    def _at(self, number: int) -> str:
        return address(self.path, **self.query, page=number)
