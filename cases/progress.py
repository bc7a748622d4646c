"""How long work reports what it does, without knowing who shows it."""

from __future__ import annotations

from typing import Protocol

from cases.language.messages import Sayable


class Progress(Protocol):
    """Called with what is being done and the share of it that is done (0 to 1)."""

    def __call__(self, what: str | Sayable, done: float) -> None:
        """Show `what` is being done, and how much of it is `done`."""


def silent(what: str | Sayable, done: float) -> None:
    """Show nothing."""
