"""Calls of several threads, carried out together: one of them does it for all that wait."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

Given = TypeVar("Given")
Got = TypeVar("Got")

MOST = 256  # calls that are carried out together


@dataclass(eq=False)
class _Call(Generic[Given, Got]):
    """A call that waits until somebody has carried it out."""

    given: Given
    got: Got | None = None
    error: BaseException | None = None
    is_done: bool = False


class Gathering(Generic[Given, Got]):
    """`together` does for several what they gave, at the same price as for one.

    It is never called by two threads at once. Whoever comes while it runs is served by the next
    run, with all others who came meanwhile. Where it raises, those of that run are given the error,
    and no others.
    """

    def __init__(self, together: Callable[[Sequence[Given]], Sequence[Got]]) -> None:
        self._together = together
        self._waiting: deque[_Call[Given, Got]] = deque()
        self._turn = threading.Lock()

    def __call__(self, given: Given) -> Got:
        """What `together` gives back for this call."""
        call: _Call[Given, Got] = _Call(given)
        self._waiting.append(call)
        try:
            while not call.is_done:  # one run may leave some to the next
                with self._turn:
                    if not call.is_done:
                        self._carry_out()
        except BaseException:  # an interrupt: it must not be carried out later
            self._take_back(call)
            raise
        if call.error is not None:
            raise call.error
        return call.got  # type: ignore[return-value]

    def _carry_out(self) -> None:
        calls = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST))]
        try:
            for call, got in zip(calls, self._together([c.given for c in calls]), strict=True):
                call.got = got
        except BaseException as error:
            for call in calls:
                call.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            for call in calls:
                call.is_done = True

    def _take_back(self, call: _Call[Given, Got]) -> None:
        with self._turn, suppress(ValueError):
            self._waiting.remove(call)
