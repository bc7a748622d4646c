"""How long work tells of itself, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with what is being done and the share of it that is done (0 to 1)."""

    def __call__(self, what: str, done: float) -> None:
        """Tell of `what`, `done` so far."""


def silent(what: str, done: float) -> None:
    """Tell nobody."""
