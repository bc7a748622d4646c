"""How long work reports what it does, without knowing who shows it, or whether anybody waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Protocol, TypeVar

from cases.language.messages import Sayable

Answer = TypeVar("Answer")
_gone: ContextVar[threading.Event | None] = ContextVar("gone", default=None)


class Progress(Protocol):
    """Called with what is being done and the share of it that is done (0 to 1)."""

    def __call__(self, what: str | Sayable, done: float) -> None:
        """Show `what` is being done, and how much of it is `done`."""


def silent(what: str | Sayable, done: float) -> None:
    """Show nothing."""


class Unwanted(Exception):
    """The one who asked has gone, so the rest need not be computed."""


def until(gone: threading.Event, work: Callable[[], Answer]) -> Answer:
    """What `work` gives; `Unwanted` if, at one of its steps, the one who asked has `gone`."""
    token = _gone.set(gone)
    try:
        still_wanted()
        return work()
    finally:
        _gone.reset(token)


def still_wanted(what: str | Sayable = "", done: float = 0.0) -> None:  # noqa: ARG001
    """A step of the work, called as `Progress` is; `Unwanted` if nobody waits any more."""
    gone = _gone.get()
    if gone is not None and gone.is_set():
        raise Unwanted
