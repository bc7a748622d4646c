"""Where people go from every page: only what they may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cases.language.messages import Sayable, _
from serving.access.caller import Caller, may
from serving.access.rules import Action


class Entry(NamedTuple):
    """A page in the menu."""

    path: str
    name: Sayable
    action: Action

    def is_at(self, path: str) -> bool:
        """Whether a path is this page, one below it, or that of one of the things it lists."""
        first = "/" + path.split("/")[1]
        return self.path in (first, f"{first}s")


ENTRIES = (
    Entry("/work", _("My work"), Action.RECORD_REVIEW),
    Entry("/cases", _("Cases to check"), Action.SEE_DRAWN),
    Entry("/plans", _("Plans"), Action.SEE_PLANS),
    Entry("/new-cases", _("New cases"), Action.INTAKE),
    Entry("/running", _("Running cases"), Action.SEE_ALERTS),
    Entry("/rectification", _("Rectification"), Action.SEE_CASE),
    Entry("/office", _("The office"), Action.SEE_REPORT),
    Entry("/ledger", _("Ledger"), Action.SEE_LEDGER),
    Entry("/users", _("Users"), Action.MANAGE_USERS),
    Entry("/keys", _("Keys of programs"), Action.MANAGE_KEYS),
    Entry("/system", _("System"), Action.MANAGE_SYSTEM),
    Entry("/interface", _("For programs"), Action.SEE_INTERFACE),
)


def menu(caller: Caller) -> Iterator[Entry]:
    """The entries that lead somewhere for this caller."""
    for entry in ENTRIES:
        if may(caller, entry.action):
            yield entry
