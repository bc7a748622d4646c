"""Bodies that are too slow, too long or too many."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.requests import Request

from serving.http.guard.bodies import Room, body_of
from serving.http.guard.limited import TooMuch, TooSlow
from serving.http.problems import TooLarge
from serving.http.reading.payloads import LARGEST_BODY


def read(
    pieces: Iterator[bytes], room: Room, seconds: float = 10, **headers: str
) -> tuple[bytes, int]:
    """The body of these pieces, and how much of the room is left while it is held.

    Where the pieces end without an empty one, the rest never comes.
    """
    headers = {"content-type": "application/json"} | headers

    async def receive() -> dict[str, Any]:
        piece = next(pieces, None)
        if piece is None:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": piece, "more_body": piece != b""}

    async def go() -> tuple[bytes, int]:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = Request({"type": "http", "headers": raw}, receive)
        async with body_of(request, room, seconds) as body:
            return body, room.left

    return asyncio.run(go())


def test_a_body_takes_room_as_long_as_it_is_held():
    """And gives it back."""
    room = Room(10)

    assert read(iter([b"abc", b"d", b""]), room) == (b"abcd", 6)
    assert room.left == 10


@pytest.mark.parametrize(
    ("pieces", "seconds", "headers", "error"),
    [
        ([b"{"], 0.01, {}, TooSlow),
        ([b"abcdef", b"abcdef", b""], 10, {}, TooMuch),
        ([b""], 10, {"content-length": str(LARGEST_BODY + 1)}, TooLarge),
        ([b""], 10, {"content-length": "9" * 5000}, TooLarge),
    ],
)
def test_a_body_beyond_a_bound_is_refused_and_holds_nothing(pieces, seconds, headers, error):
    """One that does not come in time, one for which there is no room, one announced too long."""
    room = Room(10)

    with pytest.raises(error):
        read(iter(pieces), room, seconds, **headers)
    assert room.left == 10


def test_a_body_that_turns_out_too_long_is_refused():
    """Whatever was announced."""
    with pytest.raises(TooLarge):
        read(iter([b" " * LARGEST_BODY, b" ", b""]), Room(), **{"content-length": "2"})
