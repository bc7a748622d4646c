"""Reading a body: JSON, in time, and never more of all bodies together than there is room for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from cases.language.messages import _
from serving.http import problems
from serving.http.guard.limited import TooMuch, TooSlow
from serving.http.reading.payloads import LARGEST_BODY
from serving.use_cases.asked.faults import fault

MOST_SECONDS = 30.0
MOST_BYTES = 16 * LARGEST_BODY  # of all requests that are read or wait, in one worker
MOST_DIGITS = 20  # of a length; a longer one is too large by any of them


class Room:
    """How many bytes of bodies are held."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.left = most

    def take(self, count: int) -> None:
        """Hold so many more; `TooMuch` if there is no room for them."""
        if count > self.left:
            raise TooMuch
        self.left -= count

    def give_back(self, count: int) -> None:
        """Hold so many less."""
        self.left += count


@asynccontextmanager
async def body_of(
    request: Request, room: Room, seconds: float = MOST_SECONDS
) -> AsyncIterator[bytes]:
    """The body, at most `LARGEST_BODY` bytes of it, for as long as there must be room for it.

    Raises `NotJsonType`, `TooLarge`, `TooSlow` or `TooMuch`.
    """
    _check_type(request)
    body = bytearray()
    try:
        await _fill(body, request, room, seconds)
        yield bytes(body)
    finally:
        room.give_back(len(body))


async def _fill(body: bytearray, request: Request, room: Room, seconds: float) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:MOST_DIGITS]) > LARGEST_BODY:
        raise _too_large()
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                room.take(len(piece))
                body += piece
                if len(body) > LARGEST_BODY:
                    raise _too_large()
    except TimeoutError:
        raise TooSlow.after(seconds) from None


def _check_type(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        remedy = _("Send it with the header `Content-Type: application/json`.")
        problem = _("does not say that it is JSON.")
        raise problems.NotJsonType([fault(None, problem, remedy)])


def _too_large() -> problems.TooLarge:
    problem = _("is longer than {bytes:,} bytes.", bytes=LARGEST_BODY)
    return problems.TooLarge([fault(None, problem, _("Send several requests."))])
