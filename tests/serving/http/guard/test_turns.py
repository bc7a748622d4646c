"""Who computes when, and who need not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from cases.progress import Unwanted, still_wanted
from serving.http.guard.limited import Limited, TooLong
from serving.http.guard.turns import Turns


class Client:
    """One who asks and then waits, until it `goes`."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    def asks(self, turns: Turns, work: Callable[[], Any]) -> Coroutine[Any, Any, Any]:
        """What becomes of its request for `work`."""
        return turns.take(Request({"type": "http"}, self._receive), work)


def test_one_computes_and_the_others_wait_in_order():
    """No two computations run at once, and the first to come is the first to be served."""
    running, together, order = set[int](), list[int](), list[int]()

    def work(number: int) -> Callable[[], int]:
        def compute() -> int:
            running.add(number)
            together.append(len(running))
            order.append(number)
            running.remove(number)
            return number

        return compute

    async def go() -> list[int]:
        turns = Turns()
        return await asyncio.gather(*(Client().asks(turns, work(i)) for i in range(20)))

    assert asyncio.run(go()) == list(range(20)) == order
    assert set(together) == {1}


def test_who_finds_too_many_waiting_is_told_to_come_again():
    """One computes, two wait, and the fourth is refused at once."""
    free = threading.Event()

    async def go() -> list[Any]:
        turns = Turns(most=2)
        asked = [asyncio.ensure_future(Client().asks(turns, free.wait)) for _ in range(4)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        free.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    *served, refused = asyncio.run(go())
    assert served == [True] * 3
    assert isinstance(refused, Limited)
    assert refused.headers["Retry-After"]


def test_nothing_is_begun_for_a_client_that_has_gone_and_what_runs_ends_at_its_next_step():
    """The one that waits is never computed, the one that runs stops, the next is served."""
    begun, go_on, seen = threading.Event(), threading.Event(), list[str]()

    def long() -> None:
        begun.set()
        go_on.wait()
        try:
            still_wanted()
        except Unwanted:
            seen.append("ended at a step")
            raise
        seen.append("went on")

    async def go() -> list[Any]:
        turns, first, second = Turns(), Client(), Client()
        asked = [
            asyncio.ensure_future(first.asks(turns, long)),
            asyncio.ensure_future(second.asks(turns, lambda: seen.append("begun"))),
        ]
        await asyncio.to_thread(begun.wait)
        first.gone.set()
        second.gone.set()
        left = await asyncio.gather(*asked, return_exceptions=True)
        go_on.set()
        return [*left, await Client().asks(turns, lambda: "served")]

    *left, served = asyncio.run(go())
    assert [type(one) for one in left] == [ClientDisconnect, ClientDisconnect]
    assert (seen, served) == (["ended at a step"], "served")


def test_what_takes_too_long_is_told():
    """The client learns how long was waited for it."""
    free = threading.Event()

    async def go() -> None:
        try:
            await Client().asks(Turns(seconds=0.01), free.wait)
        finally:
            free.set()

    with pytest.raises(TooLong) as caught:
        asyncio.run(go())
    assert "within 0 seconds" in str(caught.value.detail)


def test_without_a_client_everything_is_wanted():
    """A command calls the same steps, and nobody can leave."""
    still_wanted("scoring", 0.5)
