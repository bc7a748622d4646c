"""How long work tells of itself, without knowing who listens."""

from __future__ import annotations

from typing import Protocol

from cases.language.messages import Sayable


class Progress(Protocol):
    """Called with what is being done and the share of it that is done (0 to 1)."""

    def __call__(self, what: str | Sayable, done: float) -> None:
        """Tell of `what`, `done` so far."""


def silent(what: str | Sayable, done: float) -> None:
    """Tell nobody."""
